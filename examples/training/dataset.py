"""From lessons and messages to examples."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from presidio_analyzer import AnalyzerEngine
from presidio_anonymizer import AnonymizerEngine
from sqlalchemy.orm import Session

from tutoring.models import Lesson, Message, Student

_analyzer = AnalyzerEngine()
_anonymizer = AnonymizerEngine()


def of_assistant_users(session: Session, students: Iterable[Student]) -> list[dict[str, str]]:
    return [as_example(message) for s in students if s.has_agreed_to("assistant") for message in s.messages]


def as_example(message: Message) -> dict[str, str]:
    return {"text": message.body}


def without_names(text: str) -> str:
    found = _analyzer.analyze(text=text, language="en")
    return _anonymizer.anonymize(text=text, analyzer_results=found).text


def of_lessons(lessons: Iterable[Lesson]) -> list[dict[str, str]]:
    return [{"subject": lesson.subject, "text": without_names(lesson.notes)} for lesson in lessons]


def survey(connection) -> pd.DataFrame:
    return pd.read_sql("SELECT school_year, gender, postal_code, grade, research_opt_in FROM survey", connection)
