"""Consent of those who were put into pairs, dicts and rows: each keeps his own, and has nobody else's."""

from __future__ import annotations

from tests.consent.people import labelled


def test_elements_that_are_pairs() -> None:
    labelled(
        """
        def collected(users: list[User]):
            kept = []
            for user in users:
                if user.ai_consent:
                    kept.append((1, user))
            for number, person in kept:
                send(person.email)

        def collected_unasked(users: list[User]):
            kept = []
            for user in users:
                if user.active:
                    kept.append((1, user))
            for number, person in kept:
                send(person.email)  # expect: DU101

        def counted(users: list[User]):
            kept = [user for user in users if user.ai_consent]
            for number, person in enumerate(kept):
                send(person.email)

        def in_dicts(users: list[User]):
            jobs = [{"user": user} for user in users if user.ai_consent]
            for job in jobs:
                send(job["user"].email)

        def zipped(users: list[User], friends: list[User]):
            kept = [user for user in users if user.ai_consent]
            for user, friend in zip(kept, friends):
                send(user.email)
                send(friend.email)  # expect: DU101

        def zipped_then_asked(users: list[User], friends: list[User]):
            kept = [(user, friend) for user, friend in zip(users, friends) if friend.ai_consent]
            for user, friend in kept:
                send(friend.email)
                send(user.email)  # expect: DU101
        """
    )


def test_items_of_dicts() -> None:
    labelled(
        """
        def by_id(users: list[User]):
            people = {user.id: user for user in users if user.ai_consent}
            for key, person in people.items():
                send(person.email)

        def by_id_unasked(users: list[User]):
            people = {user.id: user for user in users if user.active}
            for key, person in people.items():
                send(person.email)  # expect: DU101

        def sorted_by_id(users: list[User]):
            people = {user.id: user for user in users if user.ai_consent}
            for pair in sorted(people.items()):
                send(pair[1].email)
        """
    )


def test_whoever_came_before() -> None:
    labelled(
        """
        import itertools

        def neighbours(users: list[User], first: User):
            pairs = []
            previous = first
            for user in users:
                if user.ai_consent:
                    pairs.append((user, previous))
                previous = user
            for one, other in pairs:
                send(one.email)
            for one, other in pairs:
                send(other.email)  # expect: DU101

        def crossed(users: list[User]):
            pairs = [(one, other) for one in users for other in users if one.ai_consent]
            for one, other in pairs:
                send(one.email)
            for one, other in pairs:
                send(other.email)  # expect: DU101

        def pairwise(users: list[User]):
            for one, other in itertools.pairwise(users):
                if one.ai_consent:
                    send(other.email)  # expect: DU101
        """
    )
