"""The bytes of the program's files, and which files mention a word."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from datause_lint.findings.finding import FileError
from datause_lint.frontend.read import SourceError, decode, encoding_of, read_bytes
from datause_lint.project.paths import Path, shown_path

BUDGET = 512 * 1024 * 1024
"""Bytes of files that are kept in memory; beyond it, files are read again when they are needed again."""

DIRECT_SEARCHES = 2
"""Searches after which an index pays: it costs as much as three of them."""

_IMPORT = re.compile(
    rb"(?:^|[;:])[ \t\f]*(?:from|import)\b(?:\\\r?\n|\((?:[\w\s,\\\x80-\xff]|#[^\n]*\n)*\)|.)*", re.MULTILINE
)
"""An import to the end of its line, which backslashes and parentheses make longer; it may stand behind a colon or a
semicolon."""
_BY_NAME = (b"import_module", b"__import__")
_ASSIGNED = re.compile(rb"\.[ \t]*([\w\x80-\xff]+)[ \t]*(?:[-+*/%@&|^]|//|\*\*|<<|>>)?=(?!=)")
_TARGETS = re.compile(
    rb"[ \t]*[(\[]?[\w.* \t\x80-\xff]+(?:,[\w.*()\[\] \t\x80-\xff]+)+=(?!=)|[ \t]*[\w. \t\x80-\xff]+:[^=\n]+=(?!=)"
    rb"|.*\bfor\b[\w.,*()\[\] \t\x80-\xff]+\bin\b|.*\bas[ \t][\w.,*()\[\] \t\x80-\xff]+"
)
"""Begins a line that assigns to several things (``a.x, a.y = 1, 2``), or to one with a type, in a loop, by ``with``."""
LONG_LINE = 400  # bytes; of a longer one anything may be
_FROM_OWN_PACKAGE = re.compile(rb"from[\s\\]*\.[\s\\.]*import\b")
_SEPARATORS = bytes(byte if byte >= 128 or chr(byte).isalnum() or byte == ord("_") else 32 for byte in range(256))


class Contents:
    """Files are read once, in order. What cannot be read is in ``errors``, and mentions nothing."""

    def __init__(self, files: Iterable[Path], base: Path, overlay: Mapping[Path, bytes], budget: int = BUDGET) -> None:
        self.errors: dict[Path, FileError] = {}
        self._files = tuple(files)
        self._base = base
        self._overlay = overlay
        self._left = budget
        self._kept: dict[Path, bytes] = {}
        self._searches = 0
        self._index: dict[bytes, list[Path]] | None = None
        self._imported: dict[Path, frozenset[bytes]] = {}  # words of import statements
        self._assigned: dict[Path, frozenset[bytes]] = {}  # names of attributes
        self._without_name: dict[Path, bool] = {}
        self._normal: dict[Path, bytes] = {}  # of files that are not plain ASCII: normalising costs more than searching

    def read(self, path: Path) -> bytes | None:
        """What is in a file; None when it cannot be read."""
        data = self._overlay.get(path, self._kept.get(path))
        if data is not None or path in self.errors:
            return data
        shown = shown_path(path, self._base)
        try:
            data = read_bytes(path, shown)
        except SourceError as error:
            self.errors[path] = FileError(error.path, error.line, error.message)
            return None
        if len(data) <= self._left:
            self._left -= len(data)
            self._kept[path] = data
        return data

    def size(self) -> int:
        """Bytes of all files."""
        return sum(len(self.read(path) or b"") for path in self._files)

    def changed(self, buffers: Mapping[Path, bytes]) -> Contents:
        """The same files, with other content in some of them; those that were read are not read again."""
        other = Contents(self._files, self._base, {**self._overlay, **buffers}, self._left)
        other.errors = {path: error for path, error in self.errors.items() if path not in buffers}
        other._kept = self._kept
        return other

    def add(self, files: Iterable[Path]) -> None:
        self._files = tuple(sorted({*self._files, *files}))
        self._index = None

    def importing(self, candidates: Iterable[Path]) -> set[Path]:
        """Those of the candidates, files outside of the program, that it imports, or one of them does in turn."""
        wanted: dict[str, list[Path]] = defaultdict(list)
        for path in candidates:
            wanted[path.rpartition("/")[2].removesuffix(".py")].append(path)
        found: set[Path] = set()
        pending = self.mentioning(frozenset(wanted)) if wanted else []
        while pending:
            names = {word.decode(errors="replace") for word in self.imported_words(pending.pop())}
            fresh = [path for name in sorted(wanted.keys() & names) for path in wanted.pop(name)]
            found.update(fresh)
            pending += fresh
        return found

    def importing_modules(self, modules: frozenset[str]) -> list[Path]:
        """The files that import one of the modules, which may be dotted, or name it whole in a string."""
        tops = frozenset(module.partition(".")[0] for module in modules)
        wanted = _steps(modules)
        return [path for path in self.mentioning(tops) if self._imports(path, wanted)]

    def imports(self, path: Path, modules: frozenset[str]) -> bool:
        """Whether a file does."""
        return self._imports(path, _steps(modules))

    def _imports(self, path: Path, wanted: list[list[bytes]]) -> bool:
        text, imported = self._searched(path), self.imported_words(path)
        by_name = any(each in text for each in _BY_NAME)
        everything: set[bytes] | None = None
        for parts in wanted:
            if parts[0] not in imported:
                if by_name and b".".join(parts) in text:
                    return True
                continue
            if everything is None:
                everything = set(text.translate(_SEPARATORS).split())
            if everything.issuperset(parts):
                return True
        return False

    def imported_words(self, path: Path) -> frozenset[bytes]:
        """The words in the import statements of a file, in UTF-8, and ``*`` where all names are imported."""
        found = self._imported.get(path)
        if found is None:
            text = b"\n".join(_IMPORT.findall(self._searched(path)))
            words = frozenset(text.translate(_SEPARATORS).split())
            found = self._imported[path] = words | {b"*"} if b"*" in text else words
        return found

    def may_assign(self, path: Path, attribute: bytes) -> bool:
        """Whether a file may assign to an attribute of that name, of whatever object: ``state.current = user``."""
        text = self._searched(path)
        found = self._assigned.get(path)
        if found is None:
            found = self._assigned[path] = frozenset(_ASSIGNED.findall(text))
        return attribute in found or any(map(_may_be_targets, _lines_with(text, b"." + attribute)))

    def imports_without_name(self, path: Path) -> bool:
        """Whether a file imports from a package that it does not name: ``from .. import ask``."""
        found = self._without_name.get(path)
        if found is None:
            found = self._without_name[path] = _FROM_OWN_PACKAGE.search(self._searched(path)) is not None
        return found

    def mentioning(self, words: frozenset[str], among: Collection[Path] | None = None) -> list[Path]:
        """The files in which one of the words stands as a whole word, in order; or those of some."""
        spelled = [unicodedata.normalize("NFKC", word).encode(errors="replace") for word in sorted(words)]
        tokens_of = {word: word.translate(_SEPARATORS).split() for word in spelled}
        plain = {word for word, tokens in tokens_of.items() if tokens == [word]}
        compound = [_Compound(word, tokens) for word, tokens in tokens_of.items() if tokens and tokens != [word]]
        self._searches += 1
        if self._searches <= DIRECT_SEARCHES:
            files = self._files if among is None else sorted(among)
            return [path for path in files if self._mentions(path, plain, compound)]
        index = self._index = self._index if self._index is not None else self._make_index()
        found = {path for word in plain for path in index.get(word, ())}
        if among is not None:
            found.intersection_update(among)
        for word in compound:
            candidates = set.intersection(*(set(index.get(token, ())) for token in word.tokens)) - found
            if among is not None:
                candidates.intersection_update(among)
            found.update(path for path in candidates if word.stands_in(self._searched(path)))
        return sorted(found)

    def _mentions(self, path: Path, plain: set[bytes], compound: list[_Compound]) -> bool:
        text = self._searched(path)
        # Splitting costs the same for any number of words; an alternation of 100 takes eight times as long.
        tokens = text.translate(_SEPARATORS).split()
        if not plain.isdisjoint(tokens):
            return True
        candidates = {word.tell_tale for word in compound}.intersection(tokens)
        return any(word.tell_tale in candidates and word.stands_in(text) for word in compound if candidates)

    def _make_index(self) -> dict[bytes, list[Path]]:
        index: dict[bytes, list[Path]] = defaultdict(list)
        for path in self._files:
            for token in set(self._searched(path).translate(_SEPARATORS).split()):
                index[token].append(path)
        return index

    def _searched(self, path: Path) -> bytes:
        """The text in UTF-8; identifiers also as Python reads them (NFKC), since full-width letters spell names too."""
        if path in self._normal:
            return self._normal[path]
        data = self.read(path)
        if data is None:
            return b""
        shown = shown_path(path, self._base)
        try:
            if data.isascii() and encoding_of(data, shown) == "utf-8":
                return data
            text = decode(data, shown).text
        except SourceError as error:
            self.errors.setdefault(path, FileError(error.path, error.line, error.message))
            return data
        normal = unicodedata.normalize("NFKC", text)
        searched = (text if normal == text else f"{text}\n{normal}").encode(errors="replace")
        if len(searched) <= self._left:
            self._left -= len(searched)
            self._normal[path] = searched
        return searched


def _steps(modules: frozenset[str]) -> list[list[bytes]]:
    return [module.encode().split(b".") for module in sorted(modules)]


def _lines_with(text: bytes, part: bytes) -> Iterator[bytes]:
    found = text.find(part)
    while found >= 0:
        end = text.find(b"\n", found)
        yield text[text.rfind(b"\n", 0, found) + 1 : end if end >= 0 else len(text)]
        found = text.find(part, end) if end >= 0 else -1


def _may_be_targets(line: bytes) -> bool:
    return len(line) > LONG_LINE or _TARGETS.match(line) is not None


class _Compound:
    """A word of several tokens, as a host is."""

    def __init__(self, word: bytes, tokens: list[bytes]) -> None:
        self.tokens = tokens
        self.tell_tale = max(tokens, key=len)  # few files have it
        self._word = word
        before = rb"(?<![\w\x80-\xff])" if _is_of_word(word[:1]) else b""
        after = rb"(?![\w\x80-\xff])" if _is_of_word(word[-1:]) else b""
        self._pattern = re.compile(before + re.escape(word) + after)

    def stands_in(self, text: bytes) -> bool:
        return self._word in text and self._pattern.search(text) is not None


def _is_of_word(byte: bytes) -> bool:
    """Whether it is a part of a word, so that another such beside it would make it a longer one."""
    return byte.translate(_SEPARATORS) != b" "
