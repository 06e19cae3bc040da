"""Rows of files: CSV, spreadsheets, lines of JSON. What a row holds is data by the names of its columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from datause_lint.analysis.access import (
    LIST,
    read,
)
from datause_lint.analysis.adding import (
    add_opaque,
)
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.frameworks.dataframes.frames import column_names
from datause_lint.analysis.many import many
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, OPAQUE
from datause_lint.analysis.sql import Selection
from datause_lint.analysis.tables import TABLE_ROW, make_row, named_columns
from datause_lint.analysis.values import NONE, Value, of
from datause_lint.analysis.wiring import Framework

MODELS: dict[str, Model] = {}
TARGET: Final = "@target"  # of a writer: the file that it writes into


class Spreadsheets(Framework):
    def model_of(self, path: str) -> Model | None:
        return MODELS.get(path)


def model(*paths: str) -> Callable[[Model], Model]:
    def register(function: Model) -> Model:
        for path in paths:
            MODELS[path] = function
        return function

    return register


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


@model(
    "csv.DictReader",
    "unicodecsv.DictReader",
    "aiocsv.AsyncDictReader",
    "petl.dicts",
    "jsonlines.Reader",
    "jsonlines.open",
    "csvkit.DictReader",
    "dbf.Table",
)
def dict_reader(call: ModelCall) -> Value:
    """Rows whose columns have names: those that the call states, or the file."""
    names = (
        call.optional(1, "fieldnames")
        if "Reader" in call.path and call.path.startswith(("csv", "unicodecsv", "aiocsv"))
        else None
    )
    known = column_names(call.frame, call.state, names) if names is not None else None
    row = make_row(call, Selection(named_columns(known or ()), whole=known is None))
    return _reader(call, row_value=of(row))


@model("csv.reader", "unicodecsv.reader", "aiocsv.AsyncReader")
def plain_reader(call: ModelCall) -> Value:
    """Rows whose columns have numbers: nothing tells what is in them, but the file."""
    return _reader(call, row_value=of(call.external(TABLE_ROW, part="~row")))


def _reader(call: ModelCall, row_value: Value) -> Value:
    content = data_of(call.frame, call.state, call.argument(0))
    for row in row_value.objects():
        if content.atoms:
            call.state.store(row, OPAQUE, content)
    made = call.external(f"{call.path}()", part="~reader")
    call.state.store(made, ELEMENT, many(call.state, row_value))
    return of(made)


@model("csv.DictReader().__next__", "csv.reader().__next__")
def next_row(call: ModelCall) -> Value:
    return call.one_of(call.read(call.receiver, ELEMENT), call.receiver)


@model(
    "openpyxl.worksheet.worksheet.Worksheet().iter_rows", "openpyxl.worksheet.worksheet.Worksheet().values",
    "gspread.Worksheet().get_all_records", "gspread.Worksheet().get_all_values", "xlrd.sheet.Sheet().get_rows",
)  # fmt: skip
def sheet_rows(call: ModelCall) -> Value:
    row = call.external(TABLE_ROW, part="~row")
    content = data_of(call.frame, call.state, call.receiver)
    if content.atoms:
        call.state.store(row, OPAQUE, content)
    return call.container(LIST, many(call.state, of(row)), "~rows")


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────


@model(
    "csv.writer",
    "csv.DictWriter",
    "unicodecsv.writer",
    "unicodecsv.DictWriter",
    "aiocsv.AsyncWriter",
    "aiocsv.AsyncDictWriter",
    "jsonlines.Writer",
)
def writer(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()", part="~writer")
    call.state.store(made, TARGET, call.argument(0, "f"))
    return of(made)


WRITERS: Final = (
    "csv.writer()",
    "csv.DictWriter()",
    "unicodecsv.writer()",
    "unicodecsv.DictWriter()",
    "aiocsv.AsyncWriter()",
    "aiocsv.AsyncDictWriter()",
    "jsonlines.Writer()",
)


@model(*(f"{kind}.{name}" for kind in WRITERS for name in ("writerow", "writerows", "write", "write_all")))
def write_row(call: ModelCall) -> Value:
    """What is written stands in the file."""
    data = call.data(*call.arguments.all())
    add_opaque(call.frame, call.state, read(call.frame, call.state, call.receiver, TARGET), data)
    add_opaque(call.frame, call.state, call.receiver, data)
    return NONE
