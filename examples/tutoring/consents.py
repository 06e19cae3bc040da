"""What routes and jobs call before they use the assistant."""

from __future__ import annotations

from fastapi import HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from tutoring.models import Consent, Person, Student

ASSISTANT = "assistant"
TRAINING = "training"


class ConsentMissing(HTTPException):
    def __init__(self, purpose: str) -> None:
        super().__init__(status_code=403, detail=f"No consent for {purpose}")


def require(person: Person, purpose: str) -> None:
    """Raises ConsentMissing unless the person has agreed to the purpose."""
    if not person.has_agreed_to(purpose):
        raise ConsentMissing(purpose)


def agreeing_students(session: Session, purpose: str) -> list[Student]:
    """The students who have agreed to the purpose and did not withdraw."""
    agreed = (
        select(Student)
        .join(Consent, Consent.person_id == Student.id)
        .where(Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
    )
    return list(session.scalars(agreed))
