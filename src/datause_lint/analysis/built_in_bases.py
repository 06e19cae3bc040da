"""What classes of the program inherit from Python's own, such as its containers: ``class Cache(dict)``."""

from __future__ import annotations

from collections import Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from typing import Final, NamedTuple

from datause_lint.analysis.atoms import MethodAtom
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.values import Value, of
from datause_lint.names import ApiPath, ClassId


class _Row(NamedTuple):
    """What every named tuple has."""


_KINDS: Final[dict[str, type]] = {
    "builtins.list": list,
    "builtins.dict": dict,
    "builtins.set": set,
    "collections.Counter": Counter,
    "collections.OrderedDict": OrderedDict,
    "collections.UserDict": UserDict,
    "collections.UserList": UserList,
    "collections.defaultdict": defaultdict,
    "collections.deque": deque,
    "typing.NamedTuple": _Row,
    "typing.TypedDict": dict,
    "typing_extensions.TypedDict": dict,
}
ORIGINS: Final = {
    "typing.List": "builtins.list",
    "typing.Dict": "builtins.dict",
    "typing.Set": "builtins.set",
    "typing.DefaultDict": "collections.defaultdict",
    "typing.OrderedDict": "collections.OrderedDict",
    "typing.Counter": "collections.Counter",
    "typing.Deque": "collections.deque",
}
"""What a class derives from that derives from the alias of ``typing``."""
WITHOUT_METHODS: Final = frozenset(
    {"typing.Generic", "typing.Protocol", "typing_extensions.Protocol", "abc.ABC", "builtins.object"}
)
"""Bases that give a class no methods, and its instances nothing."""

_WRAPPING: Final = frozenset({"collections.UserDict", "collections.UserList"})


def inherited_from_container(bases: list[ApiPath], receiver: Obj, name: str) -> Value | None:
    """A method that the instance has from a container; ``data`` of what wraps one stands for the instance itself.

    None where no base is a container, or the name is one that all objects have.
    """
    for base in bases:
        if name == "data" and base in _WRAPPING:
            return of(receiver.narrowed(ClassId(base)))  # without the methods that the program's class has
        if is_method_of_container(f"{base}.{name}"):
            return of(MethodAtom(name, receiver, False))
    return None


def is_method_of_container(path: str) -> bool:
    """Whether the path is that of a method that a container has and not every object: ``builtins.list.append``."""
    base, _, name = path.rpartition(".")
    return base in _KINDS and callable(getattr(_KINDS[base], name, None)) and not hasattr(object, name)


def bound_method(path: str, receiver: Obj) -> MethodAtom | None:
    """A method of a container, or of texts, that a class has under a name of its own, as its instance has it:
    ``__getattr__ = dict.get``. None where the path is that of something else."""
    base, _, name = path.rpartition(".")
    of_text = base == "builtins.str" and callable(getattr(str, name, None)) and not hasattr(object, name)
    return MethodAtom(name, receiver, False) if of_text or is_method_of_container(path) else None
