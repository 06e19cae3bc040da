"""From the bytes of one file to its IR, or to the reason why there is none."""

from __future__ import annotations

from typing import NamedTuple

from datause_lint.findings.finding import FileError
from datause_lint.frontend.lower import lower_module
from datause_lint.frontend.read import SourceError, collector_off, decode, parse
from datause_lint.ir.module import ModuleIR
from datause_lint.names import ModuleName


class SourceFile(NamedTuple):
    module: ModuleName
    path: str  # as shown
    is_package: bool
    data: bytes


def lower_file(file: SourceFile) -> ModuleIR | FileError:
    try:
        source = decode(file.data, file.path)
        with collector_off():  # the tree is garbage when this ends; to search it for cycles would take most of the time
            return lower_module(parse(source), source, file.module, file.path, file.is_package)
    except SourceError as error:
        return FileError(error.path, error.line, error.message)
    except (RecursionError, MemoryError):
        return FileError(file.path, 0, "nested too deeply to be analysed: exclude it, or split its expressions")
    except Exception as error:  # one file must not end the run: it is named, and the run is not clean
        return FileError(file.path, 0, f"not analysed, for a fault in datause-lint ({error!r}): please report it")
