"""Functions and names that are handed to a queue, a pool or a schedule; tasks that are classes; who counts as a caller."""

# ruff: noqa: E501  # a program or call stands on one line

from __future__ import annotations

import pytest
from tests.frameworks.tasks.test_queues import LEDGER, POLICY, labels
from tests.programs import assert_labels


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("from rq import Queue\nqueue = Queue(connection=None)", "queue.enqueue({f}, customer.email)"),
        ("from rq import Queue\nqueue = Queue(connection=None)", "queue.enqueue({f}, customer.email, job_timeout=60)"),
        ("from rq import Queue\nqueue = Queue(connection=None)", "queue.enqueue({f}, args=(customer.email,))"),
        ("from rq import Queue\nqueue = Queue(connection=None)", "queue.enqueue({f}, text=customer.email)"),
        (
            "from rq import Queue\nqueue = Queue(connection=None)",
            "queue.enqueue_call(func={f}, args=(customer.email,))",
        ),
        ("from rq import Queue\nqueue = Queue(connection=None)", "queue.enqueue_in(5, {f}, customer.email)"),
        ("from rq import Queue\nqueue = Queue(connection=None)", "queue.enqueue_at(when, {f}, customer.email)"),
        ("from rq import Queue\nqueue = Queue(connection=None)", "queue.enqueue('jobs.{f}', customer.email)"),
        ("import django_rq", "django_rq.enqueue({f}, customer.email)"),
        ("import django_rq", "django_rq.get_queue('low').enqueue({f}, customer.email)"),
        ("from django_q.tasks import async_task", "async_task({f}, customer.email)"),
        ("from django_q.tasks import async_task", "async_task('jobs.{f}', customer.email, group='x')"),
        ("from django_q.tasks import schedule", "schedule('jobs.{f}', customer.email, schedule_type='D')"),
        (
            "from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler()",
            "scheduler.add_job({f}, 'interval', args=[customer.email], minutes=5)",
        ),
        (
            "from apscheduler.schedulers.asyncio import AsyncIOScheduler\nscheduler = AsyncIOScheduler()",
            "scheduler.add_job({f}, trigger, [customer.email])",
        ),
        (
            "from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler()",
            "scheduler.add_job({f}, kwargs={{'text': customer.email}})",
        ),
        ("import schedule", "schedule.every().day.at('10:30').do({f}, customer.email)"),
        ("from celery import Celery\napp = Celery()", "app.send_task('jobs.{f}', args=[customer.email])"),
        ("from celery import Celery\napp = Celery()", "app.send_task('jobs.{f}', (customer.email,))"),
        ("from celery import signature", "signature('jobs.{f}', args=(customer.email,)).delay()"),
        ("import frappe", "frappe.enqueue('jobs.{f}', text=customer.email, queue='long')"),
        ("from multiprocessing import Pool\npool = Pool()", "pool.apply({f}, (customer.email,))"),
        ("from multiprocessing import Pool\npool = Pool()", "pool.apply_async({f}, args=(customer.email,))"),
        ("from multiprocessing import Pool\npool = Pool()", "pool.map({f}, [customer.email])"),
        ("from multiprocessing import Pool\npool = Pool()", "pool.starmap({f}, [(customer.email,)])"),
        ("from multiprocessing import Process", "Process(target={f}, args=(customer.email,)).start()"),
        ("from threading import Thread", "Thread(target={f}, kwargs={{'text': customer.email}}).start()"),
        ("from threading import Timer", "Timer(5, {f}, [customer.email]).start()"),
        ("import threading", "threading.Timer(5, {f}, args=(customer.email,)).start()"),
        ("from concurrent.futures import ThreadPoolExecutor", "ThreadPoolExecutor().submit({f}, customer.email)"),
        (
            "from concurrent.futures import ProcessPoolExecutor",
            "ProcessPoolExecutor().submit({f}, text=customer.email)",
        ),
        ("from concurrent.futures import ThreadPoolExecutor", "list(ThreadPoolExecutor().map({f}, [customer.email]))"),
        ("from joblib import Parallel, delayed", "Parallel(n_jobs=2)(delayed({f})(text) for text in [customer.email])"),
        ("import asyncio", "asyncio.get_event_loop().call_later(5, {f}, customer.email)"),
        ("import asyncio", "asyncio.get_event_loop().run_in_executor(None, {f}, customer.email)"),
        ("from functools import partial", "later(partial({f}, customer.email))"),
        ("import atexit", "atexit.register({f}, customer.email)"),
        ("import gevent", "gevent.spawn({f}, customer.email)"),
    ],
)
def test_a_function_that_is_handed_over_is_called(imports: str, call: str) -> None:
    labels(f"""
{imports}

def unchecked(text):
    client.responses.create(model="gpt-4o", input=text)

def checked(text):
    client.responses.create(model="gpt-4o", input=text)

def later(function):
    function()

def hand_over(customer: Customer, when, trigger):
    {call.format(f="unchecked")}  # expect: DU101

def hand_over_checked(customer: Customer, when, trigger):
    if ledger.allows(customer.id, "assistant"):
        {call.format(f="checked")}
""")


