"""Whether something is among the members of a collection of constants, and what that proves."""

from __future__ import annotations

from tests.consent.people import labelled


def test_verdicts_among_others() -> None:
    labelled(
        """
        class Verdict(enum.Enum):
            ALLOW = 1
            DENY = 2
            REVIEW = 3

        def verdict(user: User):
            if user.ai_consent:
                return Verdict.ALLOW
            if user.active:
                return Verdict.REVIEW
            return Verdict.DENY

        def good_set(user: User):
            if verdict(user) in {Verdict.DENY, Verdict.REVIEW}:
                return
            send(user.email)

        def bad_set(user: User):
            if verdict(user) in {Verdict.DENY}:
                return
            send(user.email)  # expect: DU101

        def bad_notin(user: User):
            if verdict(user) not in {Verdict.DENY, Verdict.ALLOW}:
                send(user.email)  # expect: DU101

        def good_notin(user: User):
            if verdict(user) not in [Verdict.DENY, Verdict.REVIEW]:
                send(user.email)

        def bad_var(user: User):
            refused = {Verdict.DENY, Verdict.REVIEW}
            refused.discard(Verdict.REVIEW)
            if verdict(user) in refused:
                return
            send(user.email)  # expect: DU101

        def bad_var2(user: User):
            refused = {Verdict.DENY, Verdict.REVIEW}
            refused -= {Verdict.REVIEW}
            if verdict(user) in refused:
                return
            send(user.email)  # expect: DU101

        REFUSED = (Verdict.DENY, Verdict.REVIEW)

        def good_module(user: User):
            if verdict(user) in REFUSED:
                return
            send(user.email)

        ALLOWED = frozenset({Verdict.ALLOW})

        def good_module2(user: User):
            if verdict(user) in ALLOWED:
                send(user.email)

        def bad_module2(user: User):
            if verdict(user) not in ALLOWED:
                send(user.email)  # expect: DU101

        ALSO = [Verdict.ALLOW]

        ALSO.append(Verdict.REVIEW)

        def bad_module3(user: User):
            if verdict(user) in ALSO:
                send(user.email)  # expect: DU101

        def bad_known(user: User):
            modes = ["on"]
            modes.append(user.terms_version)
            if "off" in modes or user.ai_consent:
                send(user.email)  # expect: DU101

        def bad_known2(user: User, more):
            modes = ["on"]
            modes.extend(more)
            if "off" in modes or user.ai_consent:
                send(user.email)  # expect: DU101

        def bad_bool(user: User):
            if 1 in (True, 2) or user.ai_consent:
                send(user.email)  # expect: DU101

        def reason(user: User):
            if not user.ai_consent:
                return "refused"
            return None

        def good_reason(user: User):
            if reason(user) in (None, ""):
                send(user.email)

        def bad_reason(user: User):
            if reason(user) in ("refused", ""):
                send(user.email)  # expect: DU101

        def bad_reason2(user: User):
            if reason(user) not in (None, ""):
                send(user.email)  # expect: DU101

        def good_reason2(user: User):
            if reason(user) not in ("refused",):
                send(user.email)
        """
    )


def test_what_is_known_to_be_among_constants() -> None:
    labelled(
        """
        SAFE = ("GET", "HEAD")

        def written(method, user: User):
            if method in ("GET", "HEAD"):
                return True
            return user.ai_consent

        def shared(method, user: User):
            return method in SAFE or user.ai_consent

        def posts(user: User):
            if written("POST", user):
                send(user.email)

        def posts_shared(user: User):
            if shared("POST", user):
                send(user.email)

        def gets(user: User):
            if written("GET", user):
                send(user.email)  # expect: DU101

        def gets_shared(user: User):
            if shared("GET", user):
                send(user.email)  # expect: DU101
        """
    )
