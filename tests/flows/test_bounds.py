"""What one function costs is not taken from others."""

from __future__ import annotations

from textwrap import dedent

import pytest
from tests.programs import analyse_program, assert_labels, check_program

from datause_lint.analysis import solver, summaries, turns
from datause_lint.analysis.access import DICT
from datause_lint.analysis.objects import Objects
from datause_lint.analysis.shared import CROWD, SharedState
from datause_lint.names import ApiPath

STEPS = "\n".join(f"    total = total + step({number})" for number in range(60))
BUSY = f"""\
import openai

def step(number):
    return number * 2

def busy():
    total = 0
{STEPS}
    from library import text_of
    openai.OpenAI().responses.create(input=text_of(total))

def quick(number):
    from library import text_of
    openai.OpenAI().responses.create(input=text_of(number))  # expect: DU101
"""
LIBRARY = """\
from people import load_user

def named(function):
    return function

@named
def text_of(number):
    return load_user(number + 1).email
"""


def test_a_module_that_is_reached_when_the_budget_is_used_up_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "ROOT_BUDGET", 150)
    monkeypatch.setattr(turns, "LARGEST_SHARE", 150)
    assert_labels({"app.py": BUSY, "library.py": LIBRARY})


OWN = """\
[[sink]]
id = "own.ask"
call = ["shop.llm.ask"]
use = "ai.inference"
recipient = "Own model"
"""


def test_of_an_sdk_in_the_program_the_modules_that_name_its_sinks_count() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/llm.py": "def ask(text):\n    return text\n",
        "shop/mail.py": "def tell(user):\n    print(user.email)\n",
        "shop/front.py": "from shop.llm import ask\n\ndef front(user):\n    ask(user.email)\n",
        "shop/back.py": "from shop.mail import tell\n\ndef back(user):\n    tell(user)\n",
    }
    assert [finding.location.path for finding in check_program(files, OWN)] == ["shop/front.py"]


ACTING = """\
import openai
from jobs import Job, begin
from people import Question, User

def act(user: User, text, question: Question):
    client = openai.OpenAI()
    client.responses.create(input=begin(Job(text, user)))
    client.responses.create(input=begin(Job(user.email, user)))  # expect: DU101
    client.responses.create(input=begin(Job(question, user)))  # expect: DU101
"""
PEOPLE = """\
from dataclasses import dataclass

@dataclass
class User:
    id: int
    email: str

@dataclass
class Question:
    id: int
    email: str
"""
GIVEN_UP = """\
class Job:
    def __init__(self, text, user):
        self.text = text
        self.user = user

def begin(job):
    prepare(1)
    return run(job)

def prepare(number):
    return number + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 + 15 + 16 + 17 + 18

def run(job):
    return 0
"""


def test_a_person_handed_whole_to_what_was_given_up_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where only a caller knows that there is one in what was handed over; a record of no person does come back."""
    monkeypatch.setattr(summaries, "FUEL", 30)
    monkeypatch.setattr(solver, "DEEPER", 30)
    monkeypatch.setattr(turns, "SMALL", 0)
    assert_labels({"app.py": ACTING, "jobs.py": GIVEN_UP, "people.py": PEOPLE})


FAR = """
import openai

from sources import text_of

def send(user):
    openai.OpenAI().responses.create(model="m", input=text_of(user))  # expect: DU101
"""
SOURCES = """
def text_of(user):
    first(1)
    return user.email

def first(number):
    return number + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 + 15 + 16 + 17 + 18
"""


def test_a_small_program_has_more_left_for_what_leads_off_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "FUEL", 10)
    monkeypatch.setattr(solver, "DEEPER", 11)
    files = {"app.py": FAR, "sources.py": SOURCES}
    assert_labels(files)
    assert not analyse_program(files).cut
    monkeypatch.setattr(turns, "SMALL", 0)
    assert analyse_program(files).cut


STEPS_OF_A_JOB = "\n".join(f"    note = step(note, {number})" for number in range(30))
JOB = f"""\
import openai

