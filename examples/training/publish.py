"""Publishes lessons for other schools to train on: python -m training.publish"""

from datasets import Dataset
from sqlalchemy import select

from training.dataset import as_example, of_lessons
from tutoring.database import new_session
from tutoring.models import Lesson, Message


def lessons(repository):
    with new_session() as session:
        Dataset.from_list(of_lessons(session.scalars(select(Lesson)))).push_to_hub(repository)


def sample_messages(repository):
    with new_session() as session:
        rows = [as_example(message) for message in session.scalars(select(Message).limit(100))]
    Dataset.from_list(rows).push_to_hub(repository)


if __name__ == "__main__":
    lessons("tutoring/lessons")
    sample_messages("tutoring/messages")
