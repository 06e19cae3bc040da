"""People with consents: what the analysis reads, what the policy says of it, and what stands for it in a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Protocol

PEOPLE = """\
from __future__ import annotations

from dataclasses import dataclass

import database


@dataclass
class User:
    id: int
    note: str
    ai_consent: bool
    training_consent: bool
    marketing_consent: bool
    ai_opt_out: bool
    status: str

    def has_consent(self, purpose: str) -> bool:
        return database.consent(self.id, purpose)


def load(user_id) -> User:
    return database.user(user_id)


def everyone() -> list[User]:
    return database.users()
"""

POLICY = """\
schema = 1

[pack]
name = "oracle"

[[source]]
id = "oracle.secret"
path = ["data.secret()"]
category = "user.contact"

[[source]]
id = "oracle.note"
path = ["people.User().note"]
category = "user.content.private"

[[sink]]
id = "oracle.send"
call = ["ai.send"]
args = ["*"]
use = "ai.inference"
recipient = "A model"

[[sink]]
id = "oracle.train"
call = ["ai.train"]
args = ["*"]
use = "ai.training"
recipient = "A model"

[[guard]]
id = "oracle.ai"
field = ["ai_consent"]
allows = ["ai.inference"]

[[guard]]
id = "oracle.training"
field = ["training_consent"]
allows = ["ai.training"]

[[guard]]
id = "oracle.opt-out"
field = ["ai_opt_out"]
when = false
allows = ["ai.inference"]

[[guard]]
id = "oracle.status"
field = ["status"]
equals = ["granted"]
allows = ["ai.inference"]

[[guard]]
id = "oracle.purpose"
test = ["people.User().has_consent"]
purpose = "0"

[[guard]]
id = "oracle.lookup"
test = ["registry.consented"]
subject = "0"
allows = ["ai.inference"]

[[guard]]
id = "oracle.require"
enforce = ["registry.require"]
subject = "0"
purpose = "1"

[[guard]]
id = "oracle.scope"
context = ["registry.scope"]
subject = "0"
allows = ["ai.inference"]

[[guard]]
id = "oracle.filter"
filter = ["registry.only_consenting"]
allows = ["ai.inference"]

[purposes]
"assistant" = ["ai.inference"]
"training" = ["ai.training"]
"everything" = ["ai"]
"marketing" = []
"""

USES = {
    "assistant": ("inference",),
    "training": ("training",),
    "everything": ("inference", "training"),
    "marketing": ("marketing",),
}


class Consents(Protocol):
    scopes: list[tuple[int, str]]

    def consent(self, person: int, use: str) -> bool: ...


class Refused(Exception):
    """What a guard raises that enforces consent."""


class User:
    def __init__(self, number: int, consents: Consents, data: Callable[[int], str]) -> None:
        self.id = number
        self._consents = consents
        self._data = data

    @property
    def note(self) -> str:
        return self._data(self.id)

    @property
    def ai_consent(self) -> bool:
        return self._consents.consent(self.id, "inference")

    @property
    def training_consent(self) -> bool:
        return self._consents.consent(self.id, "training")

    @property
    def marketing_consent(self) -> bool:
        return self._consents.consent(self.id, "marketing")

    @property
    def ai_opt_out(self) -> bool:
        return not self.ai_consent

    @property
    def status(self) -> str:
        return "granted" if self.ai_consent else "denied"

    def has_consent(self, purpose: str) -> bool:
        return all(self._consents.consent(self.id, use) for use in USES[purpose])


def require(user: User, purpose: str) -> None:
    if not user.has_consent(purpose):
        raise Refused


def only_consenting(users: Iterable[User]) -> list[User]:
    return [user for user in users if user.ai_consent]


def people_modules(consents: Consents, data: Callable[[int], str]) -> dict[str, ModuleType]:
    """The modules ``people`` and ``registry`` of one run."""

    def load(number: int) -> User:
        return User(number, consents, data)

    @contextmanager
    def scope(user: User) -> Iterator[None]:
        consents.scopes.append((user.id, "inference"))
        try:
            yield
        finally:
            consents.scopes.pop()

    people = _module("people", User=User, load=load, everyone=lambda: [load(1), load(2)])
    registry = _module(
        "registry",
        consented=lambda number: consents.consent(number, "inference"),
        require=require,
        scope=scope,
        only_consenting=only_consenting,
        Refused=Refused,
    )
    return {"people": people, "registry": registry}


def _module(name: str, **contents: object) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(contents)
    return module
