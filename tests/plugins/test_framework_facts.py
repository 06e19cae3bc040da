"""What the example plugin tells of its frameworks, and what the analysis makes of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from tests.programs import assert_labels, check_program

from datause_lint.plugins.facts import CallEdge, EntryPoint, FrameworkFact, Registration, RunsBefore
from datause_lint.plugins.loading import load_plugins

PLUGIN = Path(__file__).with_name("acme_plugin.py")
POLICY = PLUGIN.with_suffix(".toml").read_text(encoding="utf-8")
FACTS = load_plugins([str(PLUGIN)]).facts

AI = """
import openai

client = openai.OpenAI()


def send(text):
    client.responses.create(model="m", input=text)
"""

PEOPLE = """
from dataclasses import dataclass


@dataclass
class Customer:
    email: str
    ai_consent: bool
"""


def assert_found(files: Mapping[str, str], facts: tuple[FrameworkFact, ...] = FACTS) -> None:
    assert_labels({"app/ai.py": AI, "app/people.py": PEOPLE, **files}, POLICY, facts)


def test_the_plugin_is_what_makes_the_difference() -> None:
    files = {"app/ai.py": AI, "app/talk.py": SUBSCRIBED}
    with_facts, without = check_program(files, POLICY, FACTS), check_program(files, POLICY)
    assert [finding.location.line for finding in with_facts] != [finding.location.line for finding in without]


def test_check_uses_the_facts_of_a_plugin(tmp_path: Path) -> None:
    for name, text in {"app/ai.py": AI, "app/people.py": PEOPLE, "app/talk.py": SUBSCRIBED}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "datause_lint", "check", "--format", "concise", "."]
    without, with_plugin = (
        subprocess.run([*command, *more], cwd=tmp_path, capture_output=True, text=True)
        for more in ([], ["--plugin", str(PLUGIN)])
    )
    assert without.stdout.startswith("app/talk.py:13:1: DU101 ")  # where it is handed over: nobody is seen to call it
    assert (with_plugin.returncode, with_plugin.stdout.count("DU101")) == (1, 1), with_plugin.stderr
    assert with_plugin.stdout.startswith("app/talk.py:17:5: DU101 ")


# ── an event bus ──────────────────────────────────────────────────────────────────────────────────────────────────

BUS = """
import acme_bus

bus = acme_bus.Bus()
other = acme_bus.Bus()
"""

SUBSCRIBED = """
import acme_bus
from app.ai import send
from app.people import Customer

bus = acme_bus.Bus()


def note(customer):
    send(customer.email)


bus.subscribe("customer.new", note)


def register(customer: Customer):
    bus.publish("customer.new", customer)  # expect: DU101


def forget(customer: Customer):
    bus.publish("customer.gone", customer)


def register_with_consent(customer: Customer):
    if customer.ai_consent:
        bus.publish("customer.new", customer)
