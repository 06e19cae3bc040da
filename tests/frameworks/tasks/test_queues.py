"""Queueing a task calls its function: with the queued arguments, under the checks that hold where it is queued."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

POLICY = """
schema = 1
[pack]
name = "shop"
description = "A ledger of consents"
[[guard]]
id = "shop.ledger"
test = ["ledger.Ledger().allows"]
subject = "customer_id"
purpose = "purpose"
[purposes]
"assistant" = ["ai.inference"]
"""

LEDGER = """
import psycopg
from dataclasses import dataclass
from openai import OpenAI

client = OpenAI()

class Ledger:
    def allows(self, customer_id, purpose):
        return psycopg.connect("").execute("SELECT 1 FROM c WHERE id = %s", (customer_id,)).fetchone() is not None

ledger = Ledger()

@dataclass
class Customer:
    id: int
    email: str
    invited_by: int | None = None

def load_customer(customer_id: int) -> Customer:
    return psycopg.connect("").execute("SELECT * FROM customers WHERE id = %s", (customer_id,)).fetchone()

def write(text):
    return client.responses.create(model="gpt-4o", input=text)
"""


def labels(body: str) -> None:
    files = {
        "ledger.py": LEDGER,
        "jobs.py": "from ledger import Customer, ledger, load_customer, client, write\n" + body,
    }
    assert_labels(files, POLICY)


DECORATED = [
    ("from celery import shared_task", "@shared_task", "delay"),
    ("from celery import shared_task", "@shared_task(queue='slow')", "delay"),
    ("from celery import Celery\napp = Celery()", "@app.task", "delay"),
    ("from celery import Celery\napp = Celery()", "@app.task(name='x.y')", "delay_on_commit"),
    ("import dramatiq", "@dramatiq.actor", "send"),
    ("import dramatiq", "@dramatiq.actor(max_retries=3)", "send"),
    ("from huey import RedisHuey\nhuey = RedisHuey()", "@huey.task()", "call_local"),
    ("from rq.decorators import job", "@job('default')", "delay"),
    ("from django_rq import job", "@job", "delay"),
    ("import ray", "@ray.remote", "remote"),
    ("from django.tasks import task", "@task()", "enqueue"),
    ("from prefect import task", "@task", "submit"),
    ("from background_task import background", "@background(schedule=60)", "now"),
    ("from somewhere import app", "@app.task", "delay"),
]


@pytest.mark.parametrize(("imports", "decorator", "method"), DECORATED)
def test_a_task_that_is_queued_is_called(imports: str, decorator: str, method: str) -> None:
    labels(f"""
{imports}

{decorator}
def unchecked(address):
    return client.responses.create(model="gpt-4o", input=address)

{decorator}
def checked(address):
    return client.responses.create(model="gpt-4o", input=address)

def queue_unchecked(customer: Customer):
    unchecked.{method}(customer.email)  # expect: DU101

def queue_checked(customer: Customer):
    if ledger.allows(customer.id, "assistant"):
        checked.{method}(customer.email)
""")


@pytest.mark.parametrize(("imports", "decorator", "method"), DECORATED)
def test_an_id_travels_and_the_record_is_loaded_again(imports: str, decorator: str, method: str) -> None:
    labels(f"""
{imports}

{decorator}
def unchecked(customer_id):
    return write(load_customer(customer_id).email)  # expect: DU101

{decorator}
def checked(customer_id):
    return write(load_customer(customer_id).email)

{decorator}
def checked_for_another(customer_id):
    return write(load_customer(customer_id).email)  # expect: DU101

def queue_all(ids, other_id):
    for customer_id in ids:
        unchecked.{method}(customer_id)
        if ledger.allows(customer_id, "assistant"):
            checked.{method}(customer_id)
        if ledger.allows(other_id, "assistant"):
            checked_for_another.{method}(customer_id)
""")


@pytest.mark.parametrize(
    "call",
    [
        "apply_async((customer.email,))",
        "apply_async(args=[customer.email])",
        "apply_async(args=(customer.email,), countdown=5)",
        "apply_async(kwargs={'text': customer.email})",
        "apply_async((), {'text': customer.email})",
        "apply_async(*[(customer.email,)])",
        "apply(args=[customer.email])",
        "s(customer.email).delay()",
        "s(customer.email).apply_async(countdown=3)",
        "s(text=customer.email)()",
        "si(customer.email).delay()",
        "s().delay(customer.email)",
        "signature(args=(customer.email,)).delay()",
        "subtask((customer.email,)).apply_async()",
        "map([customer.email])",
        "starmap([(customer.email,)])",
        "chunks([(customer.email,)], 10)",
        "s(customer.email).set(queue='slow').delay()",
    ],
)
def test_ways_to_queue_a_celery_task(call: str) -> None:
    labels(f"""
from celery import shared_task

@shared_task
def unchecked(text):
    return client.responses.create(model="gpt-4o", input=text)

@shared_task
def checked(text):
    return client.responses.create(model="gpt-4o", input=text)

def queue_unchecked(customer: Customer):
    unchecked.{call}  # expect: DU101

def queue_checked(customer: Customer):
    if not ledger.allows(customer.id, "assistant"):
        return
    checked.{call}
""")


@pytest.mark.parametrize(
    "canvas",
    [
        "chain(load.s(cid), {task}.s())()",
        "chain(load.s(cid), {task}.s()).apply_async()",
        "chain([load.s(cid), {task}.s()]).delay()",
        "(load.s(cid) | {task}.s()).delay()",
        "(load.s(cid) | keep.s() | {task}.s())()",
        "(load.s(cid) | keep.s() | keep.s() | keep.s() | keep.s() | keep.s() | keep.s() | {task}.s())()",
        "chord([load.s(cid)])({task}.s())",
        "chord([load.s(cid)], {task}.s()).apply_async()",
        "(group([load.s(cid)]) | {task}.s()).delay()",
        "load.apply_async((cid,), link={task}.s())",
        "group([chain(load.s(cid), {task}.s())]).apply_async()",
        "steps = [load.s(cid), {task}.s()]; chain(*steps).apply_async()",
    ],
)
def test_a_result_is_handed_on(canvas: str) -> None:
    labels(
        f"""
from celery import shared_task, chain, chord, group

@shared_task
def load(customer_id):
    return load_customer(customer_id).email

@shared_task
def keep(text):
    return text

@shared_task
def unchecked(text):
    return write(text)

@shared_task
def checked(text):
    return write(text)

def queue_unchecked(cid):
    {canvas.format(task="unchecked")}  # expect: DU101

def queue_checked(cid):
    if ledger.allows(cid, "assistant"):
        {canvas.format(task="checked")}
""".replace("return write(text)", "return client.responses.create(model='gpt-4o', input=text)")
    )