def step(note, number):
    return note if number else note.strip()

def job(note):
{STEPS_OF_A_JOB}
    openai.OpenAI().responses.create(input=note)
"""


def test_what_many_functions_cost_leaves_every_other_one_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TOTAL_BUDGET", 4_000)
    monkeypatch.setattr(turns, "A_FILE", 0)
    views = "from zz_llm import ask\n\ndef view(user):\n    ask(user.email)  # expect: DU101\n"
    client = "import openai\n\ndef ask(text):\n    openai.OpenAI().responses.create(input=text)\n"
    jobs = {f"job_{number:02}.py": JOB for number in range(40)}
    assert_labels({**jobs, "zz_llm.py": client, "zz_views.py": views})


LONG = f"""\
import openai

def step(note, number):
    return note if number else note.strip()

def long(user):
    note = user.email
{STEPS_OF_A_JOB}
    openai.OpenAI().responses.create(input=note)
"""


def test_what_was_left_out_for_lack_of_budget_is_run_when_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TOTAL_BUDGET", 50_000)
    short = "".join(
        f"def short_{number}():\n    openai.OpenAI().responses.create(input='x')\n\n" for number in range(400)
    )
    result = analyse_program({"app.py": f"{LONG}\n\n{short}"})
    assert [finding.location.line for finding in result.findings] == [LONG[: LONG.index("create(")].count("\n") + 1]
    assert result.cut == 0


DEAR = f"""\
import openai
import state

def dear():
    total = 0
{STEPS.replace("step", "")}
    openai.OpenAI().responses.create(input=state.KEPT[0])  # expect: DU101
"""
FILLING = """\
from people import load_user
import state

def fill(number):
    state.KEPT.append(load_user(number).email)
"""


def test_a_function_that_is_dear_by_itself_is_run_again_where_others_have_left_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At first nobody is seen to have put something where it reads."""
    monkeypatch.setattr(summaries, "OWN_BUDGET", 100)
    assert_labels({"app.py": DEAR, "state.py": "KEPT = []\n", "filling.py": FILLING})


LARGE_BODY = "import openai\n\n" + "".join(f"name_{number} = str({number})\n" for number in range(400))
IN_A_LARGE_MODULE = """
def tell(user):
    openai.OpenAI().responses.create(model="m", input=user.email)  # expect: DU101
"""
AS_A_SCRIPT = """
if __name__ == "__main__":
    from people import load_user

    openai.OpenAI().responses.create(model="m", input=load_user(1).email)  # expect: DU101
"""


def test_a_module_that_is_no_script_is_not_run_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_labels({"app.py": LARGE_BODY + IN_A_LARGE_MODULE + AS_A_SCRIPT})
    monkeypatch.setattr(turns, "TOTAL_BUDGET", 1_500)
    monkeypatch.setattr(turns, "WORTH_A_ROUND", 10)
    assert_labels({"app.py": LARGE_BODY + IN_A_LARGE_MODULE})


def test_what_very_many_callers_leave_in_one_list_is_found_of_each() -> None:
    """Each call makes a message of its own: beyond ``CROWD`` of them, what all code shares knows them as one."""
    callers = "".join(
        f"""
def handler_{number}(user):
    remember("user", user.email, {number})
"""
        for number in range(2 * CROWD)
    )
    history = """
    HISTORY = []
    def remember(role, content, number):
        message = {"role": role, "content": content}
        HISTORY.append(message)
        return message
    """
    sending = """
    import openai
    from history import HISTORY

    def ask():
        openai.OpenAI().responses.create(input=HISTORY)  # expect: DU101
    """
    result = analyse_program(
        {
            "history.py": dedent(history),
            "handlers.py": "from history import remember\nfrom people import User\n"
            + callers.replace("(user)", "(user: User)"),
            "sending.py": dedent(sending),
        }
    )
    assert {finding.location.path for finding in result.findings} == {"sending.py"}
    read = {flow[0].location.line for finding in result.findings for flow in finding.flows}
    assert len(read) == 2 * CROWD


