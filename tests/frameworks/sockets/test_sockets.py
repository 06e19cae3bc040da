"""Web sockets: what is sent goes to the host that the socket was opened to."""

from __future__ import annotations

import pytest
from tests.frameworks.sending import CONSENT
from tests.programs import assert_labels

PEOPLE = """
from dataclasses import dataclass


@dataclass
class Caller:
    transcript: str
    ai_consent: bool
"""


def assert_found(text: str, **more: str) -> None:
    assert_labels({"people.py": PEOPLE, "app.py": text, **{f"{name}.py": each for name, each in more.items()}}, CONSENT)


@pytest.mark.parametrize(
    "connect",
    [
        "websockets.connect",
        "websockets.client.connect",
        "websockets.asyncio.client.connect",
        "websockets.legacy.client.connect",
    ],
)
def test_websockets(connect: str) -> None:
    assert_found(f"""
        import json
        import {connect.rpartition(".")[0]}
        from people import Caller

        URL = "wss://api.openai.com/v1/realtime?model=gpt-realtime"


        async def talk(caller: Caller):
            async with {connect}(URL, additional_headers={{"Authorization": "Bearer x"}}) as socket:
                await socket.send(json.dumps({{"type": "session.update"}}))
                await socket.send(json.dumps({{"text": caller.transcript}}))  # expect: DU101


        async def awaited(caller: Caller):
            socket = await {connect}(uri=URL)
            await socket.send(caller.transcript)  # expect: DU101


        async def consenting(caller: Caller):
            socket = await {connect}(URL)
            if caller.ai_consent:
                await socket.send(caller.transcript)


        async def at_home(caller: Caller):
            async with {connect}("ws://localhost:8000/chat") as socket:
                await socket.send(caller.transcript)
    """)


def test_an_address_that_is_known_in_part() -> None:
    """Also by the function within, which asks the one around it what the socket was opened to."""
    assert_found("""
        import os
        import websockets
        from people import Caller

        MODEL = os.getenv("MODEL")
        HOST = os.getenv("HOST")


        async def talk(caller: Caller):
            async with websockets.connect(f"wss://api.openai.com/v1/realtime?model={MODEL}") as socket:

                async def speak():
                    await socket.send(caller.transcript)

                await speak()  # expect: DU101


        async def elsewhere(caller: Caller):
            async with websockets.connect(f"wss://{HOST}/chat?model={MODEL}") as socket:

                async def speak():
                    await socket.send(caller.transcript)

                await speak()
    """)


def test_the_synchronous_client_of_websockets() -> None:
    assert_found("""
        from websockets.sync.client import connect
        from people import Caller


        def talk(caller: Caller, model: str):
            with connect(f"wss://api.openai.com/v1/realtime?model={model}") as socket:
                socket.send(caller.transcript)  # expect: DU101
    """)


def test_aiohttp() -> None:
    assert_found("""
        import aiohttp
        from people import Caller


        async def talk(caller: Caller):
            async with aiohttp.ClientSession() as session:
                async with session.ws_connect("wss://api.elevenlabs.io/v1/text-to-speech/x/stream-input") as socket:
                    await socket.send_json({"text": caller.transcript})  # expect: DU101
                    await socket.send_str(caller.transcript)  # expect: DU101


        async def elsewhere(caller: Caller, session: aiohttp.ClientSession):
            socket = await session.ws_connect("wss://chat.example.org")
            await socket.send_str(caller.transcript)
    """)


def test_websocket_client() -> None:
    assert_found("""
        import websocket
        from people import Caller


        def talk(caller: Caller):
            socket = websocket.create_connection("wss://api.deepgram.com/v1/listen")
            socket.send(caller.transcript)  # expect: DU101
            socket.send_binary(caller.transcript.encode())  # expect: DU101


        def in_callbacks(caller: Caller):
            def opened(app):
                app.send(caller.transcript)

            app = websocket.WebSocketApp(  # expect: DU101
                "wss://api.openai.com/v1/realtime", on_open=opened, on_message=lambda app, text: print(text)
            )
            app.run_forever()


        class Session:
            def __init__(self, caller: Caller):
                self.caller = caller
                url = "wss://api.openai.com/v1/realtime"
                self.app = websocket.WebSocketApp(url, on_open=self.opened)  # expect: DU101

            def opened(self, app):
                app.send(self.caller.transcript)

            def say(self, caller: Caller):
                self.app.send(caller.transcript)  # expect: DU101
    """)


def test_a_socket_that_is_handed_on() -> None:
    assert_found(
        """
        import websockets
        from relay import pump
        from people import Caller


        async def talk(caller: Caller):
            async with websockets.connect("wss://api.openai.com/v1/realtime") as socket:
                await pump(socket, caller.transcript)  # expect: DU101


        async def at_home(caller: Caller):
            async with websockets.connect("ws://localhost:8000") as socket:
                await pump(socket, caller.transcript)
        """,
        relay="""
        async def pump(socket, text):
            await socket.send(text)
        """,
    )
