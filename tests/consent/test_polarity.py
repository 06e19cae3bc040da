"""What a check reads, and which of its values are a consent."""

from __future__ import annotations

from tests.consent.people import labelled


def test_comparisons_of_a_flag() -> None:
    labelled(
        """
        def is_true(user: User):
            if user.ai_consent is True:
                send(user.email)

        def equals_true(user: User):
            if user.ai_consent == True:
                send(user.email)

        def true_equals(user: User):
            if True == user.ai_consent:
                send(user.email)

        def is_not_true(user: User):
            if user.ai_consent is not True:
                return
            send(user.email)

        def is_not_false(user: User):
            if user.ai_consent is not False:
                send(user.email)  # expect: DU101

        def is_false(user: User):
            if user.ai_consent is False:
                return
            send(user.email)  # expect: DU101

        def is_false_sends(user: User):
            if user.ai_consent is False:
                send(user.email)  # expect: DU101

        def is_none(user: User):
            if user.ai_consent is None:
                return
            send(user.email)  # expect: DU101

        def is_not_none(user: User):
            if user.ai_consent is not None:
                send(user.email)  # expect: DU101

        def none_then_true(user: User):
            if user.ai_consent is None or not user.ai_consent:
                return
            send(user.email)

        def in_truths(user: User):
            if user.ai_consent in (True, 1):
                send(user.email)

        def in_any(user: User):
            if user.ai_consent in (True, None):
                send(user.email)  # expect: DU101

        def not_in(user: User):
            if user.ai_consent not in (True,):
                return
            send(user.email)

        def not_in_falses(user: User):
            if user.ai_consent in (False, None):
                return
            send(user.email)

        def by_getattr(user: User):
            if getattr(user, "ai_consent", False):
                send(user.email)

        def by_getattr_true(user: User):
            if getattr(user, "ai_consent", True):
                send(user.email)  # expect: DU101

        def by_getattr_other(user: User):
            if getattr(user, "active", False):
                send(user.email)  # expect: DU101

        def hasattr_only(user: User):
            if hasattr(user, "ai_consent"):
                send(user.email)  # expect: DU101

        def chained(user: User):
            if user.active == user.ai_consent == True:
                send(user.email)

        def compared_with_other(user: User):
            if user.ai_consent == user.active:
                send(user.email)  # expect: DU101

        def assigned(user: User):
            user.ai_consent = True
            send(user.email)  # expect: DU101

        def read_only(user: User):
            user.ai_consent
            send(user.email)  # expect: DU101
        """
    )


def test_text_and_enumerations() -> None:
    labelled(
        """
        OK = "granted"
        GOOD = ("granted",)
        BOTH = ("granted", "unknown")

        def equals(user: User):
            if user.consent_status == "granted":
                send(user.email)

        def equals_other(user: User):
            if user.consent_status == "denied":
                send(user.email)  # expect: DU101

        def differs(user: User):
            if user.consent_status != "granted":
                return
            send(user.email)

        def differs_from_other(user: User):
            if user.consent_status != "denied":
                send(user.email)  # expect: DU101

        def truthy(user: User):
            if user.consent_status:
                send(user.email)  # expect: DU101

        def constant(user: User):
            if user.consent_status == OK:
                send(user.email)

        def among(user: User):
            if user.consent_status in GOOD:
                send(user.email)

        def among_both(user: User):
            if user.consent_status in BOTH:
                send(user.email)  # expect: DU101

        def among_set(user: User):
            if user.consent_status not in {"granted"}:
                return
            send(user.email)

        def lowered(user: User):
            if user.consent_status.lower() == "granted":
                send(user.email)

        def stripped_and_lowered(user: User):
            if user.consent_status.strip().lower() == "granted":
                send(user.email)

        def lowered_other(user: User):
            if user.consent_status.lower() == "pending":
                send(user.email)  # expect: DU101

        def member(user: User):
            if user.status == Status.GRANTED:
                send(user.email)

        def member_is(user: User):
            if user.status is Status.GRANTED:
                send(user.email)

        def member_is_not(user: User):
            if user.status is not Status.GRANTED:
                return
            send(user.email)

        def member_value(user: User):
            if user.status == Status.GRANTED.value:
                send(user.email)

        def value_of_member(user: User):
            if user.status.value == "granted":
                send(user.email)

        def other_member(user: User):
            if user.status is Status.UNKNOWN:
                send(user.email)  # expect: DU101

        def not_other_member(user: User):
            if user.status is not Status.DENIED:
                send(user.email)  # expect: DU101

        def members(user: User):
            if user.status in (Status.GRANTED, Status.UNKNOWN):
                send(user.email)  # expect: DU101

        def either_text(user: User):
            if user.consent_status == "granted" or user.consent_status == "unknown":
                send(user.email)  # expect: DU101
        """
    )


