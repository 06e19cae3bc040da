"""Records that were parsed, or answered, and have no class: what they are called says whose they are."""

from __future__ import annotations

from tests.frameworks.sending import assert_sent


def test_an_element_is_called_as_what_it_was_drawn_from() -> None:
    assert_sent("""
        import json

        import requests
        from ai import send


        def answered():
            users = requests.get("https://crm.internal/users").json()
            for user in users:
                send(user["email"])  # expect: DU101
            for u in users:
                send(u["email"])  # expect: DU101
            send([u["email"] for u in users])  # expect: DU101
            u = {"email": "nobody"}
            send(u["email"])


        def things(tags, config):
            for t in tags:
                send(t["email"])
            send(config["email"])


        def stored(path):
            users = json.load(open(path))
            for each in users:
                send(each["email"])  # expect: DU101
    """)


def test_a_record_is_called_as_its_key() -> None:
    assert_sent("""
        import json

        import requests
        from ai import send


        def answered(text):
            data = requests.get("https://crm.internal/1").json()
            send(data["user"]["email"])  # expect: DU101
            send(data["plan"]["email"])
            for each in data["customers"]:
                send(each["email"])  # expect: DU101
            for each in data.get("members", []):
                send(each.get("email"))  # expect: DU101
            send(json.loads(text).get("patient")["email"])  # expect: DU101


        def one(text):
            user = json.loads(text)
            send(user.get("email"))  # expect: DU101
            user = requests.get("https://crm.internal/1").json()
            send(user.get("email"))  # expect: DU101
            plan = json.loads(text)
            send(plan.get("email"))
    """)
