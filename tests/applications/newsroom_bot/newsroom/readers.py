from dataclasses import dataclass

from fastapi import HTTPException, Request


@dataclass
class Reader:
    id: int
    email: str
    ai_consent: bool


def current_reader(request: Request) -> Reader:
    reader = request.state.reader
    if reader is None:
        raise HTTPException(401)
    return reader
