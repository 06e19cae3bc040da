"""What is tested, and why checks that exist do not count: kinds of evidence, and ways around a check."""

from __future__ import annotations

import pytest
from tests.consent.people import HEAD, MODELS, labelled
from tests.programs import assert_labels

# ── evidence ──────────────────────────────────────────────────────────────────────────────────────────────────────

ROWS = """
schema = 1

[pack]
name = "rows"

[[guard]]
id = "granted"
field = ["ai_granted"]
allows = ["ai"]

[[guard]]
id = "mode"
field = ["ai_mode"]
equals = ["cloud_ai"]
allows = ["ai"]

[[guard]]
id = "version"
field = ["accepted_terms"]
equals = ["*"]
allows = ["ai"]

[[guard]]
id = "workspace"
field = ["ai_enabled_by_owner"]
subject = "any"
scope = "organisation"
allows = ["ai"]

[[source]]
id = "notes"
path = ["pymongo.MongoClient()[].notes.find_one()[]"]
category = "user.content.private"
"""


def of_rows(code: str) -> None:
    assert_labels({"people.py": MODELS, "app.py": HEAD + code}, ROWS)


def test_rows_of_document_stores_and_services() -> None:
    of_rows("""
def supabase(db, user: User):
    rows = db.table("consents").select("ai_granted").eq("user_id", user.id).execute().data
    if not rows or not rows[0]["ai_granted"]:
        raise PermissionError
    send(user.email)

def supabase_of_another(db, user: User, friend: User):
    rows = db.table("consents").select("ai_granted").eq("user_id", friend.id).execute().data
    if not rows or not rows[0]["ai_granted"]:
        raise PermissionError
    send(user.email)  # expect: DU101

def mongo(db, user: User):
    row = db.consents.find_one({"user_id": user.id})
    if row is None or not row.get("ai_granted"):
        return
    send(user.email)

def mongo_row_only(db, user: User):
    row = db.consents.find_one({"user_id": user.id})
    if row is None:
        return
    send(user.email)  # expect: DU101
""")


def test_modes_versions_and_scopes() -> None:
    of_rows("""
import enum
import hashlib


class Mode(enum.Enum):
    NO_AI = "no_ai"
    LOCAL_AI = "local_ai"
    CLOUD_AI = "cloud_ai"


def current_terms():
    return hashlib.sha256(open("terms.txt", "rb").read()).hexdigest()

def mode(user: User):
    if user.ai_mode == Mode.CLOUD_AI:
        send(user.email)

def other_mode(user: User):
    if user.ai_mode != Mode.NO_AI:
        send(user.email)  # expect: DU101

def by_match(user: User):
    match user.ai_mode:
        case Mode.NO_AI | Mode.LOCAL_AI:
            return
        case Mode.CLOUD_AI:
            send(user.email)

def missing_means_yes(user: User):
    mode = user.ai_mode or Mode.CLOUD_AI
    if mode == Mode.CLOUD_AI:
        send(user.email)  # expect: DU101

def version(user: User):
    if user.accepted_terms != current_terms():
        raise PermissionError
    send(user.email)

def any_version(user: User):
    if user.accepted_terms:
        send(user.email)  # expect: DU101

def workspace(user: User, workspace):
    if workspace.ai_enabled_by_owner:
        send(user.email)
""")


def test_with_a_kill_switch_and_for_providers_outside_only() -> None:
    labelled("""
    import os
    import ollama

    KILLED = os.environ.get("AI_KILLED") == "1"

    def switch_and_consent(user: User):
        if KILLED or not user.ai_consent:
            return
        send(user.email)

    def switch_or_consent(user: User):
        if KILLED and not user.ai_consent:
            return
        send(user.email)  # expect: DU101

    def outside_only(user: User, provider):
        if provider == "openai":
            if not user.ai_consent:
                raise PermissionError
            send(user.email)
        else:
            ollama.chat(model="llama3", messages=[{"role": "user", "content": user.email}])

    def outside_only_apart(user: User, provider):
        if provider == "openai" and not user.ai_consent:
            raise PermissionError
        if provider == "openai":
            send(user.email)

    def outside_with_a_gap(user: User, provider):
        if provider == "anthropic" and not user.ai_consent:
            raise PermissionError
        if provider == "openai":
            send(user.email)  # expect: DU101
    """)


