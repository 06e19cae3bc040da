"""About whom a check is, and whose data it is."""

from __future__ import annotations

from tests.consent.people import labelled


def test_aliases_and_ids() -> None:
    labelled(
        """
        def other(user: User, friend: User):
            if friend.ai_consent:
                send(user.email)  # expect: DU101

        def alias(user: User):
            person = user
            if person.ai_consent:
                send(user.email)

        def alias_moved(user: User, friend: User):
            person = user
            person = friend
            if person.ai_consent:
                send(user.email)  # expect: DU101

        def stale(user: User, friend: User):
            if user.ai_consent:
                user = friend
                send(user.email)  # expect: DU101

        def swapped(user: User, friend: User):
            user, friend = friend, user
            if user.ai_consent:
                send(user.email)

        def swapped_after(user: User, friend: User):
            if user.ai_consent:
                user, friend = friend, user
                send(user.email)  # expect: DU101

        def swapped_other(user: User, friend: User):
            if user.ai_consent:
                user, friend = friend, user
                send(friend.email)

        def by_id(user: User):
            if registry.consented(user.id):
                send(user.email)

        def by_keyword_id(user: User):
            if registry.consented(user_id=user.id):
                send(user.email)

        def by_other_id(user: User, friend: User):
            if registry.consented(friend.id):
                send(user.email)  # expect: DU101

        def by_id_variable(user: User):
            user_id = user.id
            if not registry.consented(user_id):
                return
            send(user.email)

        def by_text_of_id(user: User):
            if registry.consented(str(user.id)):
                send(user.email)

        def by_pk(user: User):
            if registry.consented(user.pk):
                send(user.email)

        def by_itself(user: User):
            if registry.consented(user):
                send(user.email)

        def by_email(user: User):
            if registry.consented(user.email):
                send(user.email)

        def fetched_by_id(user_id: int):
            if not registry.consented(user_id):
                return
            user: User = registry.load(user_id)
            send(user.email)

        def fetched_by_other_id(user_id: int, other_id: int):
            if not registry.consented(other_id):
                return
            user: User = registry.load(user_id)
            send(user.email)  # expect: DU101

        def fetched_again(user_id: int):
            user: User = registry.load(user_id)
            if not user.ai_consent:
                return
            again: User = registry.load(user_id)
            send(again.email)

        def fetched_other_again(user_id: int, other_id: int):
            user: User = registry.load(user_id)
            if not user.ai_consent:
                return
            again: User = registry.load(other_id)
            send(again.email)  # expect: DU101

        def compared(user: User, note: Note):
            if note.author.id == user.id and user.ai_consent:
                send(note.email)

        def compared_differs(user: User, note: Note):
            if note.author.id != user.id and user.ai_consent:
                send(note.email)  # expect: DU101

        def compared_not(user: User, note: Note):
            if note.author != user:
                raise PermissionError
            if user.ai_consent:
                send(note.email)

        def uncompared(user: User, note: Note):
            if user.ai_consent:
                send(note.email)  # expect: DU101

        def two_people(user: User, friend: User):
            if user.ai_consent:
                send(user.email + friend.email)  # expect: DU101

        def two_people_agree(user: User, friend: User):
            if user.ai_consent and friend.ai_consent:
                send(user.email + friend.email)

        def one_of_two(user: User, friend: User):
            if user.ai_consent or friend.ai_consent:
                send(user.email)  # expect: DU101

        def one_or_other(user: User, friend: User, flag):
            person = user if flag else friend
            if person.ai_consent:
                send(person.email)

        def one_or_other_checked_apart(user: User, friend: User, flag):
            person = user if flag else friend
            if user.ai_consent:
                send(person.email)  # expect: DU101
        """
    )


def test_records_of_people() -> None:
    labelled(
        """
        def author(note: Note):
            if note.author.ai_consent:
                send(note.email)

        def author_of_other(note: Note, other: Note):
            if other.author.ai_consent:
                send(note.email)  # expect: DU101

        def author_variable(note: Note):
            author = note.author
            if not author.ai_consent:
                return
            send(note.email)

        def author_by_id(note: Note):
            if registry.consented(note.author.id):
                send(note.email)

        def author_by_foreign_key(note: Note):
            if registry.consented(note.author_id):
                send(note.email)

        def author_data(note: Note):
            if note.author.ai_consent:
                send(note.author.email)

        def record_id(note: Note):
            if registry.consented(note.id):
                send(note.email)

        def of_whole_record(note: Note):
            if note.author.ai_consent:
                send(str(note))
        """
    )


