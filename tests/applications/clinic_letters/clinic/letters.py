"""ORM, containers, strings, async, generators, keyword arguments, dispatch, decorators and a factory on one way."""

import asyncio

from celery import shared_task

from clinic.llm import provider
from clinic.models import Patient, Visit


def sections(visits):
    for visit in visits:
        yield {"title": f"Visit {visit.pk}", "lines": [visit.diagnosis, visit.transcript]}


def messages_for(visits):
    messages = [{"role": "system", "content": "Write a letter."}]
    for section in sections(visits):
        messages.append({"role": "user", "content": section["title"] + "\n" + "\n".join(section["lines"])})
    return messages


async def write(visits, **options):
    params = {"model": "m", "temperature": 0, **options}
    params["messages"] = messages_for(visits)
    return await provider().complete(**params)


async def write_all(groups):
    return await asyncio.gather(*[write(visits) for visits in groups])


@shared_task
def monthly(patient_id):
    visits = list(Visit.objects.filter(patient_id=patient_id).order_by("-pk"))
    return asyncio.run(write_all([visits]))  # expect: DU101


@shared_task
def monthly_checked(patient_id):
    patient = Patient.objects.get(pk=patient_id)
    if not patient.ai_consent:
        return None
    visits = list(Visit.objects.filter(patient=patient).order_by("-pk"))
    return asyncio.run(write_all([visits]))


def consenting():
    visits = Visit.objects.filter(patient__ai_consent=True).iterator()
    return asyncio.run(write(visits, max_tokens=100))
