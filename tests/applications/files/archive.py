"""Recordings and letters on their way through buffers, temporary files, paths and base64."""

import base64
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import openai

client = openai.OpenAI()


@dataclass
class Caller:
    voice_sample: bytes
    transcript: str
    ai_consent: bool


def through_a_buffer(caller: Caller):
    buffer = io.BytesIO()
    buffer.write(caller.voice_sample)
    buffer.seek(0)
    return client.audio.transcriptions.create(model="whisper-1", file=buffer)  # expect: DU101


def through_a_buffer_with_consent(caller: Caller):
    if not caller.ai_consent:
        return None
    buffer = io.BytesIO(caller.voice_sample)
    return client.audio.transcriptions.create(model="whisper-1", file=buffer)


def through_a_temporary_file(caller: Caller):
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(caller.voice_sample)
        file.flush()
        with open(file.name, "rb") as audio:
            return client.audio.transcriptions.create(model="whisper-1", file=audio)  # expect: DU101


def through_a_path(caller: Caller, folder: Path):
    path = folder / "call.txt"
    path.write_text(caller.transcript, encoding="utf-8")
    return client.files.create(file=path.open("rb"), purpose="assistants")  # expect: DU103


def as_base64(caller: Caller):
    encoded = base64.b64encode(caller.voice_sample).decode("ascii")
    return client.responses.create(  # expect: DU101
        model="m", input=[{"type": "input_audio", "data": f"data:audio/wav;base64,{encoded}"}]
    )


def another_file(caller: Caller, folder: Path):
    (folder / "call.txt").write_text(caller.transcript)
    (folder / "help.txt").write_text("How to call us")
    return client.files.create(file=(folder / "help.txt").open("rb"), purpose="assistants")
