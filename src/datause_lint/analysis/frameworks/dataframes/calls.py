"""Calls of methods of frames: the tables of models, and what these share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from datause_lint.analysis.atoms import ApiAtom, BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.facts import Fact, Truths
from datause_lint.analysis.frameworks.dataframes.frames import (
    Table,
    column_names,
    column_of,
    frames_in,
    make_frame,
    moved_to,
    row_of,
    table_of,
    write_frame,
)
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.values import NONE, Value

FRAME_METHODS: dict[str, Model] = {}
SERIES_METHODS: dict[str, Model] = {}


def frame_method(*names: str) -> Callable[[Model], Model]:
    return _register(FRAME_METHODS, names)


def series_method(*names: str) -> Callable[[Model], Model]:
    return _register(SERIES_METHODS, names)


def _register(table: dict[str, Model], names: tuple[str, ...]) -> Callable[[Model], Model]:
    def register(model: Model) -> Model:
        for name in names:
            table[name] = model
        return model

    return register


def model_for(table: Mapping[str, Model], name: str) -> Model | None:
    return table.get(name)


def receiver_table(call: ModelCall) -> Table:
    return table_of(call.frame, call.state, call.receiver)


def is_set(call: ModelCall, name: str, position: int = -1) -> bool:
    """Whether a keyword is given as a constant that is true."""
    given = call.optional(position, name) if position >= 0 else call.arguments.keywords.get(name)
    constant = given.constant() if given is not None else None
    return constant is not None and bool(constant.value)


def done(call: ModelCall, table: Table, part: str = "~frame") -> Value:
    """The result as a new frame; or, with ``inplace=True``, in the frame itself."""
    if not is_set(call, "inplace"):
        return make_frame(call, table, part)
    for obj in frames_in(call.frame, call.state, call.receiver):
        if len(call.receiver.objects()) == 1:
            write_frame(call.state, obj, table)
    return NONE


def axis_is_columns(call: ModelCall, position: int = -1) -> bool:
    given = call.optional(position, "axis") if position >= 0 else call.arguments.keywords.get("axis")
    constant = given.constant() if given is not None else None
    return constant is not None and constant.value in (1, "columns")


COUNTING: Final = frozenset(
    [
        "mean",
        "sum",
        "count",
        "size",
        "std",
        "var",
        "sem",
        "median",
        "nunique",
        "prod",
        "skew",
        "kurt",
        "kurtosis",
        "corr",
        "cov",
        "any",
        "all",
        "len",
        "n_unique",
        "describe",
    ]
)


def names_in(call: ModelCall, given: Value) -> list[str]:
    """Names that are certain: constants, and lists of constants."""
    found: list[str] = []
    for atom, carried in given.atoms.items():
        names = column_names(call.frame, call.state, Value({atom: carried}))
        found.extend(names or [])
    return found


def is_function(value: Value) -> bool:
    return any(isinstance(atom, (FunctionAtom, BoundAtom, ApiAtom, ClassAtom)) for atom in value.atoms)


def call_on_row(call: ModelCall, table: Table, function: Value) -> Value:
    columns = call.arguments.keywords.get("input_columns")
    names = names_in(call, columns) if columns is not None else []
    if names:
        rows, row = table.rows.objects(), row_of(call, table)
        values = [column_of(call.frame, call.state, table, name, call.span) for name in names]
        return call.maybe(function, *(moved_to(value, rows, row.objects()[0]) for value in values))
    return call.maybe(function, row_of(call, table))


def facts_about_rows(facts: Truths, table: Table) -> Truths:
    """Facts about one row, as facts about each."""
    about = [fact for fact in facts if type(fact) is Fact]
    return frozenset(
        fact._replace(subject=row)
        for fact in about
        if fact.subject is None or fact.subject.key.endswith("~each")
        for row in table.rows.objects()
    )
