from __future__ import annotations

from dataclasses import dataclass, field

import httpx


@dataclass
class Turn:
    role: str
    content: str


@dataclass
class Session:
    turns: list[Turn] = field(default_factory=list)

    def add(self, role, content):
        self.turns.append(Turn(role, content))
        return self

    def as_messages(self):
        return [{"role": turn.role, "content": turn.content} for turn in self.turns[-10:]]


class Relay:
    """No SDK: the base URL comes from the constructor, the path tells what it is."""

    def __init__(self, base_url):
        self._http = httpx.AsyncClient(base_url=base_url)

    async def ask(self, session: Session, **more):
        body = {"model": "m", "messages": session.as_messages(), **more}
        response = await self._http.post("/chat/completions", json=body)
        return response.json()["choices"][0]["message"]["content"]
