"""Entries of a policy as TOML again, for reading."""

from __future__ import annotations

import json
from collections.abc import Mapping


def toml_table(header: str, values: Mapping[str, object]) -> str:
    """A table with its header; keys that say nothing are left out."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in values.items() if value not in ("", [], None)]
    return "\n".join([header, *lines]) + "\n"


def _value(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        items = [_value(item) for item in value]
        single = f"[{', '.join(items)}]"
        return single if len(single) <= 100 else "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
    return str(value)


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else json.dumps(key)
