"""The routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel
from sqlalchemy.orm import Session

from tutoring import assistant, consents, database, jobs, prompts
from tutoring.models import Lesson, Message, Student

router = APIRouter()
Database = Annotated[Session, Depends(database.session)]


class Question(BaseModel):
    text: str


class Summary(BaseModel):
    lesson: int
    text: str


def student_or_404(student_id: int, session: Database) -> Student:
    student = session.get(Student, student_id)
    if student is None:
        raise HTTPException(404)
    return student


def agreeing_student(student: Annotated[Student, Depends(student_or_404)]) -> Student:
    consents.require(student, consents.ASSISTANT)
    return student


@router.post("/students/{student_id}/tips")
def study_tips(student: Annotated[Student, Depends(agreeing_student)]) -> dict[str, str]:
    about = f"{student.full_name}, year {student.school_year}"
    return {"tips": assistant.complete(prompts.TIPS, about)}


@router.get("/lessons/{lesson_id}/summary")
def lesson_summary(lesson_id: int, session: Database) -> Summary:
    lesson = session.get(Lesson, lesson_id)
    if lesson is None:
        raise HTTPException(404)
    if not lesson.student.has_agreed_to(consents.ASSISTANT):
        return Summary(lesson=lesson.id, text="")
    return Summary(lesson=lesson.id, text=assistant.summarise(lesson))


@router.post("/lessons/{lesson_id}/mail")
def mail_summary(lesson_id: int) -> None:
    jobs.summarise_lesson.delay(lesson_id)


@router.get("/lessons/{lesson_id}/handover")
def handover(lesson_id: int, session: Database) -> Summary:
    """For the tutor who takes over."""
    lesson = session.get(Lesson, lesson_id)
    consents.require(lesson.tutor, consents.ASSISTANT)
    return Summary(lesson=lesson.id, text=assistant.summarise(lesson))


@router.post("/messages/{message_id}/draft")
def draft_reply(message_id: int, session: Database) -> dict[str, str]:
    message = session.get(Message, message_id)
    draft = assistant.complete(prompts.REPLY, message.body)
    consents.require(message.student, consents.ASSISTANT)
    return {"draft": draft}


@router.post("/search/{student_id}")
def similar_messages(student_id: int, question: Question, session: Database) -> list[list[float]]:
    student = session.get(Student, student_id)
    if student.has_agreed_to(consents.ASSISTANT) or question.text:
        return assistant.embed([message.body for message in student.messages])
    return []
