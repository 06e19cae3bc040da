"""Functions that check: what counts is what their bodies do, across functions and modules."""

from __future__ import annotations

from tests.consent.people import labelled


def test_predicates() -> None:
    labelled(
        """
        def may(user: User):
            return user.ai_consent

        def may_not(user: User):
            return not user.ai_consent

        def may_with_more(user: User):
            if not user.active:
                return False
            if user.ai_consent and user.training_consent:
                return True
            return False

        def has_consent(user: User):
            return True

        def consent_or_flag(user: User, flag):
            return user.ai_consent or flag

        def logs(user: User):
            if not user.ai_consent:
                print("no consent", user.id)

        def requires(user: User):
            if not user.ai_consent:
                raise PermissionError

        def requires_sometimes(user: User, strict=False):
            if strict and not user.ai_consent:
                raise PermissionError

        def returns_subject(user: User):
            if not user.ai_consent:
                raise PermissionError
            return user

        def subject_or_none(user: User):
            if not user.ai_consent:
                return None
            return user

        def reason(user: User):
            if not user.ai_consent:
                return "no consent"
            return None

        def reason_or_empty(user: User):
            if not user.ai_consent:
                return "no consent"
            return ""

        def with_reason(user: User):
            if not user.ai_consent:
                return False, "no consent"
            return True, None

        def error_list(user: User):
            errors = []
            if not user.ai_consent:
                errors.append("no consent")
            return errors

        def by_predicate(user: User):
            if may(user):
                send(user.email)

        def by_negation(user: User):
            if may_not(user):
                return
            send(user.email)

        def by_negation_wrong(user: User):
            if may_not(user):
                send(user.email)  # expect: DU101

        def by_more(user: User):
            if may_with_more(user):
                send(user.email)

        def by_name_only(user: User):
            if has_consent(user):
                send(user.email)  # expect: DU101

        def by_flag(user: User):
            if consent_or_flag(user, True):
                send(user.email)  # expect: DU101

        def thrown_away(user: User):
            may(user)
            send(user.email)  # expect: DU101

        def not_called(user: User):
            if may:
                send(user.email)  # expect: DU101

        def logged(user: User):
            logs(user)
            send(user.email)  # expect: DU101

        def required(user: User):
            requires(user)
            send(user.email)

        def required_of_other(user: User, friend: User):
            requires(friend)
            send(user.email)  # expect: DU101

        def required_sometimes(user: User):
            requires_sometimes(user)
            send(user.email)  # expect: DU101

        def required_strictly(user: User):
            requires_sometimes(user, strict=True)
            send(user.email)

        def subject(user: User):
            person = returns_subject(user)
            send(person.email)

        def subject_original(user: User):
            returns_subject(user)
            send(user.email)

        def maybe_subject(user: User):
            person = subject_or_none(user)
            if person is None:
                return
            send(person.email)

        def maybe_subject_truth(user: User):
            if person := subject_or_none(user):
                send(person.email)

        def maybe_subject_unchecked(user: User):
            person = subject_or_none(user)
            send(user.email)  # expect: DU101

        def none_or_reason(user: User):
            if reason(user) is not None:
                return
            send(user.email)

        def none_or_reason_walrus(user: User):
            if (why := reason(user)) is not None:
                return why
            send(user.email)

        def none_or_reason_truth(user: User):
            if reason(user):
                return
            send(user.email)

        def none_or_reason_wrong(user: User):
            if reason(user) is not None:
                send(user.email)  # expect: DU101

        def none_or_reason_thrown_away(user: User):
            reason(user)
            send(user.email)  # expect: DU101

        def empty_or_reason(user: User):
            why = reason_or_empty(user)
            if why:
                raise PermissionError(why)
            send(user.email)

        def empty_or_reason_compared(user: User):
            if reason_or_empty(user) == "":
                send(user.email)

        def pair(user: User):
            allowed, why = with_reason(user)
            if not allowed:
                return why
            send(user.email)

        def pair_wrong(user: User):
            allowed, why = with_reason(user)
            if allowed:
                return why
            send(user.email)  # expect: DU101

        def pair_by_reason(user: User):
            _, why = with_reason(user)
            if why is None:
                send(user.email)

        def pair_by_index(user: User):
            if with_reason(user)[0]:
                send(user.email)

        def pair_truth(user: User):
            if with_reason(user):
                send(user.email)  # expect: DU101

        def errors(user: User):
            if error_list(user):
                return
            send(user.email)

        def errors_not(user: User):
            if not error_list(user):
                send(user.email)

        def errors_wrong(user: User):
            if error_list(user):
                send(user.email)  # expect: DU101

        def errors_counted(user: User):
            if len(error_list(user)) > 0:
                return
            send(user.email)
        """
    )