"""


def test_a_subscriber_is_called_by_the_publisher() -> None:
    assert_found({"app/talk.py": SUBSCRIBED})


def test_subscribers_in_other_modules_and_as_decorated_functions_and_methods() -> None:
    assert_found(
        {
            "app/bus.py": BUS,
            "app/listeners.py": """
                from app.ai import send
                from app.bus import bus, other


                @bus.on("customer.new")
                async def note(customer, *, source):
                    send(f"{source}: {customer.email}")


                class Mailer:
                    def __init__(self):
                        other.subscribe("customer.*", handler=self.mail)

                    def mail(self, customer, source):
                        send(customer.email)
            """,
            "app/views.py": """
                from app.bus import bus, other
                from app.people import Customer


                def register(customer: Customer):
                    bus.publish("customer.new", customer, source="web")  # expect: DU101


                def on_other_bus(customer: Customer):
                    other.publish("customer.changed", customer, "web")  # expect: DU101


                def not_there(customer: Customer):
                    bus.publish("customer.changed", customer, "web")
            """,
        }
    )


def test_the_key_may_be_told_by_a_caller_and_may_be_unknown() -> None:
    assert_found(
        {
            "app/bus.py": BUS,
            "app/listeners.py": """
                from app.ai import send
                from app.bus import bus


                def listen(event, handler):
                    bus.subscribe(event, handler)


                def note(customer):
                    send(customer.email)


                def setup():
                    listen("customer.new", note)
            """,
            "app/views.py": """
                from app.bus import bus
                from app.people import Customer


                def emit(event, customer):
                    bus.publish(event, customer)


                def register(customer: Customer):
                    emit("customer.new", customer)  # expect: DU101


                def forget(customer: Customer):
                    emit("customer.gone", customer)


                def any_event(request, customer: Customer):
                    emit(request.path, customer)  # expect: DU101
            """,
        }
    )


def test_a_key_may_be_a_class_and_the_result_comes_back() -> None:
    assert_found(
        {
            "app/questions.py": """
                import acme_bus
                from app.ai import send
                from app.people import Customer

                bus = acme_bus.Bus()


                class Question:
                    def __init__(self, customer: Customer):
                        self.customer = customer


                class MailQuestion(Question):
                    pass


                class OtherQuestion:
                    def __init__(self, customer: Customer):
                        self.customer = customer


                @bus.answers(Question)
                def address(question):
                    return question.customer.email


                def ask(customer: Customer):
                    send(bus.ask(MailQuestion(customer)))  # expect: DU101
            """,
        }
    )


def test_what_a_subscriber_checks_is_no_proof_for_the_publisher() -> None:
    assert_found(
        {
            "app/talk.py": """
                import acme_bus
                from app.ai import send
                from app.people import Customer

                bus = acme_bus.Bus()


                @bus.on("check")
                def check(customer):
                    if not customer.ai_consent:
                        raise PermissionError


                def register(customer: Customer):
                    bus.publish("check", customer)
                    send(customer.email)  # expect: DU101
            """,
        }
    )


def test_the_programs_own_bus_may_be_described_too() -> None:
    facts = (
        Registration("app.bus.Bus().on", called_by="app.bus.Bus().emit", key="name", chosen_by="name"),
        Registration("app.bus.Bus().add", function="1", called_by="app.bus.Bus().emit", key="0", chosen_by="0"),
    )
    assert_found(
        {
            "app/bus.py": """
                class Bus:
                    def on(self, name):
                        def decorate(function):
                            self._wire(name, function)
                            return function
                        return decorate

                    def add(self, name, function):
                        self._wire(name, function)

                    def emit(self, name, *things):
                        self._wire(name, things)

                    def _wire(self, name, what):
                        raise NotImplementedError


                bus = Bus()
            """,
            "app/talk.py": """
                from app.ai import send
                from app.bus import bus
                from app.people import Customer


                @bus.on("new")
                def note(customer):
                    send(customer.email)


                def also(customer):
                    send(customer.email)


                bus.add("old", also)


                def register(customer: Customer):
                    bus.emit("new", customer)  # expect: DU101


                def archive(customer: Customer):
                    bus.emit("old", customer)  # expect: DU101


                def forget(customer: Customer):
                    bus.emit("gone", customer)
            """,
        },
        facts,
    )


# ── call edges ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_call_edge() -> None:
    assert_found(
        {
            "app/outbox.py": """
                from app.ai import send


                def send_all(items):
                    for item in items:
                        send(item.email)
            """,
            "app/views.py": """
                import acme_bus
                from app.people import Customer


                def close(customers: list[Customer]):
                    acme_bus.flush(customers)  # expect: DU101


                def close_consenting(customers: list[Customer]):
                    acme_bus.flush(items=[each for each in customers if each.ai_consent])
            """,
        }
    )


# ── a chat-bot framework ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_handler_gets_what_the_framework_hands_over() -> None:
    assert_found(
        {
            "app/talk.py": """
                import acme_bot
                from app.ai import send

                bot = acme_bot.Bot()


                @bot.on_message
                def answer(message):
                    send(message.text)  # expect: DU101


                @bot.on_message
                def answer_consenting(message):
                    if message.author.ai_consent:
                        send(message.text)


                def nobody_calls(message):
                    send(message.text)
            """,
        }
    )


def test_texts_that_people_wrote_and_who_they_are() -> None:
    assert_found(
        {
            "app/talk.py": """
                import acme_bot
                from app.ai import send

                bot = acme_bot.Bot()


                @bot.command(name="ask")
                async def ask(context, *, question: str, times: int = 1):
                    send(question)  # expect: DU101


                @bot.command()
                def ask_consenting(context, question):
                    if context.author.ai_consent:
                        send(question)


                @bot.command()
                def ask_for_another(context, question):
                    if context.guild.owner.ai_consent:
                        send(question)  # expect: DU101


                @bot.command()
                def repeat(context, times: int):
                    send(str(times))
            """,
        }
    )


def test_functions_that_are_known_by_their_name() -> None:
    assert_found(
        {
            "app/talk.py": """
                import acme_bot
                from app.ai import send

                bot = acme_bot.Bot()


                @bot.event
                async def on_edit(before, after):
                    send(after.text)  # expect: DU101


                @bot.event
                async def on_start(before, after):
                    send(after.text)
            """,
        }
    )


def test_a_check_that_runs_before_every_handler_of_the_same_bot() -> None:
    assert_found(
        {
            "app/talk.py": """
                import acme_bot
                from app.ai import send

                bot = acme_bot.Bot()
                open_bot = acme_bot.Bot()


                @bot.before
                async def agreed(message):
                    return message.author.ai_consent


                @bot.on_message
                async def answer(message):
                    send(message.text)


                @open_bot.on_message
                async def answer_anybody(message):
                    send(message.text)  # expect: DU101


                @open_bot.on_message
                @bot.on_message
                async def on_both(message):
                    send(message.text)  # expect: DU101
            """,
        }
    )


def test_a_check_that_lets_everybody_through_proves_nothing() -> None:
    assert_found(
        {
            "app/talk.py": """
                import acme_bot
                from app.ai import send

                bot = acme_bot.Bot()


                @bot.before
                def logged(message):
                    print(message.author.ai_consent)
                    return True


                @bot.on_message
                def answer(message):
                    send(message.text)  # expect: DU101
            """,
        }
    )


def test_methods_of_subclasses_and_a_check_by_its_path() -> None:
    gate = """
        def agreed(message):
            if not message.author.ai_consent:
                raise PermissionError
    """
    skills = """
        import acme_bot
        from app.ai import send


        class Greeting(acme_bot.Skill):
            def handle(self, message):
                send(message.text){expect}

            def helper(self, message):
                send("no data")


        class Quiet(Greeting):
            def handle(self, message):
                super().handle(message){expect}
    """
    assert_found({"app/gates.py": gate, "app/skills.py": dedent(skills).format(expect="")})
    without = tuple(fact for fact in FACTS if not isinstance(fact, RunsBefore))
    assert_found({"app/gates.py": gate, "app/skills.py": dedent(skills).format(expect="  # expect: DU101")}, without)


# ── what is no fact ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EntryPoint("acme bot"), "is no API path"),
        (lambda: EntryPoint("acme.f", {"first one": "acme.C"}), "is no parameter"),
        (lambda: EntryPoint("acme.f", {"0": "acme.*"}), "wildcard"),
        (lambda: Registration("acme.on", key="0"), "key and chosen_by go together"),
        (lambda: Registration("acme.on", key="0", chosen_by="0"), "which is not given"),
        (lambda: Registration("acme.on", function="?"), "names no argument"),
        (lambda: CallEdge("acme.f", "app.g", {"0": "return"}), "holds nothing before the call"),
        (lambda: RunsBefore("a.f", "a.g", outcome="maybe"), "outcome is one of"),  # type: ignore[arg-type]
    ],
)
def test_a_fact_that_makes_no_sense_is_refused(make, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        make()