def test_a_crowd_is_known_as_some_one_of_them() -> None:
    shared, objects = SharedState(), Objects()
    made = objects.new("module:make@1:1", api=ApiPath(DICT))
    callers = [objects.seen_from(made, f"module:caller@{number}:1") for number in range(CROWD + 2)]
    known = [shared.announce(each) for each in callers]
    assert known[:CROWD] == callers[:CROWD]
    assert known[CROWD:] == [made.past()] * 2
    assert shared.names_of(callers[-1]) == (made.past(),)
    assert shared.known_as(objects.seen_from(made, "module:another@1:1")) is made.past()
    assert shared.announce(made) is made  # where it stands by itself it keeps its name


CONSENT = """
[[guard]]
id = "own.consent"
field = ["ai_consent"]
allows = ["ai.inference"]
"""


def test_of_a_crowd_under_one_decorator_each_has_its_own_wrapper() -> None:
    """What a closure captures is no one of many: each wrapper calls its own function, behind its own check."""
    decorator = """
    import openai
    from functools import wraps
    from people import User

    def consenting(function):
        @wraps(function)
        def inner(user: User):
            if user.ai_consent:
                function(user)
        return inner
    """
    functions = "".join(
        f"""
@consenting
def answer_{number}(user: User):
    openai.OpenAI().responses.create(model="m", input=user.email)
"""
        for number in range(2 * CROWD)
    )
    without = """
def answer(user: User):
    openai.OpenAI().responses.create(model="m", input=user.email)  # expect: DU101
"""
    people = """
    from dataclasses import dataclass

    @dataclass
    class User:
        email: str
        ai_consent: bool
    """
    assert_labels({"people.py": people, "app.py": dedent(decorator) + functions + without}, CONSENT)


KNOWN_FOR_SOME = """
import openai

from accounts import account_of, checked, find, require

def nobody():
    find(None)
    openai.OpenAI().responses.create(model="m", input="hello")

def somebody(user):
    account = account_of(user)
    if account is not None:
        openai.OpenAI().responses.create(model="m", input=user.email)  # expect: DU101

def strictly(user):
    require(user, True)
    openai.OpenAI().responses.create(model="m", input=user.email)

def leniently(user):
    checked(user)
    openai.OpenAI().responses.create(model="m", input=user.email)  # expect: DU101
"""
ACCOUNTS = """
def account_of(user):
    number = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8
    return find(user)

def find(user):
    if user is None:
        return None
    return [user]

def checked(user):
    number = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8
    require(user, False)

def require(user, strict):
    if strict:
        if not user.ai_consent:
            raise PermissionError
"""


def test_what_a_function_did_for_one_caller_is_not_all_it_does_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "FUEL", 12)
    monkeypatch.setattr(solver, "DEEPER", 13)
    monkeypatch.setattr(turns, "SMALL", 0)
    files = {"app.py": KNOWN_FOR_SOME, "accounts.py": ACCOUNTS}
    assert analyse_program(files, CONSENT).cut
    assert_labels(files, CONSENT)


TANGLED = (
    """
import openai

"""
    + "\n".join(f"n{number} = {{}}" for number in range(24))
    + "\n"
    + "\n".join(f"n{number}['{other}'] = n{other}" for number in range(24) for other in range(24) if number != other)
    + """

def ask(user):
    openai.OpenAI().responses.create(model="m", input=user.email)  # expect: DU101
"""
)


def test_objects_that_all_hold_each_other_are_looked_into_once() -> None:
    """Which does not end where each is looked into by every way that leads to it."""
    assert_labels({"app.py": TANGLED})
