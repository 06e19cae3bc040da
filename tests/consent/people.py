"""What the programs of these tests share: people with consents of several kinds, a call to a model, one to training."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from tests.programs import assert_labels, check_program

from datause_lint.findings.finding import Finding

MODELS = """\
from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

import openai

client = openai.OpenAI()


class Status(enum.Enum):
    GRANTED = "granted"
    DENIED = "denied"
    UNKNOWN = "unknown"


class Purpose(enum.Enum):
    TRAINING = "model_training"
    ASSISTANT = "assistant"
    MARKETING = "marketing"


@dataclass
class User:
    id: int
    email: str
    ai_consent: bool
    training_consent: bool
    marketing_consent: bool
    ai_opt_out: bool
    consent_status: str
    status: Status
    granted_at: datetime.datetime | None
    withdrawn_at: datetime.datetime | None
    terms_version: str
    active: bool

    def has_consent(self, purpose) -> bool: ...

    def has_ai_consent(self) -> bool: ...


@dataclass
class Note:
    id: int
    body: str
    email: str
    author: User


@dataclass
class Message:
    id: int
    email: str
    sender: User
    receiver: User


def send(text):
    client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])


def tune(text):
    client.files.create(file=text, purpose="fine-tune")
"""

POLICY = """\
schema = 1

[pack]
name = "tests"

[[guard]]
id = "ai"
field = ["ai_consent"]
allows = ["ai"]

[[guard]]
id = "training"
field = ["training_consent"]
allows = ["ai.training"]

[[guard]]
id = "opt-out"
field = ["ai_opt_out"]
when = false
allows = ["ai"]

[[guard]]
id = "status"
field = ["consent_status", "status"]
equals = ["granted"]
allows = ["ai"]

[[guard]]
id = "granted-at"
field = ["granted_at"]
set = true
allows = ["ai"]

[[guard]]
id = "version"
field = ["terms_version"]
equals = ["*"]
allows = ["ai"]

[[guard]]
id = "purpose"
test = ["people.User().has_consent"]
purpose = "0"

[[guard]]
id = "method"
test = ["people.User().has_ai_consent"]
allows = ["ai"]

[[guard]]
id = "lookup"
test = ["registry.consented"]
subject = "user_id|0"
allows = ["ai"]

[[guard]]
id = "async-lookup"
test = ["registry.consented_async"]
subject = "user_id|0"
allows = ["ai"]

[[guard]]
id = "enforced"
enforce = ["registry.require"]
allows = ["ai"]

[[guard]]
id = "enforced-purpose"
enforce = ["registry.require_for"]
subject = "0"
purpose = "purpose|1"

[[guard]]
id = "decorated"
decorator = ["registry.consent_required"]
allows = ["ai"]

[[guard]]
id = "decorated-subject"
decorator = ["registry.consent_of"]
subject = "user"
purpose = "purpose|0"

[[guard]]
id = "scope"
context = ["registry.consent_scope"]
allows = ["ai"]

[[guard]]
id = "only"
filter = ["registry.only_consenting"]
allows = ["ai"]

[[guard]]
id = "member"
test = ["registry.CONSENTING"]
in = true
allows = ["ai"]

[[guard]]
id = "option"
test = ["registry.option"]
subject = "0"
arguments = { "1" = "allow_ai" }
allows = ["ai"]

[purposes]
"model_training" = ["ai.training", "ai.fine_tuning"]
"assistant" = ["ai.inference", "ai.embedding"]
"ai" = ["ai"]
"""

HEAD = """\
from people import *
import registry
"""


def labelled(code: str, files: Mapping[str, str] | None = None) -> None:
    """Findings start at exactly the labelled lines of ``app.py``, and of the other files."""
    assert_labels({"people.py": MODELS, "app.py": HEAD + dedent(code), **(files or {})}, POLICY)


def findings(code: str) -> list[Finding]:
    """The findings of ``app.py``."""
    return check_program({"people.py": MODELS, "app.py": HEAD + dedent(code)}, POLICY)
