"""Keys of items that are known: constants, tuples of constants, and classes."""

from __future__ import annotations

from datause_lint.analysis.access import TUPLE, indexed, read, stored_value
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.atoms import ApiAtom, Atom, ClassAtom
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.frame import OTHER, SHAPE, Frame
from datause_lint.analysis.guards import fold
from datause_lint.analysis.identifiers import is_record
from datause_lint.analysis.objects import KEYS, Kind, Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, join, of
from datause_lint.analysis.writing import write

MANY_KEYS = 8  # that one key may be, beyond which it may be any


def item_names(frame: Frame, state: State, key: Value) -> list[str]:
    """The names under which an item may stand, by its key; none where it may be any."""
    constants = fold(frame, key)
    if constants is not None:
        return list(dict.fromkeys(index(each.value) for each in constants)) if len(constants) <= MANY_KEYS else []
    name = _name_of_class(frame, key) or _name_of_tuple(frame, state, key)
    return [name] if name is not None else []


def write_items(frame: Frame, state: State, base: Value, names: list[str], value: Value) -> None:
    """``base[key] = value``: of several keys it is one, so that what stands under each may stay there."""
    for name in names:
        kept = value if len(names) == 1 else join(value, read(frame, state, base, name))
        write(frame, state, base, name, kept)


def _name_of_class(frame: Frame, key: Value) -> str | None:
    """``HANDLERS[Created]``, ``HANDLERS[type(event)]``: of a class from which none is derived, which an instance would
    rather be of."""
    classes = _told(frame, key)
    only = classes[0] if len(classes) == 1 else None
    if isinstance(only, ClassAtom) and not frame.world.subclasses(only.cls):
        return f"[<{only.cls}>]"
    is_built_in = isinstance(only, ApiAtom) and only.receiver is None and only.path.startswith("builtins.")
    return f"[<{only.path}>]" if isinstance(only, ApiAtom) and is_built_in else None


def _told(frame: Frame, key: Value) -> list[Atom]:
    """What the key is; of a parameter, what its callers say."""
    found: list[Atom] = []
    for atom in key.atoms:
        if type(atom) is Obj and frame.is_input(atom) and OTHER not in frame.ask(atom, SHAPE):
            found.extend(frame.known_atoms(atom) or [atom])
        else:
            found.append(atom)
    return found


def _name_of_tuple(frame: Frame, state: State, key: Value) -> str | None:
    only = key.only_object()
    if only is None or len(key.atoms) != 1 or only.api != TUPLE or only.kind is not Kind.NEW:
        return None
    length = known_length(frame, state, of(only))
    parts = [value.constant() for _, value in indexed(frame, state, only)]
    if not length or length != len(parts) or any(part is None for part in parts):
        return None
    return f"[{tuple(part.value for part in parts if part is not None)!r}]"


def note_key(frame: Frame, state: State, base: Value, key: Value) -> None:
    """Something stands under a key that is no constant."""
    names = key if key.objects() or _name_of_class(frame, key) else data_of(frame, state, key)
    for obj in base.objects():
        before = stored_value(frame, state, obj, KEYS)
        state.store(obj, KEYS, names if before is None else join(before, names))


def name_of_key(key: Value) -> str:
    """``data["customers"]``: what stands there is called as its key, where that is a noun for people or records."""
    constant = key.constant()
    name = constant.value if constant is not None else None
    return name if isinstance(name, str) and is_record(name) else ""