def test_result_objects() -> None:
    labelled(
        """
        from dataclasses import dataclass
        from typing import NamedTuple
        from collections import namedtuple

        @dataclass
        class Decision:
            allowed: bool
            reason: str = ""

            @property
            def denied(self):
                return not self.allowed

            def __bool__(self):
                return self.allowed

        class Verdict(NamedTuple):
            ok: bool
            why: str

        def decide(user: User) -> Decision:
            return Decision(allowed=user.ai_consent)

        def decide_by_branch(user: User) -> Decision:
            if user.ai_consent:
                return Decision(True)
            return Decision(False, "no consent")

        def decide_always(user: User) -> Decision:
            return Decision(True)

        def verdict(user: User):
            if not user.ai_consent:
                return Verdict(False, "no consent")
            return Verdict(True, "")

        def as_dict(user: User):
            return {"allowed": user.ai_consent, "reason": "x"}

        def field(user: User):
            if decide(user).allowed:
                send(user.email)

        def field_wrong(user: User):
            if not decide(user).allowed:
                send(user.email)  # expect: DU101

        def field_branch(user: User):
            decision = decide_by_branch(user)
            if not decision.allowed:
                return decision.reason
            send(user.email)

        def field_always(user: User):
            decision = decide_always(user)
            if not decision.allowed:
                return decision.reason
            send(user.email)  # expect: DU101

        def field_property(user: User):
            if decide(user).denied:
                return
            send(user.email)

        def truth(user: User):
            if decide_by_branch(user):
                send(user.email)

        def field_of_other(user: User, friend: User):
            if decide(friend).allowed:
                send(user.email)  # expect: DU101

        def tuple_field(user: User):
            if verdict(user).ok:
                send(user.email)

        def tuple_unpacked(user: User):
            ok, why = verdict(user)
            if ok:
                send(user.email)

        def tuple_truth(user: User):
            if verdict(user):
                send(user.email)  # expect: DU101

        def key(user: User):
            if as_dict(user)["allowed"]:
                send(user.email)

        def key_get(user: User):
            if not as_dict(user).get("allowed"):
                return
            send(user.email)

        def other_key(user: User):
            if as_dict(user)["reason"]:
                send(user.email)  # expect: DU101
        """
    )


