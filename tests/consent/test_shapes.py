"""The shapes that a check takes, each beside the twin that checks nothing."""

from __future__ import annotations

import pytest
from tests.consent.people import labelled


def test_if() -> None:
    labelled(
        """
        def bare(user: User):
            send(user.email)  # expect: DU101

        def inside(user: User):
            if user.ai_consent:
                send(user.email)

        def beside(user: User):
            if user.ai_consent:
                pass
            send(user.email)  # expect: DU101

        def otherwise(user: User):
            if user.ai_consent:
                pass
            else:
                send(user.email)  # expect: DU101

        def negated(user: User):
            if not user.ai_consent:
                pass
            else:
                send(user.email)

        def negated_inside(user: User):
            if not user.ai_consent:
                send(user.email)  # expect: DU101

        def twice_negated(user: User):
            if not not user.ai_consent:
                send(user.email)

        def chain(user: User, flag):
            if flag:
                return
            elif not user.ai_consent:
                return
            else:
                send(user.email)

        def chain_open(user: User, flag):
            if flag:
                send(user.email)  # expect: DU101
            elif not user.ai_consent:
                return

        def nested(user: User, flag):
            if flag:
                if user.ai_consent:
                    if user.active:
                        send(user.email)

        def nested_other(user: User, flag):
            if flag:
                if user.ai_consent:
                    flag = 0
                send(user.email)  # expect: DU101

        def both_ways(user: User, flag):
            if flag:
                if not user.ai_consent:
                    return
            else:
                if not user.has_ai_consent():
                    return
            send(user.email)

        def one_way(user: User, flag):
            if flag:
                if not user.ai_consent:
                    return
            send(user.email)  # expect: DU101
        """
    )


def test_early_exits() -> None:
    labelled(
        """
        import sys
        import os

        def returns(user: User):
            if not user.ai_consent:
                return None
            send(user.email)

        def returns_wrong_way(user: User):
            if user.ai_consent:
                return None
            send(user.email)  # expect: DU101

        def logs_only(user: User):
            if not user.ai_consent:
                print("no consent")
            send(user.email)  # expect: DU101

        def raises(user: User):
            if not user.ai_consent:
                raise PermissionError("no")
            send(user.email)

        def makes_error(user: User):
            if not user.ai_consent:
                PermissionError("no")
            send(user.email)  # expect: DU101

        def exits(user: User):
            if not user.ai_consent:
                sys.exit(1)
            send(user.email)

        def exits_at_once(user: User):
            if not user.ai_consent:
                os._exit(1)
            send(user.email)

        def never_returns(user: User):
            if not user.ai_consent:
                deny("no")
            send(user.email)

        def deny(text):
            raise PermissionError(text)

        def sometimes_returns(user: User):
            if not user.ai_consent:
                deny_if(user.active)
            send(user.email)  # expect: DU101

        def deny_if(flag):
            if flag:
                raise PermissionError

        def asserts(user: User):
            assert user.ai_consent, "no"
            send(user.email)

        def asserts_wrong(user: User):
            assert not user.ai_consent
            send(user.email)  # expect: DU101

        def asserts_tuple(user: User):
            assert (user.ai_consent, "no")
            send(user.email)  # expect: DU101

        def asserts_either(user: User):
            assert user.ai_consent or user.active
            send(user.email)  # expect: DU101
        """
    )