def test_loops_and_comprehensions() -> None:
    labelled(
        """
        def loop(users: list[User]):
            for user in users:
                if user.ai_consent:
                    send(user.email)

        def loop_of_other(users: list[User], me: User):
            for user in users:
                if me.ai_consent:
                    send(user.email)  # expect: DU101

        def previous(users: list[User]):
            last = None
            for user in users:
                if user.ai_consent and last is not None:
                    send(last.email)  # expect: DU101
                last = user

        def nested(users: list[User], friends: list[User]):
            for user in users:
                if not user.ai_consent:
                    continue
                for friend in friends:
                    send(friend.email)  # expect: DU101

        def nested_both(users: list[User], friends: list[User]):
            for user in users:
                for friend in friends:
                    if user.ai_consent and friend.ai_consent:
                        send(user.email + friend.email)

        def condition(users: list[User]):
            send(str([user.email for user in users if user.ai_consent]))

        def condition_wrong(users: list[User]):
            send(str([user.email for user in users if not user.ai_consent]))  # expect: DU101

        def no_condition(users: list[User]):
            send(str([user.email for user in users]))  # expect: DU101

        def in_result(users: list[User]):
            send(str([user.email if user.ai_consent else "-" for user in users]))

        def in_result_wrong(users: list[User]):
            send(str([user.email if not user.ai_consent else "-" for user in users]))  # expect: DU101

        def generator(users: list[User]):
            send(", ".join(user.email for user in users if user.active if user.ai_consent))

        def of_dict(users: list[User]):
            texts = {user.id: user.email for user in users if user.ai_consent}
            for text in texts.values():
                send(text)

        def kept_people(users: list[User]):
            people = [user for user in users if user.ai_consent]
            for person in people:
                send(person.email)

        def kept_people_union(users: list[User], others: list[User]):
            people = [user for user in users if user.ai_consent]
            for person in people + others:
                send(person.email)  # expect: DU101

        def kept_people_sorted(users: list[User]):
            people = [user for user in users if user.ai_consent]
            for person in sorted(people, key=lambda each: each.id)[:10]:
                send(person.email)

        def wrong_list(users: list[User]):
            people = [user for user in users if user.ai_consent]
            for person in users:
                send(person.email)  # expect: DU101
            return people

        def extended(users: list[User], friend: User):
            people = [user for user in users if user.ai_consent]
            people.append(friend)
            for person in people:
                send(person.email)  # expect: DU101

        def filtered(users: list[User]):
            for user in filter(lambda each: each.ai_consent, users):
                send(user.email)

        def filtered_wrong(users: list[User]):
            for user in filter(lambda each: each.active, users):
                send(user.email)  # expect: DU101

        def may_use(user: User) -> bool:
            return user.active and user.ai_consent

        def filtered_by_function(users: list[User]):
            for user in filter(may_use, users):
                send(user.email)

        def filtered_false(users: list[User]):
            import itertools
            for user in itertools.filterfalse(lambda each: not each.ai_consent, users):
                send(user.email)

        def agreeing(users: list[User]):
            for user in users:
                if user.ai_consent:
                    yield user

        def generated(users: list[User]):
            for user in agreeing(users):
                send(user.email)

        def any_of(users: list[User]):
            for user in users:
                if user.active:
                    yield user

        def generated_wrong(users: list[User]):
            for user in any_of(users):
                send(user.email)  # expect: DU101

        def passed_through(users):
            for user in users:
                yield user

        def generated_twice(users: list[User]):
            people = [user for user in users if user.ai_consent]
            for user in passed_through(people):
                send(user.email)

        def generated_twice_wrong(users: list[User]):
            for user in passed_through(users):
                send(user.email)  # expect: DU101

        def delegated(users: list[User]):
            yield from agreeing(users)

        def generated_by_delegate(users: list[User]):
            for user in delegated(users):
                send(user.email)

        def all_agree(users: list[User]):
            if all(user.ai_consent for user in users):
                for user in users:
                    send(user.email)

        def all_agree_wrong(users: list[User]):
            if all(user.active for user in users):
                for user in users:
                    send(user.email)  # expect: DU101

        def any_agrees(users: list[User]):
            if any(user.ai_consent for user in users):
                for user in users:
                    send(user.email)  # expect: DU101

        def any_refuses(users: list[User]):
            if any(not user.ai_consent for user in users):
                return
            for user in users:
                send(user.email)

        def not_all(users: list[User]):
            if not all(user.ai_consent for user in users):
                return
            send(str([user.email for user in users]))

        def of_pairs(users: list[User], texts: list[str]):
            for user, text in zip(users, texts):
                if user.ai_consent:
                    send(user.email + text)

        def enumerated(users: list[User]):
            for number, user in enumerate(users):
                if not user.ai_consent:
                    continue
                send(f"{number} {user.email}")

        def ids(users: list[User]):
            agreed = {user.id for user in users if user.ai_consent}
            for user in users:
                if user.id in agreed:
                    send(user.email)

        def ids_wrong(users: list[User]):
            agreed = {user.id for user in users if user.active}
            for user in users:
                if user.id in agreed:
                    send(user.email)  # expect: DU101

        def by_person(users: list[User]):
            consents = {user.id: user.ai_consent for user in users}
            for user in users:
                if consents[user.id]:
                    send(user.email)

        def by_person_get(users: list[User]):
            consents = {user.id: user.ai_consent for user in users}
            for user in users:
                if not consents.get(user.id):
                    continue
                send(user.email)

        def by_person_wrong(users: list[User]):
            consents = {user.id: user.active for user in users}
            for user in users:
                if consents.get(user.id):
                    send(user.email)  # expect: DU101

        def by_person_other(users: list[User], me: User):
            consents = {user.id: user.ai_consent for user in users}
            for user in users:
                if consents.get(me.id):
                    send(user.email)  # expect: DU101

        def first(users: list[User]):
            user = next((user for user in users if user.ai_consent), None)
            if user is not None:
                send(user.email)

        def first_wrong(users: list[User]):
            user = next((user for user in users if user.active), None)
            if user is not None:
                send(user.email)  # expect: DU101

        def at(users: list[User]):
            if users[0].ai_consent:
                send(users[0].email)

        def at_other(users: list[User]):
            if users[0].ai_consent:
                send(users[1].email)  # expect: DU101

        """
    )


