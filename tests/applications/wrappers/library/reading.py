from dataclasses import dataclass

from library.llm import Assistant


@dataclass
class Borrower:
    email: str
    borrowing_history: str
    ai_consent: bool


_assistant = Assistant("You recommend books.")


def recommend(text):
    return _assistant.ask(f"Recommend a book after: {text}")


def for_borrower(borrower: Borrower):
    return recommend(borrower.email)  # expect: DU101


def for_consenting(borrower: Borrower):
    if borrower.ai_consent:
        return recommend(borrower.email)
    return "Ask at the desk."


def for_everybody():
    return recommend("the book of the month")
