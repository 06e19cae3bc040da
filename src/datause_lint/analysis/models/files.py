"""Files by their paths: what one function writes, another one may read."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import FILE, stored_value
from datause_lint.analysis.call_results import unknown_call
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import OPAQUE, Obj
from datause_lint.analysis.operators import PATHS
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, NONE, Atom, Const, Pattern, Truths, Value, join_all, of

UNKNOWN: Final = "{}"


def texts_of(frame: Frame, state: State, value: Value, depth: int = 0) -> list[str]:
    """The paths that a value may be, ``{}`` for the parts that are not known."""
    constants = guards.fold(frame, value)
    if constants is not None:
        return [str(each.value) for each in constants]
    found = [atom.text for atom in value.atoms if isinstance(atom, Pattern)]
    for obj in value.objects() if depth < 4 else ():
        if frame.is_input(obj):
            known = frame.known_atoms(obj)
            found.extend(atom.text for atom in known if isinstance(atom, Pattern))
            found.extend(str(atom.value) for atom in known if isinstance(atom, Const))
        if obj.api in PATHS:
            parts: list[str] = []
            while (part := stored_value(frame, state, obj, f"@argument{len(parts)}")) is not None:
                parts.append(next(iter(texts_of(frame, state, part, depth + 1)), UNKNOWN))
            found.append("/".join(parts))
    return found


def files_at(frame: Frame, state: State, path: Value) -> list[Obj]:
    """What stands for the contents of the file: one thing for all code that names the same path."""
    names = [text for text in texts_of(frame, state, path) if text.replace(UNKNOWN, "").strip("/.")]
    if not names:
        names = [repr(obj) for obj in path.objects() if not frame.is_input(obj)]
    files = [frame.world.objects.external(f"file {name}", None) for name in dict.fromkeys(names)]
    for file in files:
        frame.world.shared.announce(file)
    return files


def _contents(call: ModelCall, path: Value) -> Value:
    found = [stored_value(call.frame, call.state, file, OPAQUE) for file in files_at(call.frame, call.state, path)]
    return join_all([value for value in found if value is not None])


def put_into(call: ModelCall, path: Value, data: Value) -> None:
    for file in files_at(call.frame, call.state, path) if data.atoms else ():
        call.state.store_weakly(file, OPAQUE, data)
        call.frame.world.publish(call.frame, call.state, file, OPAQUE, data)


@models(
    "builtins.open",
    "io.open",
    "codecs.open",
    "gzip.open",
    "bz2.open",
    "aiofiles.open",
    *(f"{path}.open" for path in PATHS),
)
def opened(call: ModelCall) -> Value:
    path = call.receiver if call.receiver.atoms else call.argument(0, "file")
    result, _ = unknown_call(
        call.frame, call.state, call.path, EMPTY, call.arguments, call.span, call.caller, call.receiver, "open"
    )
    contents = _contents(call, path)
    for obj in result.objects():
        call.state.store(obj, FILE, of(*files_at(call.frame, call.state, path)))
        if contents.atoms:
            call.state.store_weakly(obj, OPAQUE, contents)
    return result


@models(*(f"{path}.{name}" for path in PATHS for name in ("write_text", "write_bytes")))
def written(call: ModelCall) -> Value:
    put_into(call, call.receiver, call.data(call.argument(0, "data")))
    return NONE


@models(*(f"{path}.{name}" for path in PATHS for name in ("read_text", "read_bytes")))
def read_whole(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    return Value({**of(made).atoms, **call.data(call.receiver).atoms, **_contents(call, call.receiver).atoms})


@models("shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.move", "os.rename", "os.replace")
def moved(call: ModelCall) -> Value:
    put_into(call, call.argument(1, "dst"), _contents(call, call.argument(0, "src")))
    return call.argument(1, "dst")


@models("os.path.join", "posixpath.join")
def joined(call: ModelCall) -> Value:
    return path_of(call.frame, call.state, call.arguments.positional, call.data(*call.arguments.all()))


def path_of(frame: Frame, state: State, parts: list[Value], data: Value) -> Value:
    """The parts with slashes between them: a constant, or as much of it as is known."""
    texts = [next(iter(texts_of(frame, state, part)), UNKNOWN) for part in parts]
    text = "/".join(texts)
    whole: Atom = Pattern(text) if UNKNOWN in text or not parts else Const(text, str)
    atoms: dict[Atom, Truths] = {**data.atoms, whole: frozenset()}
    return Value(atoms)
