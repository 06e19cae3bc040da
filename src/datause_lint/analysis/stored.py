"""Files and tables, by what functions call them: who writes one may put into it what others read from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from datause_lint.ir import instructions as ir
from datause_lint.ir.module import FunctionIR, ModuleIR

_FILE_NAME: Final = re.compile(r"[\w./~-]*\.\w{1,8}")
_READ_FROM: Final = re.compile(r"\b(?:from|join)\s+[\"`]?(\w+)", re.IGNORECASE)
_WRITTEN_INTO: Final = re.compile(r"\b(?:insert\s+(?:or\s+\w+\s+)?into|update)\s+[\"`]?(\w+)", re.IGNORECASE)
READING: Final = frozenset("open read_text read_bytes read_csv read_json read_parquet load_dataset FileIO".split())
WRITING: Final = frozenset(
    "write writelines write_text write_bytes writerow writerows dump save to_csv to_json to_parquet copyfile".split()
)


class Stored(NamedTuple):
    """Names of files, and of variables that hold one, of tables, and of methods that put something under a key."""

    files: frozenset[str]
    tables: frozenset[str]
    methods: frozenset[str] = frozenset()

    def with_(self, other: Stored) -> Stored:
        return Stored(self.files | other.files, self.tables | other.tables, self.methods | other.methods)


NOTHING_STORED: Final = Stored(frozenset(), frozenset())


def files_read(function: FunctionIR, used: frozenset[str]) -> frozenset[str]:
    """Files that a function, which uses these words, may read: by the text of the name, or by the variable."""
    return _files_named(function, used) if not READING.isdisjoint(used) else frozenset()


def files_written(function: FunctionIR, used: frozenset[str]) -> frozenset[str]:
    return _files_named(function, used) if not WRITING.isdisjoint(used) else frozenset()


def tables_read(function: FunctionIR) -> frozenset[str]:
    """Tables that the function's SQL reads."""
    return _tables_named(function, _READ_FROM)


def selects(function: FunctionIR) -> bool:
    """Whether a text of the function begins a query, and does not only speak of where something is from."""
    return any(text.lstrip("( \n").lower().startswith(("select", "with")) for text in texts(function))


def tables_written(function: FunctionIR) -> frozenset[str]:
    return _tables_named(function, _WRITTEN_INTO)


def is_file_name(text: str) -> bool:
    return _FILE_NAME.fullmatch(text) is not None


def variables_for(module: ModuleIR, text: str) -> Iterator[str]:
    """The module's variables that hold the text."""
    for block in module.functions[module.body].blocks:
        registers = {i.target for i in block.instructions if type(i) is ir.Const and i.value == text}
        for i in block.instructions if registers else ():
            if type(i) is ir.Store and i.source in registers:
                yield i.name


def texts(function: FunctionIR) -> Iterator[str]:
    for block in function.blocks:
        for i in block.instructions:
            if type(i) is ir.Const and isinstance(i.value, str):
                yield i.value


def _files_named(function: FunctionIR, used: Iterable[str]) -> frozenset[str]:
    return frozenset([*filter(is_file_name, texts(function)), *(name for name in used if name.isupper())])


def _tables_named(function: FunctionIR, clause: re.Pattern[str]) -> frozenset[str]:
    return frozenset(table.lower() for text in texts(function) for table in clause.findall(text))