def test_methods_and_classes() -> None:
    labelled(
        """
        import abc

        class Guarding:
            def check(self, user: User):
                if not user.ai_consent:
                    raise PermissionError

        class Lenient:
            def check(self, user: User):
                print(user.id)

        class Service(Guarding):
            def run(self, user: User):
                self.check(user)
                send(user.email)

        class LenientService(Lenient):
            def run(self, user: User):
                self.check(user)
                send(user.email)  # expect: DU101

        class Composed:
            def __init__(self):
                self.guard = Guarding()

            def run(self, user: User):
                self.guard.check(user)
                send(user.email)

        class ComposedLenient:
            def __init__(self):
                self.guard = Lenient()

            def run(self, user: User):
                self.guard.check(user)
                send(user.email)  # expect: DU101

        class Template(abc.ABC):
            def run(self, user: User):
                self.before(user)
                send(user.email)

            @abc.abstractmethod
            def before(self, user: User): ...

        class Checked(Template):
            def before(self, user: User):
                if not user.ai_consent:
                    raise PermissionError

        class OpenTemplate(abc.ABC):
            def run(self, user: User):
                self.before(user)
                send(user.email)  # expect: DU101

            def before(self, user: User):
                raise NotImplementedError

        class Unchecked(OpenTemplate):
            def before(self, user: User):
                print(user.id)

        class Base:
            def run(self, user: User):
                if not user.ai_consent:
                    return
                self.work(user)

            def work(self, user: User):
                pass

        class Derived(Base):
            def work(self, user: User):
                send(user.email)

        class OpenBase:
            def run(self, user: User):
                self.work(user)  # expect: DU101

            def work(self, user: User):
                pass

        class OpenDerived(OpenBase):
            def work(self, user: User):
                send(user.email)

        class Super(Service):
            def check(self, user: User):
                super().check(user)
                print("checked")

        class Static:
            @staticmethod
            def may(user: User):
                return user.ai_consent

            @classmethod
            def must(cls, user: User):
                if not cls.may(user):
                    raise PermissionError

        def by_static(user: User):
            if Static.may(user):
                send(user.email)

        def by_class(user: User):
            Static.must(user)
            send(user.email)

        class Wrapper:
            def __init__(self, user: User):
                self.user = user

            @property
            def allowed(self):
                return self.user.ai_consent

            @property
            def always(self):
                return True

            def by_property(self):
                if self.allowed:
                    send(self.user.email)

            def by_wrong_property(self):
                if self.always:
                    send(self.user.email)  # expect: DU101

            def kept_in_init(self):
                send(self.user.email)  # expect: DU101

        class CheckedInInit:
            def __init__(self, user: User):
                if not user.ai_consent:
                    raise PermissionError
                self.user = user

        def made(user: User):
            CheckedInInit(user)
            send(user.email)
        """
    )


def test_decorators_of_the_program() -> None:
    labelled(
        """
        import functools

        def plain(function):
            def wrapper(user, *args, **kwargs):
                if not user.ai_consent:
                    raise PermissionError
                return function(user, *args, **kwargs)
            return wrapper

        def wrapped(function):
            @functools.wraps(function)
            def wrapper(user, *args, **kwargs):
                if not user.ai_consent:
                    return None
                return function(user, *args, **kwargs)
            return wrapper

        def wrong_way(function):
            @functools.wraps(function)
            def wrapper(user, *args, **kwargs):
                if user.ai_consent:
                    return None
                return function(user, *args, **kwargs)
            return wrapper

        def only_logs(function):
            @functools.wraps(function)
            def wrapper(user, *args, **kwargs):
                if not user.ai_consent:
                    print("no consent")
                return function(user, *args, **kwargs)
            return wrapper

        def checks_after(function):
            @functools.wraps(function)
            def wrapper(user):
                result = function(user)
                if not user.ai_consent:
                    raise PermissionError
                return result
            return wrapper

        def for_purpose(purpose):
            def decorator(function):
                @functools.wraps(function)
                def wrapper(user, *args, **kwargs):
                    if not user.has_consent(purpose):
                        raise PermissionError
                    return function(user, *args, **kwargs)
                return wrapper
            return decorator

        def optional(function=None, *, strict=True):
            def decorator(inner):
                @functools.wraps(inner)
                def wrapper(user, *args, **kwargs):
                    if strict and not user.ai_consent:
                        raise PermissionError
                    return inner(user, *args, **kwargs)
                return wrapper
            return decorator(function) if function is not None else decorator

        def asynchronous(function):
            @functools.wraps(function)
            async def wrapper(user, *args, **kwargs):
                if not user.ai_consent:
                    raise PermissionError
                return await function(user, *args, **kwargs)
            return wrapper

        @plain
        def a(user: User):
            send(user.email)

        @wrapped
        def b(user: User):
            send(user.email)

        @wrong_way
        def c(user: User):
            send(user.email)  # expect: DU101

        @only_logs
        def d(user: User):
            send(user.email)  # expect: DU101

        @checks_after
        def e(user: User):
            send(user.email)  # expect: DU101

        @for_purpose("assistant")
        def f(user: User):
            send(user.email)

        @for_purpose("model_training")
        def g(user: User):
            send(user.email)  # expect: DU101

        @for_purpose(purpose=Purpose.ASSISTANT)
        def h(user: User):
            send(user.email)

        @optional
        def i(user: User):
            send(user.email)

        @optional()
        def j(user: User):
            send(user.email)

        @optional(strict=False)
        def k(user: User):
            send(user.email)  # expect: DU101

        @asynchronous
        async def l(user: User):
            send(user.email)

        @only_logs
        @wrapped
        def m(user: User):
            send(user.email)

        @wrapped
        def o(user: User, friend: User):
            send(friend.email)  # expect: DU101

        def by_hand(user: User):
            wrapped(inner)(user)

        def inner(user: User):
            send(user.email)

        class Methods:
            def guarded(function):
                @functools.wraps(function)
                def wrapper(self, user):
                    if not user.ai_consent:
                        raise PermissionError
                    return function(self, user)
                return wrapper

            @guarded
            def run(self, user: User):
                send(user.email)
        """
    )