def test_a_bound_task_is_its_own_first_argument() -> None:
    labels("""
from celery import shared_task

@shared_task(bind=True, max_retries=3)
def unchecked(self, customer_id):
    try:
        return write(load_customer(customer_id).email)  # expect: DU101
    except TimeoutError as error:
        raise self.retry(exc=error)

@shared_task(bind=True)
def checked(self, customer_id):
    if not ledger.allows(customer_id, "assistant"):
        raise self.retry(countdown=60)
    return write(load_customer(customer_id).email)

@shared_task(bind=True)
def asks_again(self, customer_id):
    if not ledger.allows(customer_id, "assistant"):
        self.retry(countdown=60)
    return write(load_customer(customer_id).email)

@shared_task(bind=True)
def goes_on(self, customer_id):
    if not ledger.allows(customer_id, "assistant"):
        self.retry(countdown=60, throw=False)
    return write(load_customer(customer_id).email)  # expect: DU101

def queue(customer_id, customer: Customer):
    unchecked.delay(customer_id)
    checked.delay(customer_id)
    unchecked(customer_id)
""")


def test_tasks_that_are_classes() -> None:
    labels("""
from celery import Celery, Task
import dramatiq

app = Celery()

class Unchecked(Task):
    name = "unchecked"
    def run(self, text):
        client.responses.create(model="gpt-4o", input=text)

class Checked(app.Task):
    def run(self, text):
        client.responses.create(model="gpt-4o", input=text)

class Actor(dramatiq.GenericActor):
    def perform(self, text):
        client.responses.create(model="gpt-4o", input=text)

unchecked = app.register_task(Unchecked())

def queue(customer: Customer):
    unchecked.delay(customer.email)  # expect: DU101
    Unchecked().apply_async(args=(customer.email,))  # expect: DU101
    Actor.send(customer.email)  # expect: DU101
    if ledger.allows(customer.id, "assistant"):
        Checked().delay(customer.email)
        Checked().s(customer.email).delay()
""")


def test_every_caller_must_have_checked() -> None:
    labels("""
from celery import shared_task

@shared_task
def draft(customer_id):
    return write(load_customer(customer_id).email)  # expect: DU101

def queue_checked(customer_id):
    if ledger.allows(customer_id, "assistant"):
        draft.delay(customer_id)

def queue_all(ids):
    for customer_id in ids:
        draft.delay(customer_id)
""")


@pytest.mark.parametrize(
    "schedule",
    [
        "app.conf.beat_schedule = {'nightly': {'task': 'jobs.draft', 'schedule': 60.0, 'args': (7,)}}",
        "app.conf.update(beat_schedule={'nightly': {'task': 'jobs.draft', 'schedule': 60.0}})",
        "CELERY_BEAT_SCHEDULE = {'nightly': {'schedule': 60.0, 'task': 'jobs.draft'}}",
        "app.add_periodic_task(60.0, draft.s(7))",
        "@app.on_after_configure.connect\ndef periodic(sender, **kwargs):\n    sender.add_periodic_task(60.0, draft.s(7))",
    ],
)
def test_a_schedule_calls_without_a_check(schedule: str) -> None:
    labels(f"""
from celery import Celery

app = Celery()

@app.task
def draft(customer_id):
    return write(load_customer(customer_id).email)  # expect: DU101

def queue_checked(customer_id):
    if ledger.allows(customer_id, "assistant"):
        draft.delay(customer_id)

{schedule}
""")


