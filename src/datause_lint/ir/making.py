"""How the classes of the IR are made. Plain Python: compiled, a class is what the type checker takes it for."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dataclasses import dataclass as _dataclass

    def dataclass(*, frozen, slots):
        """Frozen for the type checker only: a frozen class takes four times as long to make, and millions are made."""

        def make(cls):
            made = _dataclass(slots=slots, unsafe_hash=frozen)(cls)
            cls.__reduce__ = made.__reduce__ = _reducer(*made.__match_args__)  # a compiled class stays the one it is
            return made

        return make


__all__ = ["dataclass"]


def _reducer(*fields: str) -> Callable[[Any], tuple[type, tuple[object, ...]]]:
    """What pickle asks an object: its class, and what to call that with for the same again. Of a compiled class, it
    finds no fields by itself."""
    if len(fields) < 2:
        return lambda made: (type(made), tuple(getattr(made, field) for field in fields))
    values = attrgetter(*fields)
    return lambda made: (type(made), values(made))