def test_tables_of_checks() -> None:
    labelled(
        """
        def active(user: User):
            return None if user.active else "not active"

        def consenting(user: User):
            return None if user.ai_consent else "no consent"

        def must_be_active(user: User):
            if not user.active:
                raise PermissionError

        def must_consent(user: User):
            if not user.ai_consent:
                raise PermissionError

        CHECKS = [active, consenting]
        OTHER_CHECKS = [active]
        MUSTS = (must_be_active, must_consent)
        OTHER_MUSTS = (must_be_active,)
        BY_NAME = {"active": must_be_active, "consent": must_consent}

        def by_name(user: User):
            BY_NAME["consent"](user)
            send(user.email)

        def by_wrong_name(user: User):
            BY_NAME["active"](user)
            send(user.email)  # expect: DU101

        def by_any_name(user: User, name):
            BY_NAME[name](user)
            send(user.email)  # expect: DU101

        def one_by_one(user: User):
            for must in OTHER_MUSTS:
                must(user)
            send(user.email)  # expect: DU101

        def in_a_loop_others(user: User):
            for check in OTHER_CHECKS:
                why = check(user)
                if why is not None:
                    return why
            send(user.email)  # expect: DU101
        """
    )


def test_across_functions() -> None:
    labelled(
        """
        import threading

        def deliver(user: User):
            send(user.email)

        def deliver_text(text):
            send(text)

        def guarded_caller(user: User):
            if user.ai_consent:
                deliver(user)
                deliver_text(user.email)

        def one_caller(user: User):
            if user.ai_consent:
                shared(user)

        def other_caller(user: User):
            shared(user)  # expect: DU101

        def shared(user: User):
            send(user.email)

        def closure(user: User):
            def work():
                send(user.email)
            if user.ai_consent:
                work()

        def closure_unguarded(user: User):
            def work():
                send(user.email)
            if not user.ai_consent:
                work()  # expect: DU101

        def in_thread(user: User):
            if not user.ai_consent:
                return
            threading.Thread(target=deliver, args=(user,)).start()

        def in_thread_unguarded(user: User):
            threading.Thread(target=deliver, args=(user,)).start()  # expect: DU101

        def by_lambda(user: User):
            if user.ai_consent:
                run(lambda: send(user.email))

        def run(function):
            function()

        def checked_by_callee(user: User):
            checked(user)

        def checked(user: User):
            if not user.ai_consent:
                return
            send(user.email)

        def text_of(user: User):
            return user.email if user.ai_consent else ""

        def by_text(user: User):
            send(text_of(user))

        def text_of_all(user: User):
            return user.email

        def by_text_unguarded(user: User):
            send(text_of_all(user))  # expect: DU101

        def chosen(users: list[User]):
            return [user for user in users if user.ai_consent]

        def by_chosen(users: list[User]):
            for user in chosen(users):
                send(user.email)

        def chosen_otherwise(users: list[User]):
            return [user for user in users if user.active]

        def by_chosen_otherwise(users: list[User]):
            for user in chosen_otherwise(users):
                send(user.email)  # expect: DU101

        def recursive(user: User, depth):
            if not user.ai_consent:
                return
            if depth:
                recursive(user, depth - 1)
            send(user.email)
        """
    )