def test_records_that_the_program_keeps() -> None:
    """What a function gives is each caller's own, also where it leaves it in a registry, or in an object."""
    labelled(
        """
        import database

        CACHE = {}

        def load(number) -> User:
            return database.user(number)

        def everyone() -> list[User]:
            return database.users()

        def cached(number):
            user = load(number)
            CACHE[number] = user
            return user

        class Session:
            def __init__(self, user):
                self.user = user

        SESSION = Session(load(3))

        def of_one_loader():
            one, other = load(1), load(2)
            if one.ai_consent:
                send(one.email)
                send(other.email)  # expect: DU101

        def kept_in_a_registry():
            one = cached(1)
            other = cached(2)
            if one.ai_consent:
                send(one.email)
                send(other.email)  # expect: DU101

        def elements_of_what_is_declared():
            for user in everyone():
                send(user.email)  # expect: DU101
            for user in everyone():
                if user.ai_consent:
                    send(user.email)
        """
    )


def test_what_is_found_out_later_in_a_loop() -> None:
    """The element is somebody who has a name outside of the loop, too; the check comes after the data has gone."""
    labelled(
        """
        import database

        def load(number) -> User:
            return database.user(number)

        def later():
            user = load(1)
            for each in [user]:
                send(each.email)  # expect: DU101
                registry.require(user)

        def pairs():
            user = load(1)
            for each, label in [(user, "x")]:
                send(each.email)  # expect: DU101
                registry.require(user)

        def earlier():
            user = load(1)
            for each in [user]:
                registry.require(user)
                send(each.email)

        def outside():
            user = load(1)
            registry.require(user)
            for each in [user]:
                send(each.email)

        later()
        pairs()
        earlier()
        outside()
        """
    )


def test_evidence_by_the_id_of_a_person() -> None:
    labelled(
        """
        def filled(users: list[User]):
            consents = {}
            for user in users:
                consents[user.id] = user.ai_consent
            for user in users:
                if consents[user.id]:
                    send(user.email)
        def filled_wrong(users: list[User]):
            consents = {}
            for user in users:
                consents[user.id] = user.active
            for user in users:
                if consents[user.id]:
                    send(user.email)  # expect: DU101
        def filled_of_other(users: list[User], friend: User):
            consents = {}
            for user in users:
                consents[friend.id] = user.ai_consent
            for user in users:
                if consents[user.id]:
                    send(user.email)  # expect: DU101
        def filled_and_all(users: list[User], more: list[User]):
            consents = {user.id: user.ai_consent for user in users}
            for user in more:
                consents[user.id] = True
            for user in users:
                if consents[user.id]:
                    send(user.email)  # expect: DU101
        def negated(users: list[User]):
            refused = {user.id: not user.ai_consent for user in users}
            for user in users:
                if refused[user.id]:
                    continue
                send(user.email)
        def default_true(users: list[User]):
            consents = {user.id: user.ai_consent for user in users}
            for user in users:
                if consents.get(user.id, True):
                    send(user.email)  # expect: DU101
        def eligible(users: list[User]):
            hide = {user.id: user.ai_opt_out for user in users}
            send(str([user.email for user in users if not hide[user.id]]))
        def filled_and_updated(users: list[User], other):
            consents = {user.id: user.ai_consent for user in users}
            consents.update(other)
            for user in users:
                if consents[user.id]:
                    send(user.email)  # expect: DU101
        """
    )


def test_who_is_not_among_those_who_refused() -> None:
    labelled(
        """
        def ids_not_in(users: list[User]):
            refused = {user.id for user in users if not user.ai_consent}
            for user in users:
                if user.id in refused:
                    continue
                send(user.email)
        """
    )


def test_two_variable_indexes() -> None:
    labelled(
        """
        def at_variable(users: list[User], n, m):
            if users[n].ai_consent:
                send(users[m].email)  # expect: DU101
        """
    )
