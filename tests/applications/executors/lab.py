"""A laboratory describes findings in threads and processes."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from queue import Queue

import openai
from asgiref.sync import sync_to_async

client = openai.OpenAI()


@dataclass
class Patient:
    diagnosis: str
    ai_consent: bool


def describe(text):
    return client.responses.create(model="m", input=text).output_text


def mapped(patients: list[Patient]):
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(describe, [patient.diagnosis for patient in patients]))  # expect: DU101


def mapped_of_consenting(patients: list[Patient]):
    texts = [patient.diagnosis for patient in patients if patient.ai_consent]
    with ThreadPoolExecutor() as pool:
        return list(pool.map(describe, texts))


def submitted(patients: list[Patient]):
    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(describe, patient.diagnosis) for patient in patients]  # expect: DU101
        return [future.result() for future in as_completed(futures)]


def threaded(patient: Patient):
    thread = threading.Thread(target=describe, args=(patient.diagnosis,))  # expect: DU101
    thread.start()


async def in_a_thread(patient: Patient):
    return await asyncio.to_thread(describe, patient.diagnosis)  # expect: DU101


async def method_in_a_thread(patient: Patient):
    create = sync_to_async(client.responses.create)
    return await create(model="m", input=patient.diagnosis)  # expect: DU101


async def in_a_loop(patient: Patient):
    if not patient.ai_consent:
        return None
    return await asyncio.get_running_loop().run_in_executor(None, describe, patient.diagnosis)


work: Queue = Queue()


def worker():
    while True:
        describe(work.get())  # expect: DU101


def enqueue(patient: Patient):
    work.put(patient.diagnosis)


def results_are_numbers(patients: list[Patient]):
    with ThreadPoolExecutor() as pool:
        lengths = pool.map(len, [patient.diagnosis for patient in patients])
    return describe(str(sum(lengths)))
