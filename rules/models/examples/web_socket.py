"""What is sent over a web socket goes to the host that it was opened to."""

import json
from dataclasses import dataclass

import websockets

URL = "wss://api.openai.com/v1/realtime?model=gpt-realtime"


@dataclass
class Caller:
    transcript: str


async def talk(caller: Caller) -> None:
    async with websockets.connect(URL) as socket:
        await socket.send(json.dumps({"type": "session.update"}))
        await socket.send(json.dumps({"type": "text", "text": caller.transcript}))  # expect: DU101


async def talk_at_home(caller: Caller) -> None:
    async with websockets.connect("ws://localhost:8000/chat") as socket:
        await socket.send(caller.transcript)
