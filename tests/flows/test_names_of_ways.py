"""Ways into a sink are found by name: whatever other name a module gives to one is followed, too."""

from __future__ import annotations

import pytest
from tests.frontend.lowered import lower
from tests.programs import assert_labels

from datause_lint.analysis.vocabulary import Vocabulary

GATEWAY = """
from openai import OpenAI

def ask(prompt, model="large"):
    return OpenAI().responses.create(model=model, input=prompt)
"""
CALLER = """
from app.ai import complete
from app.models import Customer

def letter(customer: Customer):
    return complete(f"A letter to {customer.email}")  # expect: DU101
"""
MODELS = """
from dataclasses import dataclass

@dataclass
class Customer:
    email: str
"""


@pytest.mark.parametrize(
    "handing_on",
    [
        "from .gateway import ask as complete",
        "from . import gateway\ncomplete = gateway.ask",
        "from .gateway import ask\ncomplete = ask",
        "from functools import partial\nfrom .gateway import ask\ncomplete = partial(ask, model='small')",
        "from litellm import completion as complete",
        "import litellm\ncomplete = litellm.completion",
    ],
)
def test_under_another_name(handing_on: str) -> None:
    caller = CALLER
    if "litellm" in handing_on:
        caller = caller.replace('complete(f"A letter to {customer.email}")', 'complete("m", [customer.email])')
    package = {"app/__init__.py": "", "app/ai.py": handing_on, "app/gateway.py": GATEWAY, "app/models.py": MODELS}
    assert_labels({**package, "app/letters.py": caller})


def test_a_store_that_calls_the_embedding_model_it_is_given() -> None:
    assert_labels(
        {
            "app/embeddings.py": """
            from langchain_openai import OpenAIEmbeddings

            def hosted():
                return OpenAIEmbeddings()
            """,
            "app/models.py": MODELS,
            "app/indexing.py": """
            from langchain_community.vectorstores import FAISS
            from app.embeddings import hosted
            from app.models import Customer

            def index(customers: list[Customer]):
                return FAISS.from_texts([customer.email for customer in customers], hosted())  # expect: DU102
            """,
        }
    )


