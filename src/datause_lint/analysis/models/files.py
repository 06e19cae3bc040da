"""Files by their paths: what one function writes, another one may read."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import (
    FILE,
    LIST,
    TUPLE,
)
from datause_lint.analysis.adding import (
    add_opaque,
)
from datause_lint.analysis.atoms import Atom, Const, Pattern
from datause_lint.analysis.disk import (
    LISTED,
    UNKNOWN,
    contents_at,
    put_into,
    texts_of,
    written_at,
)
from datause_lint.analysis.exceptions import may_raise_with
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import OPAQUE, attribute, index
from datause_lint.analysis.operators import PATHS
from datause_lint.analysis.state import State
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, NONE, Value, join, of

OPENING: Final = (
    "builtins.open",
    "io.open",
    "codecs.open",
    "gzip.open",
    "bz2.open",
    "lzma.open",
    "aiofiles.open",
    *(f"{path}.open" for path in PATHS),
)
WRAPPING: Final = (
    "io.TextIOWrapper",
    "io.BufferedWriter",
    "io.BufferedRandom",
    "gzip.GzipFile",
    "bz2.BZ2File",
    "lzma.LZMAFile",
    "zipfile.ZipFile",
    "tarfile.open",
    "wave.open",
)
"""What these make writes into the stream, or the file at the path, that they are given."""


# ── paths ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def path_made_of(call: ModelCall, *parts: Value) -> Value:
    """A path, which knows its parts."""
    made = call.external(PATHS[0], part="~path")
    for position, part in enumerate(parts):
        call.state.store(made, f"@argument{position}", part)
    return Value({made: NOTHING, **call.data(*parts).atoms})


@models(*(f"{path}.joinpath" for path in PATHS))
def below(call: ModelCall) -> Value:
    return path_made_of(call, call.receiver, *call.arguments.positional)


@models(*(f"{path}.{name}" for path in PATHS for name in ("resolve", "absolute", "expanduser")))
def same_path(call: ModelCall) -> Value:
    return call.receiver


@models(*(f"{path}.{name}" for path in PATHS for name in ("with_name", "with_suffix", "with_stem")))
def beside(call: ModelCall) -> Value:
    whole = next(iter(texts_of(call.frame, call.state, call.receiver)), UNKNOWN)
    given = next(iter(texts_of(call.frame, call.state, call.argument(0))), UNKNOWN)
    folder, slash, name = whole.rpartition("/")
    stem, dot, suffix = name.rpartition(".") if "." in name[1:] else (name, "", "")
    names = {"with_name": given, "with_suffix": stem + given, "with_stem": f"{given}{dot}{suffix}"}
    text = f"{folder}{slash}{names[call.path.rpartition('.')[2]]}"
    return join(path_made_of(call, of(Pattern(text))), call.data(call.receiver, *call.arguments.all()))


@models(*(f"{path}.{name}" for path in PATHS for name in ("iterdir", "glob", "rglob")))
def paths_inside(call: ModelCall) -> Value:
    return call.container(LIST, path_made_of(call, call.receiver, of(Pattern(LISTED))))


@models("os.listdir")
def names_inside(call: ModelCall) -> Value:
    return call.container(LIST, join(of(Pattern(LISTED)), call.data(call.argument(0))))


@models("os.walk")
def walked(call: ModelCall) -> Value:
    """Folders, each with the names of what is in it."""
    row = call.new(TUPLE, "~row")
    folder = path_of(
        call.frame, call.state, [call.argument(0, "top"), of(Pattern(LISTED))], call.data(call.argument(0))
    )
    call.state.store(row, index(0), folder)
    for position in (1, 2):
        call.state.store(row, index(position), call.container(LIST, of(Pattern(LISTED)), f"~names{position}"))
    return call.container(LIST, of(row))


@models("glob.glob", "glob.iglob")
def found_by_pattern(call: ModelCall) -> Value:
    given = call.argument(0, "pathname")
    folders = [text.rpartition("/")[0] for text in texts_of(call.frame, call.state, given)]
    found = of(*(Pattern(f"{folder}/{LISTED}") for folder in folders))
    return call.container(LIST, join(found, call.data(given)))


# ── what stands in them ───────────────────────────────────────────────────────────────────────────────────────────


@models(*OPENING, *WRAPPING)
def opened(call: ModelCall) -> Value:
    path = call.receiver if call.receiver.atoms else call.argument(0, "file")
    if call.path in WRAPPING:
        path = join(path, call.arguments.keywords.get("fileobj", EMPTY))
    result, _ = unknown_call(
        call.frame, call.state, call.path, EMPTY, call.arguments, call.span, call.caller, call.receiver, "open"
    )
    contents, named = contents_at(call.frame, call.state, path), call.data(path)
    if named.atoms:
        may_raise_with(call.frame, call.state, "FileNotFoundError", call.span, EMPTY, EMPTY, named)
    streams = path.objects() if call.path in WRAPPING else []
    for obj in result.objects():
        call.state.store(obj, FILE, of(*written_at(call.frame, call.state, path), *streams))
        if contents.atoms:
            call.state.store_weakly(obj, OPAQUE, contents)
    return result


@models(*(f"{path}().{name}" for path in (*OPENING, *WRAPPING) for name in ("write", "writelines", "writestr")))
def written_into(call: ModelCall) -> Value:
    add_opaque(call.frame, call.state, call.receiver, call.data(*call.arguments.all()))
    return EMPTY


@models("subprocess.Popen().stdin.write", "subprocess.Popen().stdin.writelines")
def written_to_process(call: ModelCall) -> Value:
    """What a process is told, it may say."""
    pipe = attribute("stdin")
    holders = [obj.base if obj.base is not None and obj.key == pipe else obj for obj in call.receiver.objects()]
    add_opaque(call.frame, call.state, of(*holders), call.data(*call.arguments.all()))
    return EMPTY


@models("tempfile.mkstemp")
def made_with_number(call: ModelCall) -> Value:
    """A number by which the file is open, and its path."""
    path, number = call.external("tempfile.mkstemp()", part="~path"), call.external("os.open()", part="~number")
    call.state.store(number, FILE, of(*written_at(call.frame, call.state, of(path))))
    made = call.new(TUPLE)
    call.state.store(made, index(0), of(number))
    call.state.store(made, index(1), of(path))
    return of(made)


@models("os.pipe")
def piped(call: ModelCall) -> Value:
    """Two numbers: what is written by the one is read by the other."""
    reader, writer = call.external("os.open()", part="~reader"), call.external("os.open()", part="~writer")
    call.state.store(writer, FILE, of(reader))
    made = call.new(TUPLE)
    call.state.store(made, index(0), of(reader))
    call.state.store(made, index(1), of(writer))
    return of(made)


@models("os.fdopen")
def opened_by_number(call: ModelCall) -> Value:
    return call.argument(0)


@models("os.write")
def written_by_number(call: ModelCall) -> Value:
    add_opaque(call.frame, call.state, call.argument(0), call.data(call.argument(1)))
    return EMPTY


@models(*(f"{path}.{name}" for path in PATHS for name in ("write_text", "write_bytes")))
def written(call: ModelCall) -> Value:
    put_into(call.frame, call.state, call.receiver, call.data(call.argument(0, "data")))
    return NONE


@models(*(f"{path}.{name}" for path in PATHS for name in ("read_text", "read_bytes")))
def read_whole(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    return Value(
        {**of(made).atoms, **call.data(call.receiver).atoms, **contents_at(call.frame, call.state, call.receiver).atoms}
    )


@models("shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.move", "os.rename", "os.replace")
def moved(call: ModelCall) -> Value:
    put_into(
        call.frame, call.state, call.argument(1, "dst"), contents_at(call.frame, call.state, call.argument(0, "src"))
    )
    return call.argument(1, "dst")


@models(*(f"{path}.{name}" for path in PATHS for name in ("rename", "replace")))
def moved_by_method(call: ModelCall) -> Value:
    put_into(call.frame, call.state, call.argument(0, "target"), contents_at(call.frame, call.state, call.receiver))
    return call.argument(0, "target")


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
