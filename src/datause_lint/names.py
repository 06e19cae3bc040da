"""The identifiers that the stages hand to each other: plain strings, told apart by type."""

from __future__ import annotations

from typing import NewType

ModuleName = NewType("ModuleName", str)
"""A dotted importable name: ``app.views``."""

FunctionId = NewType("FunctionId", str)
"""``module:qualified.name``; bodies of modules and classes are functions too: ``app.views:<module>``."""

ClassId = NewType("ClassId", str)
"""``module:qualified.Name``."""

ApiPath = NewType("ApiPath", str)
"""Code by its importable name, in the policy language's notation: ``openai.OpenAI().chat.completions.create``."""

CategoryKey = NewType("CategoryKey", str)
"""A category of data, dotted: ``user.contact.email``."""

UseKey = NewType("UseKey", str)
"""A use of data, dotted: ``ai.training``."""

RuleId = NewType("RuleId", str)


def covers(general: str, key: str) -> bool:
    """Whether a dotted key stands for another: itself, or one below it."""
    return key == general or key.startswith(general + ".")