def test_and_or_not() -> None:
    labelled(
        """
        def conjunct(user: User):
            if user.active and user.ai_consent:
                send(user.email)

        def conjunct_first(user: User):
            if user.ai_consent and user.active:
                send(user.email)

        def conjunct_else(user: User):
            if user.active and user.ai_consent:
                pass
            else:
                send(user.email)  # expect: DU101

        def disjunct(user: User):
            if user.ai_consent or user.active:
                send(user.email)  # expect: DU101

        def disjunct_of_consents(user: User):
            if user.ai_consent or user.has_ai_consent():
                send(user.email)

        def de_morgan(user: User):
            if not user.active or not user.ai_consent:
                return
            send(user.email)

        def de_morgan_and(user: User):
            if not user.active and not user.ai_consent:
                return
            send(user.email)  # expect: DU101

        def de_morgan_outside(user: User):
            if not (user.active and user.ai_consent):
                return
            send(user.email)

        def de_morgan_outside_or(user: User):
            if not (user.active or user.ai_consent):
                return
            send(user.email)  # expect: DU101

        def three(user: User, a, b):
            if a and (b or user.active) and not (not user.ai_consent or b):
                send(user.email)

        def three_wrong(user: User, a, b):
            if a and (b or user.active) and not (not user.ai_consent and b):
                send(user.email)  # expect: DU101

        def ternary(user: User):
            return send(user.email) if user.ai_consent else None

        def ternary_wrong(user: User):
            return None if user.ai_consent else send(user.email)  # expect: DU101

        def ternary_text(user: User):
            text = user.email if user.ai_consent else "someone"
            send(text)

        def ternary_text_wrong(user: User):
            text = "someone" if user.ai_consent else user.email
            send(text)  # expect: DU101

        def short_circuit(user: User):
            user.ai_consent and send(user.email)

        def short_circuit_or(user: User):
            user.ai_consent or send(user.email)  # expect: DU101

        def short_circuit_not(user: User):
            not user.ai_consent or send(user.email)

        def if_in_condition(user: User, flag):
            if (user.ai_consent if flag else False):
                send(user.email)

        def if_in_condition_true(user: User, flag):
            if (user.ai_consent if flag else True):
                send(user.email)  # expect: DU101

        def text_or(user: User):
            text = user.ai_consent and user.email
            if text:
                send(text)

        def text_or_wrong(user: User):
            text = user.ai_consent or user.email
            send(text)  # expect: DU101
        """
    )


def test_variables() -> None:
    labelled(
        """
        def variable(user: User):
            allowed = user.ai_consent
            if allowed:
                send(user.email)

        def variable_negated(user: User):
            denied = not user.ai_consent
            if denied:
                return
            send(user.email)

        def variable_negated_wrong(user: User):
            denied = not user.ai_consent
            if denied:
                send(user.email)  # expect: DU101

        def combined(user: User):
            allowed = user.ai_consent and user.active
            if not allowed:
                return
            send(user.email)

        def combined_or(user: User):
            allowed = user.ai_consent or user.active
            if not allowed:
                return
            send(user.email)  # expect: DU101

        def combined_bits(user: User):
            if user.ai_consent & user.active:
                send(user.email)

        def combined_bits_or(user: User):
            if user.ai_consent | user.active:
                send(user.email)  # expect: DU101

        def set_by_branches(user: User):
            allowed = False
            if user.ai_consent:
                allowed = True
            if allowed:
                send(user.email)

        def set_by_branches_wrong(user: User):
            allowed = True
            if user.ai_consent:
                allowed = True
            if allowed:
                send(user.email)  # expect: DU101

        def cleared_by_branches(user: User):
            allowed = True
            if not user.ai_consent:
                allowed = False
            if allowed:
                send(user.email)

        def cleared_by_other(user: User):
            allowed = True
            if not user.active:
                allowed = False
            if allowed:
                send(user.email)  # expect: DU101

        def overwritten(user: User):
            allowed = user.ai_consent
            allowed = True
            if allowed:
                send(user.email)  # expect: DU101

        def in_place(user: User):
            allowed = user.active
            allowed &= user.ai_consent
            if allowed:
                send(user.email)

        def in_place_or(user: User):
            allowed = user.ai_consent
            allowed |= user.active
            if allowed:
                send(user.email)  # expect: DU101

        def as_bool(user: User):
            if bool(user.ai_consent):
                send(user.email)

        def walrus(user: User):
            if (allowed := user.ai_consent):
                send(user.email)
            return allowed

        def walrus_wrong(user: User):
            if not (allowed := user.ai_consent):
                send(user.email)  # expect: DU101
            return allowed

        def walrus_later(user: User):
            if (allowed := user.ai_consent) and user.active:
                pass
            if allowed:
                send(user.email)

        def same_condition_apart(user: User, dry):
            if not dry:
                if not user.ai_consent:
                    return
            if not dry:
                send(user.email)

        def other_condition_apart(user: User, dry, wet):
            if not dry:
                if not user.ai_consent:
                    return
            if not wet:
                send(user.email)  # expect: DU101

        def errors_gathered(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no consent")
            if not user.active:
                errors.append("not active")
            if errors:
                return errors
            send(user.email)

        def errors_ignored(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no consent")
            send(user.email)  # expect: DU101
            return errors

        def errors_of_others(user: User):
            errors = []
            if not user.active:
                errors.append("not active")
            if errors:
                return errors
            send(user.email)  # expect: DU101

        def error_text(user: User):
            error = ""
            if not user.ai_consent:
                error = "no consent"
            if error:
                return
            send(user.email)

        def error_none(user: User):
            error = None
            if not user.ai_consent:
                error = ValueError("no consent")
            if error is not None:
                raise error
            send(user.email)

        def error_none_wrong(user: User):
            error = None
            if user.ai_consent:
                error = ValueError("no consent")
            if error is not None:
                raise error
            send(user.email)  # expect: DU101
        """
    )


