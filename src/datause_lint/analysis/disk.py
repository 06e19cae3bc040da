"""Files on disk, by their paths: what one piece of code writes, another one may read."""

from __future__ import annotations

import re
from typing import Final

from datause_lint.analysis import guards, identifiers
from datause_lint.analysis.access import origin, stored_value
from datause_lint.analysis.atoms import Atom, Const, Pattern
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import OPAQUE, Obj
from datause_lint.analysis.operators import is_path
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value, join_all, of

UNKNOWN: Final = "{}"
LISTED: Final = "{*}"  # the name of whatever is in a folder
_FILE_NAME: Final = re.compile(r"^[^\s:]*[\w{}]\.[A-Za-z0-9]{1,5}$|^[^\s:]*/\S*$")
PATHS_ARE_CALLED: Final = frozenset(
    "path paths file filename filepath fname location src source destination dst pdf document audio image".split()
)
MAXIMAL_PARTS: Final = 8  # of a path in a path
ALL_FILES: Final = "files"  # the object whose keys are the names of all files that the program writes


def texts_of(frame: Frame, state: State, value: Value, depth: int = 0) -> list[str]:
    """The paths that a value may be, ``{}`` for the parts that are not known."""
    constants = guards.fold(frame, value)
    if constants is not None:
        return [str(each.value) for each in constants]
    found = [atom.text for atom in value.atoms if isinstance(atom, Pattern)]
    for obj in value.objects() if depth < MAXIMAL_PARTS else ():
        if obj.root.of_a_round:
            found.extend(texts_of(frame, state, origin(frame, state, obj), depth + 1))
        elif frame.is_input(obj):
            known = frame.known_atoms(obj)
            found.extend(atom.text for atom in known if isinstance(atom, Pattern))
            found.extend(str(atom.value) for atom in known if isinstance(atom, Const))
        if is_path(frame, state, obj):
            found.extend(_text_of_path(frame, state, obj, depth))
    return found


def _text_of_path(frame: Frame, state: State, path: Obj, depth: int) -> list[str]:
    parts: list[str] = []
    while (part := stored_value(frame, state, path, f"@argument{len(parts)}")) is not None and len(
        parts
    ) < MAXIMAL_PARTS:
        parts.append(next(iter(texts_of(frame, state, part, depth + 1)), UNKNOWN))
    return ["/".join(parts)] if parts else []


def names_of(frame: Frame, state: State, path: Value) -> list[str]:
    """What the file is called; of a path that is not known, what made it."""
    names = [text for text in texts_of(frame, state, path) if LISTED in text or text.replace(UNKNOWN, "").strip("/.")]
    bare = (_only_part(frame, state, obj) for obj in path.objects() if not frame.is_input(obj))
    return names or [repr(obj) for obj in bare]


def _only_part(frame: Frame, state: State, path: Obj) -> Obj:
    """``Path(name)``: where the name is not known, what made it."""
    part = stored_value(frame, state, path, "@argument0") if is_path(frame, state, path) else None
    only = part.only_object() if part is not None else None
    if only is None or stored_value(frame, state, path, "@argument1") is not None:
        return path
    return only


def files_at(frame: Frame, state: State, path: Value) -> list[Obj]:
    """What stands for the contents of the file: one thing for all code that names the same path."""
    names = names_of(frame, state, path)
    named = [each for name in names for each in (_files_inside(frame, name) if LISTED in name else [name])]
    files = [frame.world.objects.external(f"file {name}", None) for name in dict.fromkeys(named)]
    for file in files:
        frame.world.shared.announce(file)
    return files


def _files_inside(frame: Frame, name: str) -> list[str]:
    """The files that the program writes in a folder, or below it."""
    folder = name.partition(LISTED)[0]
    known = frame.world.shared.keys(frame.world.objects.external(ALL_FILES, None))
    return [each for each in known if each.startswith(folder) and len(each) > len(folder)]


def contents_at(frame: Frame, state: State, path: Value) -> Value:
    """What the program has put into the file at the path."""
    found = [stored_value(frame, state, file, OPAQUE) for file in files_at(frame, state, path)]
    return join_all([value for value in found if value is not None])


def contents_named(frame: Frame, state: State, given: Value) -> Value:
    """What the program has put into files that are named here by their paths, as far as a text looks like one."""
    atoms = [atom for atom in given.atoms if _may_be_path(frame, state, atom)]
    return contents_at(frame, state, of(*atoms)) if atoms else EMPTY


def _may_be_path(frame: Frame, state: State, atom: Atom) -> bool:
    if isinstance(atom, Const):
        return isinstance(atom.value, str) and bool(_FILE_NAME.search(atom.value))
    if isinstance(atom, Pattern):
        return bool(_FILE_NAME.search(atom.text))
    if type(atom) is not Obj:
        return False
    if frame.is_input(atom):  # callers are asked only where the name says that it is one
        return not PATHS_ARE_CALLED.isdisjoint(identifiers.words(atom.key.rpartition("(")[2].strip(".)")))
    return is_path(frame, state, atom)


def written_at(frame: Frame, state: State, path: Value) -> list[Obj]:
    """The files at a path, which whoever lists their folder finds."""
    files = files_at(frame, state, path)
    for file in files:
        frame.world.shared.write(frame.world.objects.external(ALL_FILES, None), file.key.removeprefix("file "), EMPTY)
    return files


def put_into(frame: Frame, state: State, path: Value, data: Value) -> None:
    for file in written_at(frame, state, path) if data.atoms else ():
        state.store_weakly(file, OPAQUE, data)
        frame.world.publisher.publish(frame, state, file, OPAQUE, data)
