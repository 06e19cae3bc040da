"""A file without personal data, and a prompt that names a file by its identifier."""

from pathlib import Path

from openai import OpenAI

client = OpenAI()


def upload_manual() -> str:
    return client.files.create(file=Path("manual.pdf"), purpose="assistants").id


def ask_manual(identifier: str) -> str:
    return client.responses.create(
        model="gpt-4o-mini",
        input=[{"role": "user", "content": [{"type": "input_file", "file_id": identifier}]}],
    ).output_text
