"""The tables."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, object_session, relationship


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    full_name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    newsletter: Mapped[bool] = mapped_column(default=False)

    __mapper_args__: ClassVar = {"polymorphic_on": "kind"}

    def has_agreed_to(self, purpose: str) -> bool:
        """Whether the person agreed, and did not take it back since."""
        valid = select(Consent).where(
            Consent.person_id == self.id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
        )
        return object_session(self).scalar(valid) is not None


class Student(Person):
    __mapper_args__: ClassVar = {"polymorphic_identity": "student"}

    school_year: Mapped[int | None]
    research_opt_in: Mapped[bool] = mapped_column(default=False)
    lessons: Mapped[list[Lesson]] = relationship(back_populates="student", foreign_keys="Lesson.student_id")
    messages: Mapped[list[Message]] = relationship(back_populates="student", foreign_keys="Message.student_id")


class Tutor(Person):
    __mapper_args__: ClassVar = {"polymorphic_identity": "tutor"}


class Lesson(Base):
    __tablename__ = "lessons"

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    tutor_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    subject: Mapped[str]
    notes: Mapped[str] = mapped_column(Text)
    held_at: Mapped[datetime]
    student: Mapped[Student] = relationship(back_populates="lessons", foreign_keys=[student_id])
    tutor: Mapped[Tutor] = relationship(foreign_keys=[tutor_id])


class Message(Base):
    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    body: Mapped[str] = mapped_column(Text)
    student: Mapped[Student] = relationship(back_populates="messages", foreign_keys=[student_id])


class Consent(Base):
    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[str]
    granted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