def test_loops() -> None:
    labelled(
        """
        def skips(users: list[User]):
            for user in users:
                if not user.ai_consent:
                    continue
                send(user.email)

        def skips_wrong(users: list[User]):
            for user in users:
                if user.ai_consent:
                    continue
                send(user.email)  # expect: DU101

        def breaks(users: list[User]):
            for user in users:
                if not user.ai_consent:
                    break
                send(user.email)

        def breaks_later(users: list[User]):
            for user in users:
                send(user.email)  # expect: DU101
                if not user.ai_consent:
                    break

        def checks_some_then_sends(users: list[User]):
            for user in users:
                if not user.ai_consent:
                    break
            for user in users:
                send(user.email)  # expect: DU101

        def for_else_wrong(users: list[User]):
            for user in users:
                if user.ai_consent:
                    break
            else:
                for user in users:
                    send(user.email)  # expect: DU101

        def first_that_agrees(users: list[User]):
            for user in users:
                if user.ai_consent:
                    break
            else:
                return
            send(user.email)

        def last_one(users: list[User]):
            for user in users:
                if user.ai_consent:
                    break
            send(user.email)  # expect: DU101

        def waits(user: User):
            while not user.ai_consent:
                ask(user)
            send(user.email)

        def waits_wrong(user: User):
            while user.ai_consent:
                ask(user)
            send(user.email)  # expect: DU101

        def waits_or_gives_up(user: User):
            tries = 0
            while not user.ai_consent:
                tries += 1
                if tries > 3:
                    break
            send(user.email)  # expect: DU101

        def while_else(user: User):
            tries = 0
            while not user.ai_consent:
                tries += 1
                if tries > 3:
                    break
            else:
                send(user.email)

        def while_true(user: User):
            while True:
                if user.ai_consent:
                    break
            send(user.email)

        def collects(users: list[User]):
            texts = []
            for user in users:
                if user.ai_consent:
                    texts.append(user.email)
            send("".join(texts))

        def collects_all(users: list[User]):
            texts = []
            for user in users:
                if user.ai_consent:
                    pass
                texts.append(user.email)
            send("".join(texts))  # expect: DU101

        def ask(user): ...
        """
    )


