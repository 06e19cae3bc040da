"""A token that is sent is a breach; the number by which it is kept is none."""

from __future__ import annotations

from tests.programs import assert_labels


def test_the_number_of_a_token_is_no_credential() -> None:
    assert_labels(
        {
            "app.py": """
            import openai
            from people import User

            def ask(text):
                openai.OpenAI().responses.create(input=text)

            def by_number(user: User):
                token = list(user.refresh_tokens.values())[0]
                ask(token.id)

            def itself(user: User):
                token = list(user.refresh_tokens.values())[0]
                ask(token.token)  # expect: DU101, DU401

            def of_the_person(user: User):
                ask(user.email)  # expect: DU101
            """
        }
    )
