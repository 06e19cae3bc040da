"""What runs at night."""

from celery import Celery
from sqlalchemy import select

from tutoring import assistant, consents, prompts
from tutoring.database import new_session
from tutoring.mail import send_mail
from tutoring.models import Lesson, Student

app = Celery("tutoring")


@app.task
def summarise_lesson(lesson_id):
    with new_session() as session:
        lesson = session.get(Lesson, lesson_id)
        send_mail(lesson.student.email, assistant.summarise(lesson))


@app.task
def summarise_todays_lessons(day):
    with new_session() as session:
        for student in consents.agreeing_students(session, consents.ASSISTANT):
            for lesson in student.lessons:
                if lesson.held_at.date() == day:
                    summarise_lesson.delay(lesson.id)


@app.task
def monthly_letter():
    with new_session() as session:
        for student in session.scalars(select(Student).where(Student.newsletter)):
            letter = assistant.complete(prompts.TIPS, f"{student.full_name} in year {student.school_year}")
            send_mail(student.email, letter)


@app.task
def index_messages():
    with new_session() as session:
        for student in consents.agreeing_students(session, consents.ASSISTANT):
            vectors = assistant.embed([message.body for message in student.messages])
            store(student.id, vectors)


def store(key, vectors):
    with open(f"index/{key}.csv", "w") as file:
        file.writelines(f"{vector}\n" for vector in vectors)
