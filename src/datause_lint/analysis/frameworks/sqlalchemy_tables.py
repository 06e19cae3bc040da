"""The tables of the models of SQLAlchemy's calls, by the kind of receiver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from datause_lint.analysis.models.registry import Model

RESULT: Final = "sqlalchemy.engine.Result()"
SCALAR_RESULT: Final = "sqlalchemy.engine.ScalarResult()"
MODULES: Final = ("sqlalchemy", "flask_sqlalchemy", "sqlmodel")
SESSIONS: Final = (
    "Session()", "AsyncSession()", "Connection()", "AsyncConnection()", "scoped_session()", ".session",
    "sessionmaker()()", ".connect()", ".begin()",
)  # fmt: skip
STATEMENTS: Final = (
    "Select()",
    "Query()",
    ".select()",
    "SelectOfScalar()",
    "BaseQuery()",
    "sqlalchemy.delete()",
    "sqlalchemy.update()",
)
RESULTS: Final = (
    "Result()", "ScalarResult()", "MappingResult()", "TupleResult()", "CursorResult()", "ChunkedIteratorResult()",
)  # fmt: skip
# Functions of SQL whose result says nothing of the single row.
AGGREGATES: Final = frozenset(
    [
        "count",
        "sum",
        "avg",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "variance",
        "var_pop",
        "now",
        "current_timestamp",
        "current_date",
        "random",
        "row_number",
        "rank",
        "dense_rank",
        "length",
        "char_length",
        "date_trunc",
        "extract",
    ]
)

Table = dict[str, Model]
FUNCTIONS: Table = {}
OF_EXPRESSION: Table = {}
OF_STATEMENT: Table = {}
OF_SESSION: Table = {}
OF_RESULT: Table = {}


def of_kind(table: Table, *names: str) -> Callable[[Model], Model]:
    def register(model: Model) -> Model:
        for name in names:
            table[name] = model
        return model

    return register
