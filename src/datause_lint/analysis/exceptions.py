"""Exceptions as objects: what they were made with stands in ``args``, which is what their text shows; and handlers."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Final

from datause_lint.analysis.access import GENERATOR, TUPLE, indexed, stored_value
from datause_lint.analysis.arguments import Arguments, known_length
from datause_lint.analysis.atoms import ApiAtom, Atom, ClassAtom
from datause_lint.analysis.facts import Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ALLOCATED, ELEMENT, FAILED, Obj, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath

ARGS: Final = attribute("args")
GROUPS: Final = frozenset({"BaseExceptionGroup", "ExceptionGroup"})
EXCEPTIONS: Final = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException) and name not in GROUPS
)
"""Those of Python itself, by name."""
ELSEWHERE: Final = {"subprocess.CalledProcessError": "Exception", "subprocess.TimeoutExpired": "Exception"}
"""Those of the library that are known to derive from one of Python itself."""

# Attributes that are one of the arguments, by its position.
POSITIONS: Final = {
    "StopIteration": {"value": 0},
    "StopAsyncIteration": {"value": 0},
    "SystemExit": {"code": 0},
    "ImportError": {"msg": 0},
    "SyntaxError": {"msg": 0},
    "UnicodeDecodeError": {"object": 1, "reason": 4},
    "UnicodeEncodeError": {"object": 1, "reason": 4},
    "OSError": {"errno": 0, "strerror": 1, "filename": 2},
}


def names_of_exceptions(paths: Iterable[str]) -> list[str]:
    """The exceptions of Python itself among the paths, by name."""
    names = (ELSEWHERE.get(path, path.removeprefix("builtins.")) for path in paths)
    return [name for name in names if name in EXCEPTIONS]


def keep_arguments(
    frame: Frame, state: State, made: Obj, names: Iterable[str], arguments: Arguments, span: Span
) -> None:
    """``args``, and the attributes that exceptions of these names have."""
    given = frame.world.objects.new(frame.site(span) + "~args", api=ApiPath(TUPLE))
    state.allocate(given)
    for position, value in enumerate(arguments.positional):
        state.store(given, index(position), value)
    if arguments.more is not None:
        state.store(given, ELEMENT, arguments.more)
    state.store(made, ARGS, of(given))
    for name, value in arguments.keywords.items():
        state.store(made, attribute(name), value)
    for kind in names:
        found = getattr(builtins, kind)
        for base in POSITIONS:
            if issubclass(found, getattr(builtins, base)):
                for name, position in POSITIONS[base].items():
                    if position < len(arguments.positional):
                        state.store(made, attribute(name), arguments.positional[position])


def may_raise_with(frame: Frame, state: State, name: str, span: Span, *arguments: Value) -> None:
    """Python may raise the exception of that name here, with arguments that its text shows."""
    made = frame.world.objects.external(f"{frame.site(span)}~{name}", ApiPath(f"builtins.{name}()"))
    state.allocate(made)
    keep_arguments(frame, state, made, [name], Arguments(list(arguments)), span)
    frame.raise_value(state, of(made))


def raise_again(frame: Frame, state: State, made: Obj) -> None:
    """What a coroutine, future or generator raises, where somebody waits for it or draws from it."""
    failed = stored_value(frame, state, made, FAILED)
    if failed is not None and failed.atoms:
        frame.raise_value(state, failed)


def raise_as_drawn(frame: Frame, state: State, source: Value) -> None:
    """What generators raise while somebody draws from them."""
    for obj in source.objects():
        if not obj.symbolic or any(kind.api == GENERATOR for kind in types_of(frame, state, obj)):
            raise_again(frame, state, obj)


# ── which handler takes them ──────────────────────────────────────────────────────────────────────────────────────


def split_by_kind(frame: Frame, state: State, raised: Value, kind: Value) -> tuple[Value, Value]:
    """Of what may be in flight, what ``except kind`` takes, and what it leaves."""
    kinds = _kinds_in(frame, state, kind)
    taken: dict[Atom, Truths] = {}
    left: dict[Atom, Truths] = {}
    for atom, carried in raised.atoms.items():
        matches = _matches(frame, state, atom, kinds) if type(atom) is Obj and kinds is not None else None
        if matches is not False:
            taken[atom] = carried
        if matches is not True:
            left[atom] = carried
    return Value(taken, raised.implied, raised.probes), Value(left, raised.implied, raised.probes)


def _kinds_in(frame: Frame, state: State, kind: Value) -> list[Atom] | None:
    """The classes that a handler names; None where one of them is not known."""
    found: list[Atom] = []
    for atom in kind.atoms:
        if type(atom) is Obj and atom.api == TUPLE and known_length(frame, state, of(atom)) is not None:
            for _, value in indexed(frame, state, atom):
                inner = _kinds_in(frame, state, frame.world.resolve(value))
                if inner is None:
                    return None
                found.extend(inner)
        elif isinstance(atom, ClassAtom) or (isinstance(atom, ApiAtom) and names_of_exceptions([atom.path])):
            found.append(atom)
        else:
            return None
    return found if len(kind.atoms) == 1 else None


def _matches(frame: Frame, state: State, raised: Obj, kinds: list[Atom]) -> bool | None:
    classes = types_of(frame, state, raised)
    if len(classes) != 1 or raised.kind not in ALLOCATED:
        return None
    (own,) = classes
    bases = frame.world.outer_bases(own.cls) if own.cls is not None else [own.api or ""]
    above = frame.world.hierarchy(own.cls) if own.cls is not None else ()
    names = names_of_exceptions(bases)
    for kind in kinds:
        if isinstance(kind, ClassAtom) and kind.cls in above:
            return True
        if isinstance(kind, ApiAtom) and any(_is_below(name, kind.path) for name in names):
            return True
    return False if names and len(names) == len(bases) else None


def _is_below(name: str, path: str) -> bool:
    return any(issubclass(getattr(builtins, name), getattr(builtins, each)) for each in names_of_exceptions([path]))
