"""Appointments of a clinic, all of it awaited, gathered and streamed."""

import asyncio
from dataclasses import dataclass

import openai

client = openai.AsyncOpenAI()


@dataclass
class Patient:
    name: str
    diagnosis: str
    ai_consent: bool


async def complete(text):
    async with asyncio.timeout(10):
        response = await client.responses.create(model="m", input=text)
    return response.output_text


async def one(patient: Patient):
    return await complete(patient.diagnosis)  # expect: DU101


async def many(patients: list[Patient]):
    return await asyncio.gather(*(complete(patient.diagnosis) for patient in patients))  # expect: DU101


async def consenting(patients: list[Patient]):
    return await asyncio.gather(*(complete(patient.diagnosis) for patient in patients if patient.ai_consent))


async def task(patient: Patient):
    running = asyncio.create_task(complete(patient.diagnosis))  # expect: DU101
    await asyncio.sleep(1)
    return await running


async def notes(patient: Patient):
    yield patient.name
    yield patient.diagnosis


async def stream(patient: Patient):
    async for note in notes(patient):
        await complete(note)  # expect: DU101


async def stream_checked(patient: Patient):
    if not await allowed(patient):
        return
    async for note in notes(patient):
        await complete(note)


async def allowed(patient: Patient):
    await asyncio.sleep(0)
    return patient.ai_consent


async def in_group(patients: list[Patient]):
    async with asyncio.TaskGroup() as group:
        for patient in patients:
            group.create_task(complete(patient.diagnosis))  # expect: DU101