@pytest.mark.parametrize(
    "hands_on, call",
    [
        ("def pick():\n    return ask", "pick()"),
        ("def pick():\n    yield ask", "next(pick())"),
        ("def pick():\n    return {'of': {'text': [print, ask]}}", "pick()['of']['text'][1]"),
        ("def pick():\n    return lambda text: ask(text)", "pick()"),
        ("def pick():\n    def inner(text):\n        return ask(text)\n    return inner", "pick()"),
        ("def pick(way=ask):\n    def inner(text):\n        return way(text)\n    return inner", "pick()"),
        ("def first():\n    return ask\ndef pick():\n    return first()", "pick()"),
        ("class pick:\n    def __init__(self):\n        self.way = ask", "pick().way"),
        ("class pick:\n    def __init__(self):\n        self.way = lambda text: ask(text)", "pick().way"),
        ("class pick:\n    def use(self):\n        self.way = ask\n        return self", "pick().use().way"),
        ("class pick:\n    @property\n    def way(self):\n        return ask", "pick().way"),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_a_function_that_is_handed_on_by_one_that_does_not_call_it(hands_on: str, call: str, apart: bool) -> None:
    letters = f"""\
from app.models import Customer
from app.picking import pick

def letter(customer: Customer):
    return {call}(customer.email)  # expect: DU101

def greeting():
    return {call}("Hello!")
"""
    package = {"app/__init__.py": "", "app/models.py": MODELS}
    if apart:
        files = {"app/gateway.py": GATEWAY, "app/picking.py": f"from app.gateway import ask\n{hands_on}\n"}
    else:
        files = {"app/picking.py": f"{GATEWAY}\n{hands_on}\n"}
    assert_labels({**package, **files, "app/letters.py": letters})


def test_a_variable_of_a_module_that_nobody_on_the_way_sets() -> None:
    """What is a constant at first is none where a function makes it something else, whoever calls that."""
    assert_labels(
        {
            "app/__init__.py": "",
            "app/models.py": MODELS,
            "app/letters.py": """
            from litellm import completion
            from app.models import Customer

            READY = None
            CLOSED = False

            def set_up():
                global READY
                READY = True

            def letter(customer: Customer):
                if READY is None:
                    raise RuntimeError
                if CLOSED:
                    completion("m", [customer.email])
                return completion("m", [customer.email])  # expect: DU101
            """,
        }
    )


HELPER = """
from openai import OpenAI

def tell(text):
    return OpenAI().responses.create(model="m", input=text)
"""


@pytest.mark.parametrize(
    "code",
    [
        "answer = helper.tell(load_user(1).email)  # expect: DU101",
        "class Job:\n    answer = helper.tell(load_user(1).email)  # expect: DU101",
        "class Job:\n    class Part:\n        each = [helper.tell(load_user(n).email) for n in [1]]  # expect: DU101",
        "answer = (lambda: helper.tell(load_user(1).email))()  # expect: DU101",
        "answers = list(helper.tell(load_user(n).email) for n in [1])  # expect: DU101",
        "def job(answer=helper.tell(load_user(1).email)):  # expect: DU101\n    pass",
    ],
)
def test_what_runs_with_the_body_of_a_module(code: str) -> None:
    assert_labels({"helper.py": HELPER, "app.py": f"import helper\nfrom people import load_user\n\n{code}\n"})


RENAMING = """
from functools import partial
import requests
from app.ai import ask, make_ask

log = requests.post("https://status.internal")
data = requests.get("https://crm.internal").json()
short = [each for each in requests.get("https://crm.internal")]
client = requests
send = client.post
later = partial(requests.post, "https://crm.internal")
question = ask
small = make_ask("small")
"""


def test_what_a_call_of_a_sink_gives_is_no_other_name_for_it() -> None:
    """It would be followed into every module that knows it: so are only functions, and what is made of them."""
    of_sinks = frozenset({"post", "get", "requests"})
    names = set(Vocabulary().renamed(lower(RENAMING), of_sinks | {"ask", "make_ask"}, of_sinks))
    assert names == {"client", "send", "later", "question", "small"}


BASE = """
    import openai
    import openai as oa
    from openai import OpenAI
    """


@pytest.mark.parametrize(
    ("imported", "made"),
    [
        ("from base import OpenAI", "OpenAI()"),
        ("from base import OpenAI as Model", "Model()"),
        ("from base import oa", "oa.OpenAI()"),
        ("from base import *", "openai.OpenAI()"),
        ("from .base import *", "OpenAI()"),
        ("import base", "base.OpenAI()"),
        ("from pack import *", "OpenAI()"),
        ("from pack import OpenAI", "OpenAI()"),
        ("from pack import deep", "deep.openai.OpenAI()"),
    ],
)
def test_what_another_module_has_imported(imported: str, made: str) -> None:
    """A module has an SDK from whoever has imported it, also under another name, or with all the names of a module."""
    asking = f"""
        {imported}
        def ask(user):
            {made}.responses.create(model="m", input=user.email)  # expect: DU101
        """
    assert_labels({"app.py": asking, "base.py": BASE, "pack/__init__.py": "from .deep import *", "pack/deep.py": BASE})


@pytest.mark.parametrize(
    ("imported", "made"),
    [
        ("from .. import OpenAI", "OpenAI()"),
        ("from .. import (\n    openai as oa,  # it is (also) here\n)", "oa.OpenAI()"),
        ("from .. import *", "OpenAI()"),
        ("from . import OpenAI", "OpenAI()"),
    ],
)
def test_what_the_package_around_has_imported(imported: str, made: str) -> None:
    """Without its name: ``from .. import OpenAI``."""
    asking = f"{imported}\n\ndef ask(user):\n    {made}.responses.create(input=user.email)  # expect: DU101\n"
    packages = {"kit/__init__.py": BASE, "kit/deep/__init__.py": "from .. import OpenAI"}
    assert_labels({"app.py": "import kit.deep.asking", **packages, "kit/deep/asking.py": asking})


def test_who_imports_something_else_of_the_module_has_nothing_from_it() -> None:
    asking = """
        from base import title
        def ask(user, client):
            client.responses.create(model=title, input=user.email)
        """
    assert_labels({"app.py": asking, "base.py": BASE + "title = 'm'"})


def test_whoever_hands_over_a_function_whose_result_is_sent() -> None:
    """Also by a function between, which only hands it on."""
    asking = """
        import openai
        def ask(text_of):
            openai.OpenAI().responses.create(model="m", input=text_of())
        """
    between = """
        from asking import ask
        def ask_late(text_of):
            ask(text_of)
        """
    views = """
        from asking import ask
        from between import ask_late
        def view(user):
            ask(lambda: user.email)  # expect: DU101
        def late(user):
            ask_late(lambda: user.email)  # expect: DU101
        def of_nobody(user):
            ask(lambda: "plum")
        """
    assert_labels({"asking.py": asking, "between.py": between, "views.py": views})


@pytest.mark.parametrize("client", ["OpenAI", "AsyncOpenAI", "AsyncClient", "AsyncAzureOpenAI"])
def test_a_factory_of_a_client_that_has_several_names(client: str) -> None:
    assert_labels(
        {
            "brain.py": f"""
            from openai import {client}

            class Brain:
                def __init__(self, client):
                    self.client = client

                @classmethod
                def make(cls):
                    return cls({client}())

                def think(self, text):
                    return self.client.responses.create(input=text)
            """,
            "app.py": """
            from brain import Brain

            brain = Brain.make()

            def answer(user):
                return brain.think(user.email)  # expect: DU101
            """,
        }
    )


HELD_LAMBDAS = """
from openai import OpenAI

client = OpenAI()

def ask(text):
    return client.responses.create(input=text)

TABLE = {"ask": lambda text: client.responses.create(input=text), "skip": lambda text: None}
SEND = lambda text: ask(text)
QUIET = lambda text: text
"""


@pytest.mark.parametrize(
    "call", ["TABLE['ask'](user.email)", "SEND(user.email)", "list(map(SEND, [user.email]))", "AGAIN(user.email)"]
)
def test_a_lambda_has_no_name_but_that_of_what_holds_it(call: str) -> None:
    assert_labels({"app.py": f"{HELD_LAMBDAS}\nAGAIN = SEND\n\ndef act(user):\n    {call}  # expect: DU101\n"})
    act = f"""
    from held import SEND, TABLE, QUIET

    AGAIN = lambda text: SEND(text + "!")

    def act(user):
        {call}  # expect: DU101
        QUIET(user.email)
        TABLE["skip"](user.email)
    """
    assert_labels({"held.py": HELD_LAMBDAS, "app.py": act})


def test_handlers_of_a_bus_that_knows_no_sdk() -> None:
    assert_labels(
        {
            "bus.py": """
            class Bus:
                def __init__(self):
                    self.handlers = {}

                def on(self, name):
                    def register(handler):
                        self.handlers.setdefault(name, []).append(handler)
                        return handler
                    return register

                def emit(self, name, **given):
                    for handler in self.handlers.get(name, []):
                        handler(**given)

            bus = Bus()
            """,
            "handlers.py": """
            import openai
            from bus import bus

            @bus.on("created")
            def created(email):
                openai.OpenAI().responses.create(input=email)
            """,
            "app.py": """
            from bus import bus

            def create(user):
                bus.emit("created", email=user.email)  # expect: DU101
            """,
        }
    )


def test_a_graph_of_another_module() -> None:
    assert_labels(
        {
            "nodes.py": """
            import openai

            def load(state):
                return {"profile": {"email": find_user(state["id"]).email}}

            def answer(state):
                openai.OpenAI().responses.create(input=str(state["profile"]))

            def count(state):
                openai.OpenAI().responses.create(input=str(state["n"]))
            """,
            "graphs.py": """
            from langgraph.graph import StateGraph
            from nodes import answer, count, load

            def made(*nodes):
                builder = StateGraph(dict)
                for node in nodes:
                    builder.add_node(node)
                return builder.compile()

            builder = StateGraph(dict)
            builder.add_node("load", load)
            builder.add_node("answer", answer)
            builder.add_edge("load", "answer")
            graph = builder.compile()
            counting = StateGraph(dict).add_node("count", count).compile()
            """,
            "app.py": """
            from graphs import counting, graph

            def ask(pk):
                counting.invoke({"n": 3})
                return graph.invoke({"id": pk})  # expect: DU101
            """,
        }
    )


@pytest.mark.parametrize(
    "setting",
    [
        "state.current = user.email",
        "state.current=user.email",
        "state.current, x = user.email, 1",
        "x, state.current = 1, user.email",
        "state.current: str = user.email",
        "state.current |= {user.email}",
        "for state.current in [user.email]: pass",
        "setattr(state, 'current', user.email)",
    ],
)
def test_who_sets_a_variable_of_a_module_in_whatever_way(setting: str) -> None:
    asking = """
        import openai
        import state
        def ask():
            openai.OpenAI().responses.create(model="m", input=state.current)  # expect: DU101
        """
    signing_in = f"import state\n\ndef sign_in(user):\n    {setting}\n"
    assert_labels({"asking.py": asking, "state.py": "current = None\n", "web.py": signing_in})
