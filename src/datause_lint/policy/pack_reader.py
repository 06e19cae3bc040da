"""From a document to a pack: what tables there are, and which keys each of them takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datause_lint.errors import Problem, nearest
from datause_lint.names import CategoryKey, UseKey
from datause_lint.policy.entries import Category, Use
from datause_lint.policy.entry_readers import ENTRY_TABLES, EntryTable
from datause_lint.policy.notation import NotationError, dotted_key
from datause_lint.policy.pack import Pack, Written
from datause_lint.policy.table_reader import Position, Reference, TableReader
from datause_lint.toml_document import TomlDocument

SCHEMA = 1
_OTHER_TABLES = ("schema", "pack", "category", "use", "purposes")


def read_pack(document: TomlDocument, problems: list[Problem]) -> Pack:
    """The pack that a document holds; all that is wrong with it is added to ``problems``."""
    references: list[Reference] = []
    read = _DocumentReader(document, problems, references)
    _check_top_level(document, problems)
    header = read.table("pack")
    name = header.string("name", None if "pack" in document.data else document.file)
    description = header.string("description", "")
    header.references("extends", "pack")
    header.finish()
    return Pack(
        name=name,
        description=description,
        position=header.position,
        entries=tuple(entry for table in ENTRY_TABLES for entry in read.entries(table, name)),
        categories=tuple(_category(key, reader) for key, reader in read.keyed_tables("category")),
        uses=tuple(_use(key, reader) for key, reader in read.keyed_tables("use")),
        purposes=_purposes(read.table("purposes")),
        references=tuple(references),
    )


def _check_top_level(document: TomlDocument, problems: list[Problem]) -> None:
    schema = document.data.get("schema", SCHEMA)
    if schema != SCHEMA or isinstance(schema, bool):
        position = Position(document, "", ("schema",))
        problems.append(position.problem(f"schema is {schema!r}, and this version reads schema {SCHEMA}"))
    valid = (*_OTHER_TABLES, *ENTRY_TABLES)
    for key in document.data:
        if key not in valid:
            position = Position(document, "", (key,))
            problems.append(position.problem(f'unknown table or key "{key}"', nearest(key, valid)))


class _DocumentReader:
    """Hands out the readers of a document's tables."""

    def __init__(self, document: TomlDocument, problems: list[Problem], references: list[Reference]) -> None:
        self._document = document
        self._problems = problems
        self._references = references

    def table(self, name: str) -> TableReader:
        values = self._document.data.get(name, {})
        position = Position(self._document, name, (name,))
        if not isinstance(values, dict):
            self._problems.append(position.problem(f"must be a table: write [{name}]"))
            values = {}
        return self._reader(values, position)

    def keyed_tables(self, name: str) -> list[tuple[str, TableReader]]:
        """The tables ``[name."key"]``."""
        outer = self.table(name)
        readers = []
        for key in outer:
            position = Position(self._document, f'{name}."{key}"', (name, key))
            values = outer.raw(key)
            if isinstance(values, dict):
                readers.append((key, self._reader(values, position)))
            else:
                self._problems.append(position.problem(f'must be a table: write [{name}."{key}"]'))
        return readers

    def entries(self, name: str, pack: str) -> list[Written]:
        """The entries of the array of tables ``[[name]]``."""
        values = self._document.data.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            position = Position(self._document, name, (name,))
            self._problems.append(position.problem(f"must be an array of tables: write [[{name}]]"))
            return []
        table = ENTRY_TABLES[name]
        lines = self._document.entry_lines(name)
        return [self._entry(name, table, index, lines[index], value, pack) for index, value in enumerate(values)]

    def _entry(
        self, name: str, table: EntryTable, index: int, line: int, values: Mapping[str, Any], pack: str
    ) -> Written:
        reader = self._reader(values, Position(self._document, name, (name, index)), line)
        generated = f"{pack}.{name}.{index + 1}"
        id = reader.string("id", None if table.needs_id else generated) if table.takes_id else ""
        replace = reader.flag("replace") if table.takes_id else False
        entry = table.read(reader, id or generated)
        reader.finish()
        return Written(name, id or generated, replace, entry, values, reader.position)

    def _reader(self, values: Mapping[str, Any], position: Position, line: int = 0) -> TableReader:
        return TableReader(values, position, self._problems, self._references, line)


def _category(key: str, reader: TableReader) -> Category:
    category = Category(
        CategoryKey(key),
        label=reader.string("label", ""),
        names=reader.strings("names"),
        not_names=reader.strings("not_names"),
        weak_names=reader.strings("weak_names"),
    )
    _check_keyed(key, reader)
    return category


def _use(key: str, reader: TableReader) -> Use:
    use = Use(UseKey(key), label=reader.string("label", ""), maps_to=reader.strings("maps_to"))
    _check_keyed(key, reader)
    return use


def _check_keyed(key: str, reader: TableReader) -> None:
    try:
        dotted_key(key)
    except NotationError as fault:
        reader.complain(fault.message)
    if (nested := reader.first_unknown_table()) is not None:
        kind = reader.position.path[0]
        reader.complain(f'the key is not in quotes: write [{kind}."{key}.{nested}"]', nested)
    else:
        reader.finish()


def _purposes(reader: TableReader) -> tuple[tuple[str, tuple[UseKey, ...]], ...]:
    return tuple((purpose, tuple(UseKey(use) for use in reader.references(purpose, "use"))) for purpose in reader)