def test_match() -> None:
    labelled(
        """
        def on_field(user: User):
            match user.ai_consent:
                case True:
                    send(user.email)

        def on_field_false(user: User):
            match user.ai_consent:
                case False:
                    send(user.email)  # expect: DU101

        def on_field_default(user: User):
            match user.ai_consent:
                case True:
                    pass
                case _:
                    send(user.email)  # expect: DU101

        def on_text(user: User):
            match user.consent_status:
                case "granted":
                    send(user.email)

        def on_other_text(user: User):
            match user.consent_status:
                case "denied":
                    send(user.email)  # expect: DU101

        def on_alternatives(user: User):
            match user.consent_status:
                case "granted" | "unknown":
                    send(user.email)  # expect: DU101

        def on_alternatives_out(user: User):
            match user.consent_status:
                case "denied" | "unknown":
                    return
                case "granted":
                    pass
                case _:
                    raise ValueError
            send(user.email)

        def on_enum(user: User):
            match user.status:
                case Status.GRANTED:
                    send(user.email)
                case _:
                    pass

        def on_enum_wrong(user: User):
            match user.status:
                case Status.DENIED | Status.UNKNOWN:
                    send(user.email)  # expect: DU101

        def guarded(user: User, kind):
            match kind:
                case "summary" if user.ai_consent:
                    send(user.email)

        def guarded_wrong(user: User, kind):
            match kind:
                case "summary" if not user.ai_consent:
                    send(user.email)  # expect: DU101

        def falls_through(user: User, kind):
            match kind:
                case "summary" if user.ai_consent:
                    return
                case "summary":
                    send(user.email)  # expect: DU101

        def by_class(user: User):
            match user:
                case User(ai_consent=True):
                    send(user.email)

        def by_class_wrong(user: User):
            match user:
                case User(ai_consent=False):
                    send(user.email)  # expect: DU101

        def by_class_captured(user: User):
            match user:
                case User(ai_consent=True, email=address):
                    send(address)

        def by_class_captured_wrong(user: User):
            match user:
                case User(active=True, email=address):
                    send(address)  # expect: DU101

        def by_tuple(user: User, kind):
            match kind, user.ai_consent:
                case "summary", True:
                    send(user.email)

        def by_tuple_wrong(user: User, kind):
            match kind, user.ai_consent:
                case "summary", _:
                    send(user.email)  # expect: DU101
        """
    )


def test_exceptions() -> None:
    labelled(
        """
        def check(user: User):
            if not user.ai_consent:
                raise PermissionError

        def tried(user: User):
            try:
                check(user)
            except PermissionError:
                return
            send(user.email)

        def tried_and_passed(user: User):
            try:
                check(user)
            except PermissionError:
                pass
            send(user.email)  # expect: DU101

        def tried_else(user: User):
            try:
                check(user)
            except PermissionError:
                pass
            else:
                send(user.email)

        def in_handler(user: User):
            try:
                check(user)
            except PermissionError:
                send(user.email)  # expect: DU101

        def in_finally(user: User):
            try:
                check(user)
            finally:
                send(user.email)  # expect: DU101

        def checked_in_finally(user: User):
            try:
                send(user.email)  # expect: DU101
            finally:
                check(user)

        def checked_before_try(user: User):
            check(user)
            try:
                send(user.email)
            except ValueError:
                send(user.email)

        def reraised(user: User):
            try:
                check(user)
            except PermissionError as error:
                raise RuntimeError from error
            send(user.email)

        def logged(user: User):
            try:
                check(user)
            except Exception:
                print("failed")
            send(user.email)  # expect: DU101

        def returned_in_finally(user: User):
            try:
                check(user)
                send(user.email)
            finally:
                print("done")

        def suppressed(user: User):
            import contextlib
            with contextlib.suppress(PermissionError):
                check(user)
            send(user.email)  # expect: DU101

        def inside_suppressed(user: User):
            import contextlib
            with contextlib.suppress(PermissionError):
                check(user)
                send(user.email)
        """
    )


