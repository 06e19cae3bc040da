from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Resident:
    name: str
    email: str
    ai_consent: bool = False
    letters: list[Letter] = field(default_factory=list)


@dataclass
class Letter:
    writer: Resident
    transcript: str
    street: str
