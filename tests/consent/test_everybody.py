"""What is asked of everybody in a collection counts for everybody in it, and for nobody else."""

from __future__ import annotations

from tests.consent.people import labelled


def test_answers_of_map() -> None:
    labelled(
        """
        def agreed(u: User):
            return u.ai_consent

        def everybody(users: list[User]):
            if all(map(agreed, users)):
                for u in users:
                    send(u.email)

        def everybody_by_lambda(users: list[User]):
            if all(map(lambda u: u.ai_consent, users)):
                for u in users:
                    send(u.email)

        def somebody(users: list[User]):
            if any(map(agreed, users)):
                for u in users:
                    send(u.email)  # expect: DU101

        def others_agreed(users: list[User], others: list[User]):
            if all(map(agreed, others)):
                for u in users:
                    send(u.email)  # expect: DU101

        def only_i_agreed(users: list[User], me: User):
            if all(map(lambda u: me.ai_consent, users)):
                for u in users:
                    send(u.email)  # expect: DU101

        def somebody_has_not(users: list[User]):
            if not all(map(agreed, users)):
                for u in users:
                    send(u.email)  # expect: DU101

        def or_active(users: list[User]):
            if all(map(lambda u: u.active or u.ai_consent, users)):
                for u in users:
                    send(u.email)  # expect: DU101
        """
    )