def test_a_periodic_task_is_called_by_its_schedule() -> None:
    labels("""
from huey import RedisHuey, crontab
from apscheduler.schedulers.background import BackgroundScheduler

huey = RedisHuey()
scheduler = BackgroundScheduler()

@huey.periodic_task(crontab(minute="0"))
def nightly(customer_id=7):
    return write(load_customer(customer_id).email)  # expect: DU101

@scheduler.scheduled_job("interval", minutes=5)
def often(customer_id=7):
    return write(load_customer(customer_id).email)  # expect: DU101

def queue_checked(customer_id):
    if ledger.allows(customer_id, "assistant"):
        nightly(customer_id)
        often(customer_id)
""")


def test_queueing_a_check_proves_nothing_yet() -> None:
    labels("""
from celery import shared_task

@shared_task
def require(customer_id):
    if not ledger.allows(customer_id, "assistant"):
        raise PermissionError

def queued(customer: Customer):
    require.delay(customer.id)
    write(customer.email)  # expect: DU101

def called(customer: Customer):
    require(customer.id)
    write(customer.email)
""")


def test_the_result_of_a_task_is_data() -> None:
    labels("""
from celery import shared_task
from celery.result import AsyncResult

@shared_task
def address(customer_id):
    return load_customer(customer_id).email

@shared_task
def count(customer_id):
    return 3

def ask(customer_id):
    write(address.delay(customer_id).get(timeout=3))  # expect: DU101
    write(count.delay(customer_id).get())

def ask_later(customer_id):
    result = address.apply_async((customer_id,))
    while not result.ready():
        pass
    write(result.result)  # expect: DU101
""")


def test_arq_hands_its_context_over_first() -> None:
    labels("""
from arq import create_pool

async def draft(ctx, customer_id):
    return write(load_customer(customer_id).email)  # expect: DU101

async def draft_checked(ctx, customer_id):
    return write(load_customer(customer_id).email)

class WorkerSettings:
    functions = [draft, draft_checked]

async def queue(customer_id):
    redis = await create_pool()
    await redis.enqueue_job("draft", customer_id)
    if ledger.allows(customer_id, "assistant"):
        await redis.enqueue_job("draft_checked", customer_id, _defer_by=10)
""")


def test_taskiq_and_procrastinate() -> None:
    labels("""
from taskiq import InMemoryBroker
from procrastinate import App

broker = InMemoryBroker()
app = App()

@broker.task
async def draft(text):
    client.responses.create(model="gpt-4o", input=text)

@app.task(queue="mail")
def mail(text):
    client.responses.create(model="gpt-4o", input=text)

async def queue(customer: Customer):
    await draft.kiq(customer.email)  # expect: DU101
    await draft.kicker().with_labels(delay=1).kiq(customer.email)  # expect: DU101
    mail.defer(text=customer.email)  # expect: DU101
    await mail.configure(lock="x").defer_async(text=customer.email)  # expect: DU101
    if ledger.allows(customer.id, "assistant"):
        await draft.kiq(customer.email)
        mail.defer(text=customer.email)
""")


def test_odd_calls_do_no_harm() -> None:
    labels("""
from celery import shared_task, chain, group, chord, signature

@shared_task
def draft(*args, **kwargs):
    return args

def queue(unknown, *more, **named):
    draft.delay(*more, **named)
    draft.apply_async()
    draft.apply_async(unknown, unknown)
    draft.apply_async(*more)
    draft.s(*more).delay(**named)
    chain()()
    chain(*more)()
    chain(unknown).delay()
    group()
    group(unknown)()
    chord(unknown)(unknown)
    chord()
    signature(unknown)()
    signature()
    (draft.s() | unknown)()
    (unknown | draft.s())()
    draft.map()
    draft.starmap(unknown)
    link = draft.s()
    link.link(link)
    link.delay()
""")


def test_a_queue_between_threads() -> None:
    assert_labels(
        {
            "ledger.py": LEDGER,
            "jobs.py": """
import asyncio
import queue
from ledger import Customer, ledger, write

pending = queue.Queue()
allowed = queue.Queue()

def put(customer: Customer):
    pending.put(customer.email)
    if ledger.allows(customer.id, "assistant"):
        allowed.put(customer.email)

def work():
    while True:
        write(pending.get())  # expect: DU101

def work_allowed():
    while True:
        write(allowed.get())

async def produce(channel: asyncio.Queue, customer: Customer):
    await channel.put(customer.email)

async def consume(channel: asyncio.Queue):
    while True:
        write(await channel.get())

async def main(customer: Customer):
    channel = asyncio.Queue()
    await asyncio.gather(produce(channel, customer), consume(channel))  # expect: DU101
""",
        },
        POLICY,
    )
