"""Every kind of guard that a policy can declare."""

from __future__ import annotations

import pytest
from tests.consent.people import HEAD, MODELS, POLICY, labelled
from tests.programs import assert_labels


def test_tests_and_enforcement() -> None:
    labelled(
        """
        def method(user: User):
            if user.has_ai_consent():
                send(user.email)

        def method_not_called(user: User):
            if user.has_ai_consent:
                send(user.email)  # expect: DU101

        def method_thrown_away(user: User):
            user.has_ai_consent()
            send(user.email)  # expect: DU101

        def method_negated(user: User):
            if not user.has_ai_consent():
                send(user.email)  # expect: DU101

        def looked_up(user: User):
            if not registry.consented(user):
                return
            send(user.email)

        def looked_up_thrown_away(user: User):
            registry.consented(user)
            send(user.email)  # expect: DU101

        def enforced(user: User):
            registry.require(user)
            send(user.email)

        def enforced_other(user: User, friend: User):
            registry.require(friend)
            send(user.email)  # expect: DU101

        def enforced_by_id(user: User):
            registry.require(user.id)
            send(user.email)

        def enforced_late(user: User):
            send(user.email)  # expect: DU101
            registry.require(user)

        def enforced_on_one_way(user: User, flag):
            if flag:
                registry.require(user)
            send(user.email)  # expect: DU101

        def enforced_but_caught(user: User):
            try:
                registry.require(user)
            except Exception:
                pass
            send(user.email)  # expect: DU101

        def enforced_and_stopped(user: User):
            try:
                registry.require(user)
            except Exception:
                return
            send(user.email)

        def option(user: User):
            if registry.option(user, "allow_ai"):
                send(user.email)

        def other_option(user: User):
            if registry.option(user, "allow_news"):
                send(user.email)  # expect: DU101

        def unknown_option(user: User, name):
            if registry.option(user, name):
                send(user.email)  # expect: DU101

        def member(user: User):
            if user.id in registry.CONSENTING:
                send(user.email)

        def member_itself(user: User):
            if user in registry.CONSENTING:
                send(user.email)

        def no_member(user: User):
            if user.id not in registry.CONSENTING:
                send(user.email)  # expect: DU101

        def no_member_stops(user: User):
            if user.id not in registry.CONSENTING:
                return
            send(user.email)

        def member_of_other(user: User):
            if user.id in registry.OTHERS:
                send(user.email)  # expect: DU101

        def other_member(user: User, friend: User):
            if friend.id in registry.CONSENTING:
                send(user.email)  # expect: DU101
        """
    )


def test_decorators() -> None:
    labelled(
        """
        @registry.consent_required
        def decorated(user: User):
            send(user.email)

        @registry.other
        def decorated_otherwise(user: User):
            send(user.email)  # expect: DU101

        @registry.consent_required()
        def with_parentheses(user: User):
            send(user.email)

        @registry.consent_required
        async def asynchronous(user: User):
            send(user.email)

        @registry.other
        @registry.consent_required
        def stacked(user: User):
            send(user.email)

        @registry.consent_required
        @registry.other
        def stacked_otherwise(user: User):
            send(user.email)

        @registry.consent_of("assistant")
        def of_subject(user: User):
            send(user.email)

        @registry.consent_of(purpose="assistant")
        def of_subject_keyword(user: User):
            send(user.email)

        @registry.consent_of("model_training")
        def of_subject_wrong(user: User):
            send(user.email)  # expect: DU101

        @registry.consent_of("assistant")
        def of_other_subject(user: User, friend: User):
            send(friend.email)  # expect: DU101

        @registry.consent_required
        class Service:
            def run(self, user: User):
                send(user.email)

        @registry.other
        class OtherService:
            def run(self, user: User):
                send(user.email)  # expect: DU101

        class Methods:
            @registry.consent_required
            def run(self, user: User):
                send(user.email)

            def other(self, user: User):
                send(user.email)  # expect: DU101
        """
    )


