"""A council answers letters: messages are gathered in lists and dicts, changed, indexed, and sent."""

from __future__ import annotations

import openai
from people import Letter, Resident

client = openai.OpenAI()
SYSTEM = {"role": "system", "content": "You answer for the council."}


def conversation(letter: Letter) -> list[dict]:
    messages = [SYSTEM]
    messages.append({"role": "user", "content": letter.transcript})
    return messages


def answer(letter: Letter) -> str:
    response = client.chat.completions.create(model="m", messages=conversation(letter))  # expect: DU101
    return response.choices[0].message.content


def answer_with_consent(letter: Letter) -> str:
    if not letter.writer.ai_consent:
        return "A clerk will answer you."
    response = client.chat.completions.create(model="m", messages=conversation(letter))
    return response.choices[0].message.content


def digest(letters: list[Letter]) -> str:
    by_street: dict[str, list[str]] = {}
    for letter in letters:
        by_street.setdefault(letter.street, []).append(letter.transcript)
    prompt = {"instructions": "Sum up.", "letters": {street: texts[-3:] for street, texts in by_street.items()}}
    prompt.update(style="short")
    return client.responses.create(model="m", input=str(prompt["letters"])).output_text  # expect: DU101


def digest_of_consenting(letters: list[Letter]) -> str:
    kept = [letter for letter in letters if letter.writer.ai_consent]
    texts = {letter.street: letter.transcript for letter in kept}
    return client.responses.create(model="m", input=list(texts.values())).output_text


def style_only(letters: list[Letter]) -> str:
    request = {"style": "short", "letters": [letter.transcript for letter in letters]}
    request["count"] = len(request.pop("letters"))
    return client.responses.create(model="m", input=request["style"]).output_text


def latest(resident: Resident) -> str:
    history = []
    for letter in resident.letters:
        history += [{"role": "user", "content": letter.transcript}, {"role": "assistant", "content": "…"}]
    return client.responses.create(model="m", input=history[-2]["content"]).output_text  # expect: DU101