def test_opt_outs() -> None:
    labelled(
        """
        def opted_out(user: User):
            if user.ai_opt_out:
                return
            send(user.email)

        def opted_out_wrong(user: User):
            if not user.ai_opt_out:
                return
            send(user.email)  # expect: DU101

        def conjunct(user: User):
            if user.active and not user.ai_opt_out:
                send(user.email)

        def disjunct(user: User):
            if user.active or not user.ai_opt_out:
                send(user.email)  # expect: DU101

        def jurisdiction(user: User, state):
            if state == "California" and user.ai_opt_out:
                return
            send(user.email)  # expect: DU101

        def getattr_default(user: User):
            if getattr(user, "ai_opt_out", True):
                return
            send(user.email)

        def getattr_default_wrong(user: User):
            if getattr(user, "ai_opt_out", False):
                return
            send(user.email)  # expect: DU101

        def is_false(user: User):
            if user.ai_opt_out is False:
                send(user.email)

        def equals_true(user: User):
            if user.ai_opt_out == True:
                return
            send(user.email)
        """
    )


def test_time_stamps_and_versions() -> None:
    labelled(
        """
        CURRENT = "2026-01"

        def truthy(user: User):
            if user.granted_at:
                send(user.email)

        def falsy(user: User):
            if not user.granted_at:
                send(user.email)  # expect: DU101

        def not_none(user: User):
            if user.granted_at is not None:
                send(user.email)

        def none(user: User):
            if user.granted_at is None:
                raise PermissionError
            send(user.email)

        def none_wrong(user: User):
            if user.granted_at is None:
                send(user.email)  # expect: DU101

        def differs_from_none(user: User):
            if user.granted_at != None:
                send(user.email)

        def withdrawn(user: User):
            if user.granted_at is not None and user.withdrawn_at is None:
                send(user.email)

        def withdrawn_only(user: User):
            if user.withdrawn_at is None:
                send(user.email)  # expect: DU101

        def in_the_past(user: User, now):
            if user.granted_at and user.granted_at < now:
                send(user.email)

        def property_pair(user: User):
            active = user.granted_at is not None and user.withdrawn_at is None
            return send(user.email) if active else None

        def version(user: User):
            if user.terms_version == CURRENT:
                send(user.email)

        def version_reversed(user: User):
            if CURRENT == user.terms_version:
                send(user.email)

        def version_differs(user: User):
            if user.terms_version != CURRENT:
                return
            send(user.email)

        def version_differs_wrong(user: User):
            if user.terms_version != CURRENT:
                send(user.email)  # expect: DU101

        def version_there(user: User):
            if user.terms_version:
                send(user.email)  # expect: DU101

        def version_of_settings(user: User, settings):
            if user.terms_version == settings.terms:
                send(user.email)

        def version_in(user: User):
            if user.terms_version in (CURRENT, "2025-10"):
                send(user.email)
        """
    )


def test_settings_by_key() -> None:
    labelled(
        """
        def by_key(row: dict):
            if row["ai_consent"]:
                send(row["email"])

        def by_other_key(row: dict):
            if row["active"]:
                send(row["email"])  # expect: DU101

        def by_get(row: dict):
            if row.get("ai_consent"):
                send(row["email"])

        def by_get_false(row: dict):
            if row.get("ai_consent", False):
                send(row["email"])

        def by_get_true(row: dict):
            if row.get("ai_consent", True):
                send(row["email"])  # expect: DU101

        def by_get_negated(row: dict):
            if not row.get("ai_consent", False):
                return
            send(row["email"])

        def by_get_text(row: dict):
            if row.get("consent_status") == "granted":
                send(row["email"])

        def by_get_text_default(row: dict):
            if row.get("consent_status", "granted") == "granted":
                send(row["email"])  # expect: DU101

        def by_get_text_other_default(row: dict):
            if row.get("consent_status", "unknown") == "granted":
                send(row["email"])

        def opt_out_by_get(row: dict):
            if row.get("ai_opt_out", True):
                return
            send(row["email"])

        def key_is_there(row: dict):
            if "ai_consent" in row:
                send(row["email"])  # expect: DU101

        def key_error(row: dict):
            try:
                allowed = row["ai_consent"]
            except KeyError:
                allowed = False
            if allowed:
                send(row["email"])

        def key_error_true(row: dict):
            try:
                allowed = row["ai_consent"]
            except KeyError:
                allowed = True
            if allowed:
                send(row["email"])  # expect: DU101

        def walrus_get(row: dict):
            if (allowed := row.get("ai_consent")) is None or not allowed:
                return
            send(row["email"])

        def other_row(row: dict, other: dict):
            if other["ai_consent"]:
                send(row["email"])  # expect: DU101
        """
    )


def test_texts_and_containers_of_an_answer_are_true_anyway() -> None:
    labelled(
        """
        def as_text(user: User):
            if str(user.ai_consent):
                send(user.email)  # expect: DU101

        def formatted(user: User):
            if f"{user.ai_consent}":
                send(user.email)  # expect: DU101

        def status_as_text(user: User):
            if str(user.consent_status) == "granted":
                send(user.email)

        def as_boolean(user: User):
            if bool(user.ai_consent):
                send(user.email)

        def in_a_list(user: User):
            if [user.ai_consent]:
                send(user.email)  # expect: DU101
        """
    )