def test_contexts_and_filters() -> None:
    labelled(
        """
        def inside(user: User):
            with registry.consent_scope(user):
                send(user.email)

        def after(user: User):
            with registry.consent_scope(user):
                pass
            send(user.email)  # expect: DU101

        def before(user: User):
            send(user.email)  # expect: DU101
            with registry.consent_scope(user):
                pass

        async def asynchronous(user: User):
            async with registry.consent_scope(user) as grant:
                send(user.email)

        def several(user: User):
            with open("log") as log, registry.consent_scope(user):
                send(user.email)

        def other_scope(user: User):
            with registry.other_scope(user):
                send(user.email)  # expect: DU101

        def in_variable(user: User):
            scope = registry.consent_scope(user)
            with scope:
                send(user.email)

        def not_entered(user: User):
            scope = registry.consent_scope(user)
            send(user.email)  # expect: DU101

        def on_a_stack(user: User):
            import contextlib
            with contextlib.ExitStack() as stack:
                stack.enter_context(registry.consent_scope(user))
                send(user.email)

        def filtered(users: list[User]):
            for user in registry.only_consenting(users):
                send(user.email)

        def filtered_thrown_away(users: list[User]):
            registry.only_consenting(users)
            for user in users:
                send(user.email)  # expect: DU101

        def filtered_in_place(users: list[User]):
            users = registry.only_consenting(users)
            send(str([user.email for user in users]))

        def filtered_and_more(users: list[User], friend: User):
            for user in [*registry.only_consenting(users), friend]:
                send(user.email)  # expect: DU101

        def filtered_first(users: list[User]):
            send(registry.only_consenting(users)[0].email)
        """
    )


def test_asynchronous_checks() -> None:
    code = """
    async def awaited(user: User):
        if await consented_async(user.id):
            send(user.email)

    async def not_awaited(user: User):
        if consented_async(user.id):
            send(user.email)  # expect: DU101

    async def not_awaited_negated(user: User):
        if not consented_async(user.id):
            return
        send(user.email)  # expect: DU101

    async def awaited_later(user: User):
        check = consented_async(user.id)
        if not await check:
            return
        send(user.email)

    async def awaited_thrown_away(user: User):
        await consented_async(user.id)
        send(user.email)  # expect: DU101

    async def require(user: User):
        if not user.ai_consent:
            raise PermissionError

    async def required(user: User):
        await require(user)
        send(user.email)

    async def required_not_awaited(user: User):
        require(user)
        send(user.email)  # expect: DU101

    async def gathered(user: User):
        import asyncio
        await asyncio.gather(require(user))
        send(user.email)

    async def as_task(user: User):
        import asyncio
        task = asyncio.create_task(require(user))
        send(user.email)  # expect: DU101
        await task

    async def as_task_awaited(user: User):
        import asyncio
        task = asyncio.create_task(require(user))
        await task
        send(user.email)

    async def with_time_limit(user: User):
        import asyncio
        await asyncio.wait_for(require(user), 3)
        send(user.email)
    """
    registry = "async def consented_async(user_id) -> bool: ...\n"
    head = HEAD + "from registry import consented_async\n"
    from textwrap import dedent

    assert_labels({"people.py": MODELS, "registry.py": registry, "app.py": head + dedent(code)}, POLICY)


ORGANISATION = """
schema = 1

[pack]
name = "organisations"

[[guard]]
id = "org"
field = ["org_ai_consent"]
allows = ["ai"]
scope = "organisation"

[[guard]]
id = "person"
field = ["ai_consent"]
allows = ["ai"]

[[rule]]
id = "DU101"
title = "Personal data sent without the person's own consent"
data = ["user"]
use = ["ai.inference"]
consent_scope = "person"
unless = "consent"
severity = "error"
message = "{data} reaches {sink}"
help = "Ask the person."
replace = true
"""


@pytest.mark.parametrize(("scope", "expected"), [("person", True), ("any", False)])
def test_consent_of_an_organisation(scope: str, expected: bool) -> None:
    label = "  # expect: DU101" if expected else ""
    code = f"""
from people import *

class Member(User):
    org_ai_consent: bool

def of_organisation(user: Member):
    if user.org_ai_consent:
        send(user.email){label}

def of_person(user: Member):
    if user.ai_consent:
        send(user.email)

def of_both(user: Member):
    if user.org_ai_consent and user.ai_consent:
        send(user.email)

def of_either(user: Member):
    if user.org_ai_consent or user.ai_consent:
        send(user.email){label}
"""
    assert_labels({"people.py": MODELS, "app.py": code}, ORGANISATION.replace('"person"\nunless', f'"{scope}"\nunless'))


def test_any_subject() -> None:
    policy = POLICY.replace('enforce = ["registry.require"]', 'enforce = ["registry.require"]\nsubject = "any"')
    code = """
from people import *
import registry

def anybody(user: User, friend: User):
    registry.require(friend)
    send(user.email)

def nobody(user: User, friend: User):
    send(user.email)  # expect: DU101
"""
    assert_labels({"people.py": MODELS, "app.py": code}, policy)
