"""Source files: bytes, text and syntax tree, as Python itself would read them."""

from __future__ import annotations

import ast
import codecs
import gc
import io
import os
import re
import stat
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from datause_lint.errors import DatauseError, Problem
from datause_lint.frontend.deep_stack import run_with_deep_stack

MAX_BYTES = 32 * 1024 * 1024
"""No file that a person wrote comes near it; a larger one is an error, not a run without end."""

_QUADRATIC_CODECS = frozenset({"idna", "punycode"})  # a few megabytes of them would take hours

PARSER_ERRORS = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError, SystemError)


class SourceError(DatauseError):
    """A source file that cannot be analysed. ``line`` is 0 when it is the file as a whole."""

    exit_status = 3

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(Problem(message, path, line))
        self.path = path
        self.message = message

    def __reduce__(self) -> tuple[type[SourceError], tuple[str, int, str]]:
        return SourceError, (self.path, self.line, self.message)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source file. Lines of the text end in ``\\n`` whatever they end in on disk; a byte order mark is not in it."""

    path: str
    data: bytes
    text: str


def read_source(path: str) -> SourceText:
    """Reads and decodes a regular file.

    Raises SourceError for what is not one, cannot be read, is larger than MAX_BYTES, or does not decode.
    """
    return decode(read_bytes(path), path)


def read_bytes(path: str, shown: str | None = None) -> bytes:
    """The content of a regular file; errors name it as ``shown``."""
    shown = path if shown is None else shown
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)  # not blocking: opening a FIFO would wait for a writer
        with open(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise SourceError(shown, 0, "not a regular file: exclude it")
            data = _read_bounded(file, status.st_size)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError(shown, 0, f"cannot be read: {reason}; make it readable or exclude it") from None
    if len(data) > MAX_BYTES:
        raise SourceError(shown, 0, f"larger than {MAX_BYTES // 1024 // 1024} MB: exclude it")
    return data


def _read_bounded(file: io.FileIO, expected: int) -> bytes:
    data = file.read(min(expected, MAX_BYTES) + 1)
    while len(data) > expected and len(data) <= MAX_BYTES:  # it grew, or is of a file system that tells no sizes
        chunk = file.read(min(len(data) + 65536, MAX_BYTES + 1 - len(data)))
        if not chunk:
            break
        data += chunk
    return data


def decode(data: bytes, path: str) -> SourceText:
    """Decodes source by its byte order mark or coding comment (PEP 263); raises SourceError."""
    encoding = encoding_of(data, path)
    if encoding in _QUADRATIC_CODECS:
        raise SourceError(path, 1, f"no source is written in {encoding}: convert the file to UTF-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        remedy = (
            "convert it to UTF-8 or add a coding comment" if encoding.startswith("utf-8") else "convert it to UTF-8"
        )
        raise SourceError(path, line, f"not {encoding}, byte {data[error.start]:#04x}: {remedy}") from None
    except (UnicodeError, LookupError, ValueError, RecursionError) as error:
        raise SourceError(path, 1, f"cannot be decoded as {encoding} ({error}): convert it to UTF-8") from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SourceText(path, data, text)


def encoding_of(data: bytes, path: str) -> str:
    """The encoding that a source file declares, ``utf-8`` when none; raises SourceError for one that does not exist."""
    second_line = data.find(b"\n") + 1
    third_line = data.find(b"\n", second_line) + 1
    head = data[:third_line] if second_line and third_line else data
    if b"coding" not in head and not head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    try:
        return tokenize.detect_encoding(io.BytesIO(head).readline)[0]
    except SyntaxError as error:
        raise SourceError(path, 1, f"{error.msg}: convert the file to UTF-8") from None


def parse(source: SourceText) -> ast.Module:
    """The syntax tree, also of syntax newer than the running Python's; raises SourceError for what is no Python 3."""
    if "\0" in source.text:
        line = source.text.count("\n", 0, source.text.index("\0")) + 1
        raise SourceError(source.path, line, "holds a null byte, so it is no Python source: exclude it")
    try:
        return parse_text(source.text)
    except (SyntaxError, MemoryError) as error:  # long runs of what it cannot read make the parser run out of stack
        from datause_lint.frontend.newer_syntax import parse_newer

        try:
            return parse_newer(source.text, error)
        except PARSER_ERRORS as final:
            raise _source_error(source, final) from None
    except PARSER_ERRORS as error:
        raise _source_error(source, error) from None


def parse_text(text: str) -> ast.Module:
    """``ast.parse`` without warnings, without the collector (a seventh of the time), and however deep the tree."""
    with _quiet(), collector_off():
        try:
            return ast.parse(text)
        except RecursionError:
            return run_with_deep_stack(ast.parse, text)


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def collector_off() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _source_error(source: SourceText, error: Exception) -> SourceError:
    if isinstance(error, SyntaxError):
        line = min(error.lineno or 0, source.text.count("\n") + 1)
        return SourceError(source.path, line, _explain(error, source.text.split("\n")[line - 1] if line else ""))
    if isinstance(error, (RecursionError, MemoryError)):
        return SourceError(
            source.path, 0, "nested too deeply for Python's parser: exclude it, or split its expressions"
        )
    return SourceError(source.path, 0, f"Python's parser refuses it ({error}): mend it or exclude it")


_PYTHON_2 = (
    (re.compile(r"(^|[;:])\s*print\s+[\w\"\']"), "the print statement"),
    (re.compile(r"(^|[;:])\s*exec\s+[\w\"\']"), "the exec statement"),
    (re.compile(r"^\s*raise\s+[\w.]+\s*,"), "raise with a comma"),
    (re.compile(r"<>"), "the operator <>"),
    (re.compile(r"`"), "backquotes"),
    (re.compile(r"\b0[0-7]+\b|\b\d+[lL]\b"), "an old number literal"),
    (re.compile(r"\b[uU][rR][\"\']"), "a ur string"),
    (re.compile(r"\bdef\s+\w+\s*\([^:]*\(\s*\w+\s*,"), "a tuple parameter"),
)


def _explain(error: SyntaxError, line: str) -> str:
    """What is wrong, and the remedy; ``line`` is where Python's parser gave up."""
    for pattern, what in _PYTHON_2:
        if pattern.search(line):
            return f"Python 2 code ({what}): convert it to Python 3 or exclude it"
    return f"not valid Python ({error.msg}): mend it or exclude it"
