"""SQLAlchemy, and what is made of it: SQLModel, Flask-SQLAlchemy.

Models are classes; ``Model.column`` is an expression, and a statement knows what its conditions prove of its rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import read, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ClassAtom, FunctionAtom
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.frameworks import sqlalchemy_expressions as expressions
from datause_lint.analysis.frameworks.sqlalchemy_answers import Answer
from datause_lint.analysis.frameworks.sqlalchemy_calls import computed, sql_function
from datause_lint.analysis.frameworks.sqlalchemy_models import (
    backref,
    base_behind,
    foreign_key,
    is_mapped,
    is_of_mapping,
    is_single,
    models_mentioning,
    models_named,
    related,
    relationship,
    target_of,
)
from datause_lint.analysis.frameworks.sqlalchemy_queries import ALIAS, QUERY, ROWS, TABLE
from datause_lint.analysis.frameworks.sqlalchemy_results import new_session, session_by_argument
from datause_lint.analysis.frameworks.sqlalchemy_statements import query_of
from datause_lint.analysis.frameworks.sqlalchemy_tables import (
    FUNCTIONS,
    MODULES,
    OF_EXPRESSION,
    OF_RESULT,
    OF_SESSION,
    OF_STATEMENT,
    RESULT,
    RESULTS,
    SCALAR_RESULT,
    SESSIONS,
    STATEMENTS,
)
from datause_lint.analysis.many import many
from datause_lint.analysis.models.registry import Model
from datause_lint.analysis.objects import ELEMENT, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Types
from datause_lint.analysis.values import Value, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

COLLECTION: Final = "sqlalchemy.ColumnCollection()"  # ``table.c``
# Of a model's class: what is no column.
OF_CLASS: Final = frozenset(
    [
        "metadata",
        "registry",
        "query_class",
        "copy",
        "json",
        "dict",
        "parse_obj",
        "parse_raw",
        "from_orm",
        "validate",
        "construct",
    ]
)


class SqlAlchemy(Framework):
    def __init__(self) -> None:
        self._mapped: dict[ClassId, bool] = {}

    def model_of(self, path: str) -> Model | None:
        return _model_of(path)

    def never_decorates(self, path: str) -> bool:
        return _model_of(path) is not None or is_of_mapping(path)

    def method_of(self, name: str) -> Model | None:
        return session_by_argument if name in OF_SESSION else None

    # ── classes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def class_attribute(self, frame: Frame, state: State, cls: ClassId, name: str, span: Span) -> Value | None:
        if name.startswith("__") or not is_mapped(frame.world, cls):
            return None
        if name == "query":
            return query_of(frame, state, cls, span)
        if name in OF_CLASS or name.startswith("model_"):
            return None
        member = frame.world.class_attribute(cls, name)
        functions = [atom for atom in member[0].atoms if isinstance(atom, FunctionAtom)] if member is not None else []
        if functions:
            return self._hybrid(frame, state, cls, functions, span)
        return expressions.column(frame, state, frame.world.objects.class_object(cls), name)

    def _hybrid(
        self, frame: Frame, state: State, cls: ClassId, functions: list[FunctionAtom], span: Span
    ) -> Value | None:
        """A hybrid property is an expression on the class."""
        hybrids = [
            each
            for each in functions
            if any(
                "hybrid_property" in (mark.api or "") or ".expression" in (mark.api or "")
                for mark in frame.world.marks_of(each.function)
            )
        ]
        if not hybrids:
            return None
        value, _ = call_values(frame, state, of(*hybrids[-1:]), Arguments([of(ClassAtom(cls))]), span)
        return value

    def instance_attribute(
        self, frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span
    ) -> Value | None:
        if stored_value(frame, state, obj, ALIAS) is not None:
            return expressions.column(frame, state, obj, name)
        return None

    def outer_attribute(self, frame: Frame, state: State, obj: Obj, path: str, name: str, span: Span) -> Value | None:
        """``table.c.column``, also of a subquery."""
        if obj.api == COLLECTION:
            table = read(frame, state, of(obj), "@table").only_object()
            return expressions.column(frame, state, table, name) if table is not None else None
        if name in ("c", "columns") and (obj.api == TABLE or stored_value(frame, state, obj, ROWS) is not None):
            made = frame.world.objects.external(f"columns of {obj.key}", ApiPath(COLLECTION))
            state.heap[made] = {"@table": of(obj)}
            return of(made)
        return None

    # ── relations ─────────────────────────────────────────────────────────────────────────────────────────────────

    def reverse_relation(self, frame: Frame, cls: ClassId, name: str) -> Types:
        """``relationship("Note")`` without an annotation, and the other side of a ``backref``."""
        made = relationship(frame, cls, name)
        if made is not None:
            target = target_of(frame, made, cls)
            return related(target, is_single(frame, made, cls, target)) if target is not None else ()
        return self._by_backref(frame, cls, name)

    def _by_backref(self, frame: Frame, cls: ClassId, name: str) -> Types:
        if not is_mapped(frame.world, cls):
            return ()
        for other in models_mentioning(frame.world, "backref"):
            for key in frame.world.shared.keys(frame.world.objects.class_object(other)):
                made = relationship(frame, other, key[1:]) if key.startswith(".") else None
                if (
                    made is not None
                    and backref(frame, made, "backref") == name
                    and target_of(frame, made, other) == cls
                ):
                    return related(other, not is_single(frame, made, other, cls))
        return ()

    def inverse_of(self, frame: Frame, person: str, many: str) -> str | None:
        made = relationship(frame, ClassId(person), many)
        if made is None:
            return None
        return backref(frame, made, "back_populates") or backref(frame, made, "backref")

    def is_foreign_key(self, frame: Frame, record: str, column: str, target: str) -> bool:
        return foreign_key(frame, ClassId(record), ClassId(target)) == column

    def base_behind(self, world: World, cls: ClassId) -> ApiPath | None:
        return base_behind(world, cls)

    def model_named(self, world: World, name: str, near: ClassId) -> ClassId | None:
        if not is_mapped(world, near):
            return None
        last = name.rpartition(".")[2]
        found = models_named(world, last)
        close = [cls for cls in found if world.module_of(cls) == world.module_of(near)]
        return next(iter(close or found), None)

    # ── operators ─────────────────────────────────────────────────────────────────────────────────────────────────

    def iterate(self, frame: Frame, state: State, source: Value, span: Span) -> Value | None:
        """A query that is iterated runs."""
        if any(obj.api in (RESULT, SCALAR_RESULT) for obj in source.objects()):
            many(state, read(frame, state, source, ELEMENT))
            return None
        if not any(obj.api == QUERY for obj in source.objects()):
            return None
        answer = Answer(frame, state, source, frame.site(span), span)
        made = frame.world.objects.new(frame.site(span) + "~rows", api=ApiPath("builtins.list"))
        state.allocate(made)
        state.store(made, ELEMENT, many(state, answer.entities))
        return of(made)

    def compare(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        return expressions.compare(frame, state, operator, left, right, span)

    def binary(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        return expressions.binary(frame, state, operator, left, right, span)

    def unary(self, frame: Frame, state: State, operator: str, operand: Value, span: Span) -> Value | None:
        return expressions.unary(frame, state, operator, operand, span)


def _model_of(path: str) -> Model | None:
    """The model of a call by its path: what stands before the last dot tells the kind of receiver."""
    head, _, name = path.rpartition(".")
    if head.partition(".")[0] not in MODULES:
        return None
    if head in (expressions.COLUMN, expressions.CONDITION):
        return OF_EXPRESSION.get(name, computed)
    if ".func" in path:
        return sql_function
    if head.endswith("sessionmaker()") and name == "begin":
        return new_session
    if head.endswith(SESSIONS) and name in OF_SESSION:
        return OF_SESSION[name]
    if head.endswith(STATEMENTS):
        return OF_STATEMENT.get(name)
    if head.endswith(RESULTS):
        return OF_RESULT.get(name)
    return FUNCTIONS.get(name) if "()" not in head or head.endswith("SQLAlchemy()") else None
