"""Requests, a dependency, state objects, closures, threads, raw HTTP and a stream on one way."""

import asyncio
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from newsroom.readers import Reader, current_reader
from newsroom.sessions import Relay, Session

app = FastAPI()
relay = Relay("https://api.mistral.ai/v1")
sessions: dict[int, Session] = {}


class Question(BaseModel):
    chat_message: str


def consenting_reader(reader: Annotated[Reader, Depends(current_reader)]) -> Reader:
    if not reader.ai_consent:
        raise HTTPException(403)
    return reader


async def answer(session: Session):
    reply = await relay.ask(session, stream=False)
    session.add("assistant", reply)
    return reply


@app.post("/ask")
async def ask(question: Question, reader: Annotated[Reader, Depends(current_reader)]):
    session = Session().add("user", question.chat_message)
    return await answer(session)  # expect: DU101


@app.post("/ask/checked")
async def ask_checked(question: Question, reader: Annotated[Reader, Depends(consenting_reader)]):
    session = Session().add("user", f"{reader.email}: {question.chat_message}")
    return await answer(session)


@app.post("/ask/later")
async def ask_later(question: Question, tasks: BackgroundTasks):
    session = Session().add("user", question.chat_message)

    async def later():
        await answer(session)

    tasks.add_task(later)  # expect: DU101


@app.post("/ask/stream")
async def ask_stream(question: Question):
    session = Session().add("user", question.chat_message)

    async def events():
        yield "data: begin\n"
        yield await answer(session)

    return StreamingResponse(events())  # expect: DU101


@app.post("/ask/thread")
async def ask_in_a_thread(question: Question):
    session = Session().add("user", question.chat_message)
    return await asyncio.to_thread(lambda: asyncio.run(answer(session)))  # expect: DU101
