"""How the classes of the IR are made. Plain Python: compiled, a class is what the type checker takes it for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dataclasses import dataclass as _dataclass

    def dataclass(*, frozen, slots):
        """Frozen for the type checker only: a frozen class takes four times as long to make, and millions are made."""

        def make(cls):
            cls.__reduce__ = _reduce
            return _dataclass(slots=slots, unsafe_hash=frozen)(cls)

        return make


__all__ = ["dataclass"]


def _reduce(made: Any) -> tuple[type, tuple[object, ...]]:
    """Its class, and what to call that with for the same again: of a compiled class, pickle finds no fields."""
    kind = type(made)
    return kind, tuple([getattr(made, field) for field in kind.__match_args__])