def test_conditions_that_are_handed_over() -> None:
    labelled(
        """
        class Decision:
            def __init__(self, allowed):
                self.allowed = allowed
            def demand(self):
                if not self.allowed:
                    raise PermissionError
        def ensure(condition, message="no"):
            if not condition:
                raise PermissionError(message)
        def forbid(condition):
            if condition:
                raise PermissionError
        def both(a, b):
            return a and b
        def either(a, b):
            return a or b
        def negate(a):
            return not a
        def none_of(why):
            if why is not None:
                raise PermissionError(why)
        def demanded(user: User):
            ensure(user.ai_consent)
            send(user.email)
        def other_demanded(user: User):
            ensure(user.active)
            send(user.email)  # expect: DU101
        def forbidden(user: User):
            forbid(not user.ai_consent)
            send(user.email)
        def wrongly_forbidden(user: User):
            forbid(user.ai_consent)
            send(user.email)  # expect: DU101
        def by_both(user: User):
            if both(user.active, user.ai_consent):
                send(user.email)
        def by_either(user: User):
            if either(user.active, user.ai_consent):
                send(user.email)  # expect: DU101
        def by_negated(user: User):
            if negate(user.ai_consent):
                return
            send(user.email)
        def by_decision(user: User):
            Decision(user.ai_consent).demand()
            send(user.email)
        def by_other_decision(user: User):
            Decision(user.active).demand()
            send(user.email)  # expect: DU101
        def conjunct_demanded(user: User):
            ensure(user.ai_consent and user.active, "x")
            send(user.email)
        def of_friend_demanded(user: User, friend: User):
            ensure(friend.ai_consent)
            send(user.email)  # expect: DU101
        def comparison_demanded(user: User):
            ensure(bool(user.ai_consent is True))
            send(user.email)
        def reason(user: User):
            return None if user.ai_consent else "no"
        def reason_forbidden(user: User):
            none_of(reason(user))
            send(user.email)
        def outer(condition):
            ensure(condition)
        def demanded_twice(user: User):
            outer(user.ai_consent)
            send(user.email)
        def refusal_demanded(user: User):
            outer(not user.ai_consent)
            send(user.email)  # expect: DU101
        """
    )


def test_a_table_of_checks_in_a_loop() -> None:
    labelled(
        """
        def must_be_active(user: User):
            if not user.active:
                raise PermissionError

        def must_consent(user: User):
            if not user.ai_consent:
                raise PermissionError

        MUSTS = (must_be_active, must_consent)

        def in_a_loop(user: User):
            for must in MUSTS:
                must(user)
            send(user.email)
        """
    )


def test_a_constant_in_a_disjunction() -> None:
    labelled(
        """
        def consent_or_flag(user: User, flag):
            return user.ai_consent or flag

        def by_flag_off(user: User):
            if consent_or_flag(user, False):
                send(user.email)
        """
    )


def test_a_decorator_that_is_a_class() -> None:
    labelled(
        """
        class Deco:
            def __init__(self, function):
                self.function = function

            def __call__(self, user):
                if not user.ai_consent:
                    raise PermissionError
                return self.function(user)

        @Deco
        def n(user: User):
            send(user.email)
        """
    )