# ── where the check stands ────────────────────────────────────────────────────────────────────────────────────────


def test_stages_closures_threads_and_streams() -> None:
    labelled("""
    import asyncio
    import threading
    from concurrent.futures import ThreadPoolExecutor

    def local_result(user: User):
        try:
            allowed = registry.consented(user)
        except LookupError:
            return
        if not allowed:
            raise PermissionError
        send(user.email)

    def local_result_with_a_hole(user: User):
        try:
            allowed = registry.consented(user)
        except LookupError:
            allowed = True
        if not allowed:
            raise PermissionError
        send(user.email)  # expect: DU101

    def with_a_client(user: User):
        def check():
            if not user.ai_consent:
                return False, "no consent", None
            return True, "", client
        allowed, reason, found = check()
        if not allowed:
            raise PermissionError(reason)
        found.responses.create(model="m", input=user.email)

    def closure(user: User):
        if not user.ai_consent:
            return
        def later():
            send(user.email)
        threading.Thread(target=later).start()

    def closure_before(user: User):
        def later():
            send(user.email)
        threading.Thread(target=later).start()  # expect: DU101
        if not user.ai_consent:
            return

    async def in_a_thread(user: User):
        if not user.ai_consent:
            return
        await asyncio.to_thread(send, user.email)

    def in_a_pool(users: list[User]):
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda user: send(user.email), [each for each in users if each.ai_consent]))

    def all_in_a_pool(users: list[User]):
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda user: send(user.email), users))  # expect: DU101

    async def consenting(users):
        async for user in users:
            if not user.ai_consent:
                continue
            yield user

    async def stream(db):
        async for user in consenting(db.users()):
            send(user.email)

    def checked_list(notes: list[Note]):
        kept = []
        for note in notes:
            if note.author.ai_consent:
                kept.append(note)
        for note in kept:
            send(note.email)
    """)


# ── why it does not count ─────────────────────────────────────────────────────────────────────────────────────────


def test_order_and_branches() -> None:
    labelled("""
    def transcribed_first(user: User, audio):
        text = client.audio.transcriptions.create(model="whisper-1", file=user.email)  # expect: DU101
        if not user.ai_consent:
            return None
        return text

    def asked_when_the_answer_is_sent(user: User, mail):
        answer = client.responses.create(model="m", input=user.email)  # expect: DU101
        if user.ai_consent:
            mail(answer)

    def benchmarks_skip_it(user: User, benchmark=False):
        if not benchmark and not user.ai_consent:
            raise PermissionError
        send(user.email)  # expect: DU101

    def unknown_policy_warns(user: User, policy):
        if policy == "strict":
            if not user.ai_consent:
                raise PermissionError
        elif policy == "open":
            return
        else:
            print("unknown policy", policy)
        send(user.email)  # expect: DU101

    STAGES = {"consent": True}

    def stage_runs_if_enabled(user: User, bot):
        if bot.stages.get("consent") and not user.ai_consent:
            return
        send(user.email)  # expect: DU101
    """)


def test_another_entrance() -> None:
    labelled(
        """
    from tasks import draft

    def view(user: User):
        if not user.ai_consent:
            raise PermissionError
        draft.delay(user.id)
    """,
        {
            "tasks.py": """
from celery import shared_task
from people import User, send

@shared_task
def draft(user_id):
    user = User.objects.get(id=user_id)
    send(user.email)  # expect: DU101
""",
            "script.py": """
from tasks import draft

def main(user_id):
    draft(user_id)
""",
        },
    )


@pytest.mark.parametrize(
    ("check", "data"),
    [
        ("note.author.ai_consent", "message.email"),  # the writer's, for what another wrote
        ("message.receiver.ai_consent", "message.sender.email"),
        ("message.sender.ai_consent", "message.receiver.email"),
        ("user.ai_consent", "note.author.email"),  # of the clinician, for the patient
        ("user.marketing_consent", "user.email"),
        ("user.training_consent", "user.email"),
        ("user.active", "user.email"),
    ],
)
def test_another_person_or_purpose(check: str, data: str) -> None:
    labelled(f"""
    def f(user: User, note: Note, message: Message):
        if not {check}:
            raise PermissionError
        send({data})  # expect: DU101
    """)
