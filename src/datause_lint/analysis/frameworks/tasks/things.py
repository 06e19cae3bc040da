"""The names under which task queues know their calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    pass


FUNCTION: Final = "@function"  # of a decorator's mark: what it stands on
TASK: Final = "@task"  # of a signature: the function
GIVEN: Final = "@args"  # of a signature: see keep_arguments
NAMED: Final = "@kwargs"
STEPS: Final = "@steps"  # of a chain: a tuple of what runs one after the other
MEMBERS: Final = "@members"  # of a group: a list of what runs side by side
LINKS: Final = "@links"  # what is called with the result
IMMUTABLE: Final = "@immutable"

SIGNATURE: Final = "celery.canvas.Signature()"
CHAIN: Final = "celery.canvas.chain()"
GROUP: Final = "celery.canvas.group()"
CHORD: Final = "celery.canvas.chord()"
MAXIMAL_NESTING: Final = 5  # of chains and groups in each other
CANVAS: Final = frozenset({SIGNATURE, CHAIN, GROUP, CHORD})

# Methods of a task that queue it, by how they take its arguments.
DIRECT: Final = frozenset(
    [
        "delay",
        "delay_on_commit",
        "send",
        "kiq",
        "defer",
        "defer_async",
        "enqueue",
        "aenqueue",
        "remote",
        "spawn",
        "submit",
        "call_local",
        "now",
        "local",
        "perform_async",
        "batch_defer",
        "call_deferred",
        "aio",
    ]
)
PACKED: Final = frozenset(
    ["apply_async", "apply_async_on_commit", "apply", "send_with_options", "schedule", "apply_with_options"]
)
SIGNING: Final = frozenset(["s", "si", "message"])
SIGNING_PACKED: Final = frozenset(["signature", "subtask", "message_with_options"])
EACH: Final = frozenset(["map", "starmap", "chunks", "smap"])
SAME: Final = frozenset(
    ["configure", "options", "with_options", "using", "set", "kicker", "with_labels", "clone", "on", "bind"]
)
RUNNING: Final = frozenset(["delay", "apply_async", "apply", "run", "kiq", "enqueue", "send"])

TASK_CLASSES: Final = frozenset({"Task", "GenericActor", "BaseTask", "AsyncTask"})
BODIES: Final = ("run", "perform", "execute")  # of a task that is a class: what runs
PERIODIC: Final = frozenset(
    [
        "periodic_task",
        "db_periodic_task",
        "scheduled_job",
        "cron_task",
        "periodic",
        "cron",
        "repeat",
        "repeat_every",
        "on_after_configure",
    ]
)
SCHEDULES: Final = ("beat_schedule", "CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE")

# Keywords that say how a task is queued, and are no arguments of it.
QUEUE_OPTIONS: Final = frozenset(
    [
        "job_timeout",
        "timeout",
        "result_ttl",
        "ttl",
        "failure_ttl",
        "description",
        "depends_on",
        "job_id",
        "at_front",
        "meta",
        "retry",
        "on_success",
        "on_failure",
        "pipeline",
        "queue",
        "queue_name",
        "is_async",
        "at_front",
        "repeat",
        "interval",
        "cron_string",
        "scheduled_time",
        "q_options",
        "hook",
        "group",
        "save",
        "sync",
        "cached",
        "broker",
        "task_name",
        "name",
        "schedule_type",
        "minutes",
        "repeats",
        "next_run",
        "cluster",
        "trigger",
        "id",
        "misfire_grace_time",
        "coalesce",
        "max_instances",
        "next_run_time",
        "jobstore",
        "executor",
        "replace_existing",
        "_job_id",
        "_queue_name",
        "_defer_until",
        "_defer_by",
        "_expires",
        "_job_try",
        "now",
        "is_async",
        "enqueue_after_commit",
        "event",
    ]
)

# Calls that are given a function, or its name: its position, and whether its arguments come packed.
HANDING: Final[dict[str, tuple[int, bool]]] = {
    **{f"{queue}.enqueue": (0, False) for queue in ("rq.Queue()", "django_rq", "django_rq.get_queue()")},
    **{f"{queue}.enqueue_call": (0, True) for queue in ("rq.Queue()", "django_rq.get_queue()")},
    **{
        f"{queue}.{name}": (1, False)
        for queue in ("rq.Queue()", "django_rq.get_queue()", "rq_scheduler.Scheduler()", "django_rq.get_scheduler()")
        for name in ("enqueue_in", "enqueue_at")
    },
    **{
        f"{queue}.{name}": (1, True)
        for queue in ("rq_scheduler.Scheduler()", "django_rq.get_scheduler()")
        for name in ("schedule", "cron")
    },
    "rq.Queue.prepare_data": (0, True),
    "rq.job.Job.create": (0, True),
    "django_q.tasks.async_task": (0, False),
    "django_q.tasks.schedule": (0, False),
    "django_q.async_task": (0, False),
    "django_q.tasks.async_chain": (0, False),
    "arq.connections.ArqRedis().enqueue_job": (0, False),
    "arq.create_pool().enqueue_job": (0, False),
    "frappe.enqueue": (0, False),
    "celery.Celery().send_task": (0, True),
    "celery.current_app.send_task": (0, True),
    "celery.execute.send_task": (0, True),
    "dask.distributed.Client().submit": (0, False),
    "distributed.Client().submit": (0, False),
    "gevent.spawn": (0, False),
    "eventlet.spawn": (0, False),
    "asyncio.get_event_loop().call_later": (1, False),
    "asyncio.get_running_loop().call_later": (1, False),
    "asyncio.get_event_loop().call_soon_threadsafe": (0, False),
    "temporalio.workflow.execute_activity": (0, False),
    "temporalio.workflow.start_activity": (0, False),
    "temporalio.workflow.execute_activity_method": (0, False),
    "temporalio.client.Client().execute_workflow": (0, False),
    "temporalio.client.Client().start_workflow": (0, False),
    **{
        f"{pool}().{name}": (0, True)
        for pool in (
            "multiprocessing.Pool",
            "multiprocessing.pool.Pool",
            "multiprocessing.pool.ThreadPool",
            "multiprocessing.get_context().Pool",
        )
        for name in ("apply", "apply_async")
    },
}
SCHEDULERS: Final = ("apscheduler.", "schedule.")