def test_the_same_condition_apart() -> None:
    labelled(
        """
        def plain(user: User, dry):
            if dry:
                if not user.ai_consent:
                    return
            if dry:
                send(user.email)
        def plain_wrong(user: User, dry):
            if dry:
                if not user.ai_consent:
                    return
            if not dry:
                send(user.email)  # expect: DU101
        def compared(user: User, mode):
            if mode == "send":
                if not user.ai_consent:
                    return
            if mode == "send":
                send(user.email)
        def compared_other(user: User, mode):
            if mode == "send":
                if not user.ai_consent:
                    return
            if mode == "show":
                send(user.email)  # expect: DU101
        def compared_negated(user: User, mode):
            if mode != "send":
                return
            if not user.ai_consent:
                return
            send(user.email)
        def differs(user: User, mode):
            if mode != "dry":
                if not user.ai_consent:
                    raise PermissionError
            print("x")
            if mode != "dry":
                send(user.email)
        def reassigned(user: User, mode, other):
            if mode == "send":
                if not user.ai_consent:
                    return
            mode = other
            if mode == "send":
                send(user.email)  # expect: DU101
        def of_field(user: User, options):
            if not options.dry_run:
                if not user.ai_consent:
                    return
            if not options.dry_run:
                send(user.email)
        def of_field_written(user: User, options):
            if not options.dry_run:
                if not user.ai_consent:
                    return
            options.dry_run = False
            if not options.dry_run:
                send(user.email)  # expect: DU101
        def in_loop(users: list[User], mode):
            for user in users:
                if mode == "send" and not user.ai_consent:
                    continue
                if mode == "send":
                    send(user.email)
        def in_loop_wrong(users: list[User], mode):
            for user in users:
                if mode == "send" and not user.ai_consent:
                    print("no")
                if mode == "send":
                    send(user.email)  # expect: DU101
        def none_or(user: User, session=None):
            if session is None:
                if not user.ai_consent:
                    return
            if session is None:
                send(user.email)
        def maybe_none_wrong(user: User, dry, flag):
            if not dry:
                if not user.ai_consent:
                    return
            if flag:
                dry = None
            if not dry:
                send(user.email)  # expect: DU101
        """
    )


def test_errors_that_are_gathered() -> None:
    labelled(
        """
        def validate(user: User, errors):
            if not user.ai_consent:
                errors.append("no")
        def in_a_dict(user: User):
            errors = {}
            if not user.ai_consent:
                errors["consent"] = "no"
            if errors:
                return errors
            send(user.email)
        def cleared(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no")
            errors.clear()
            if errors:
                return errors
            send(user.email)  # expect: DU101
        def extended(user: User):
            errors = []
            if not user.ai_consent:
                errors.extend(registry.reasons())
            if errors:
                return errors
            send(user.email)  # expect: DU101
        def otherwise(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no")
            if not errors:
                send(user.email)
            else:
                print(errors)
        def wrong_way(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no")
            if errors:
                send(user.email)  # expect: DU101
        def in_a_set(user: User):
            errors = set()
            if not user.ai_consent:
                errors.add("no")
            if len(errors) == 0:
                send(user.email)
        def counted(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no")
            if len(errors) != 0:
                raise ValueError(errors)
            send(user.email)
        def taken_out(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no")
            errors.pop()
            if not errors:
                send(user.email)  # expect: DU101
        def more_than_one(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no")
            if len(errors) > 1:
                raise ValueError(errors)
            send(user.email)  # expect: DU101
        def by_function(user: User):
            ok = not errors_of(user)
            if ok:
                send(user.email)
        def errors_of(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no")
            if not user.active:
                errors.append("inactive")
            return errors
        def begun_anew(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no")
            errors = []
            if errors:
                return
            send(user.email)  # expect: DU101
        def in_a_round(users: list[User]):
            for user in users:
                errors = []
                if not user.ai_consent:
                    errors.append("no")
                if errors:
                    continue
                send(user.email)
        """
    )


@pytest.mark.parametrize(
    "code",
    [
        """
        def checks_then_sends(users: list[User]):
            for user in users:
                if not user.ai_consent:
                    raise PermissionError
            for user in users:
                send(user.email)
    """,
        """
        def for_else(users: list[User]):
            for user in users:
                if not user.ai_consent:
                    break
            else:
                for user in users:
                    send(user.email)
    """,
    ],
)
def test_what_every_round_has_checked(code: str) -> None:
    labelled(code)
