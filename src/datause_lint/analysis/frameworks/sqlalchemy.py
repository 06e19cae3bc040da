"""SQLAlchemy, and what is made of it: SQLModel, Flask-SQLAlchemy.

Models are classes; ``Model.column`` is an expression, and a statement knows what its conditions prove of its rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import read, stored_value
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.frameworks import sqlalchemy_expressions as expressions
from datause_lint.analysis.frameworks.sqlalchemy_calls import RESULT, SCALAR_RESULT, model_of, query_of, unknown_receiver
from datause_lint.analysis.frameworks.sqlalchemy_queries import ALIAS, QUERY, ROWS, TABLE, Answer, many
from datause_lint.analysis.models.registry import Model
from datause_lint.analysis.objects import ELEMENT, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types, last_name
from datause_lint.analysis.typing_of import class_meant, constructor_argument
from datause_lint.analysis.values import Const, FunctionAtom, Value, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

PACKAGES: Final = ("sqlalchemy.", "flask_sqlalchemy.", "sqlmodel.", "fastapi_users_db_sqlalchemy.", "advanced_alchemy.")
COLLECTION: Final = "sqlalchemy.ColumnCollection()"  # ``table.c``
# Of a model's class: what is no column.
OF_CLASS: Final = frozenset("metadata registry query_class copy json dict parse_obj parse_raw from_orm validate construct".split())


class SqlAlchemy(Framework):
    def __init__(self) -> None:
        self._mapped: dict[ClassId, bool] = {}

    def model_of(self, path: str) -> Model | None:
        return model_of(path)

    def never_decorates(self, path: str) -> bool:
        return model_of(path) is not None

    def method_of(self, name: str) -> Model | None:
        return unknown_receiver(name)

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
            if any("hybrid_property" in (mark.api or "") or ".expression" in (mark.api or "") for mark in frame.world.marks_of(each.function))
        ]
        if not hybrids:
            return None
        owner = frame.world.objects.class_object(cls)
        value, _ = call_values(frame, state, of(*hybrids[-1:]), Arguments([of(owner)]), span)
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
        made = _relationship(frame, cls, name)
        if made is not None:
            target = _target(frame, made, cls)
            return _related(target, _is_single(frame, made, cls, target)) if target is not None else ()
        return self._by_backref(frame, cls, name)

    def _by_backref(self, frame: Frame, cls: ClassId, name: str) -> Types:
        for other in _known_models(frame.world):
            for key in frame.world.shared.keys(frame.world.objects.class_object(other)):
                made = _relationship(frame, other, key[1:]) if key.startswith(".") else None
                if made is not None and _backref(frame, made, "backref") == name and _target(frame, made, other) == cls:
                    return _related(other, not _is_single(frame, made, other, cls))
        return ()

    def inverse_of(self, frame: Frame, person: str, many: str) -> str | None:
        made = _relationship(frame, ClassId(person), many)
        if made is None:
            return None
        return _backref(frame, made, "back_populates") or _backref(frame, made, "backref")

    def model_named(self, world: World, name: str, near: ClassId) -> ClassId | None:
        if not is_mapped(world, near):
            return None
        last = name.rpartition(".")[2]
        found = [cls for cls in _known_models(world) if cls.rpartition(":")[2] == last]
        close = [cls for cls in found if world.module_of(cls) == world.module_of(near)]
        return (close or found or [None])[0]

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


# ── models ────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_mapped(world: World, cls: ClassId) -> bool:
    """Whether the class is a model: by its bases, or by the table that it names."""
    if any(path.startswith(PACKAGES) for path in world.outer_bases(cls)):
        return True
    return world.class_attribute(cls, "__tablename__") is not None or world.class_attribute(cls, "__table__") is not None


def _known_models(world: World) -> list[ClassId]:
    modules = [world.module(name) for name in world.loaded()]
    return [cls for module in modules if module is not None for cls in module.classes if is_mapped(world, cls)]


def _relationship(frame: Frame, cls: ClassId, name: str) -> Obj | None:
    """What ``name = relationship(…)`` made."""
    found = frame.world.class_attribute(cls, name)
    for obj in found[0].objects() if found is not None else ():
        if last_name((obj.api or "").removesuffix("()")).lower() == "relationship":
            return obj
    return None


def _target(frame: Frame, made: Obj, cls: ClassId) -> ClassId | None:
    target = constructor_argument(frame, made, 0, "argument")
    if target is None:
        return None
    for atom in target.atoms:
        if isinstance(atom, FunctionAtom):  # lambda: Note
            summary = frame.world.summarise(atom.function, frame.context)
            target = summary.returns if summary is not None else target
    return class_meant(frame, target, cls)


def _backref(frame: Frame, made: Obj, keyword: str) -> str | None:
    value = frame.world.shared.read(made, f"@argument:{keyword}")
    for obj in value.objects() if value is not None else ():  # backref("owner", lazy="dynamic")
        value = frame.world.shared.read(obj, "@argument0")
    constant = value.constant() if value is not None else None
    return constant.value if constant is not None and isinstance(constant.value, str) else None


def _is_single(frame: Frame, made: Obj, cls: ClassId, target: ClassId | None) -> bool:
    """Whether the relation leads to one: it says so, or the class itself has the foreign key."""
    uselist = frame.world.shared.read(made, "@argument:uselist")
    if uselist is not None and uselist.constant() == Const(False, bool):
        return True
    if frame.world.shared.read(made, "@argument:secondary") is not None or target is None:
        return False
    return bool(_foreign_keys(frame, cls) & _table_names(frame, target))


def _table_names(frame: Frame, cls: ClassId) -> set[str]:
    found = frame.world.class_attribute(cls, "__tablename__")
    constant = found[0].constant() if found is not None else None
    name = cls.rpartition(":")[2].rpartition(".")[2].lower()
    return {str(constant.value)} if constant is not None else {name, name + "s"}


def _foreign_keys(frame: Frame, cls: ClassId) -> set[str]:
    """The tables that the class's columns lead to."""
    world = frame.world
    tables: set[str] = set()
    for each in world.hierarchy(cls):
        holder = world.objects.class_object(each)
        for key in world.shared.keys(holder):
            column = world.shared.read(holder, key) if key.startswith(attribute("")) else None
            for obj in column.objects() if column is not None else ():
                tables.update(_tables_in(frame, obj))
    return tables


def _tables_in(frame: Frame, column: Obj) -> list[str]:
    found: list[str] = []
    for key in frame.world.shared.keys(column):
        value = frame.world.shared.read(column, key) if key.startswith("@argument") else None
        constant = value.constant() if value is not None else None
        if key == "@argument:foreign_key" and constant is not None:  # SQLModel
            found.append(str(constant.value).rpartition(".")[0])
        for inner in value.objects() if value is not None else ():
            if last_name((inner.api or "").removesuffix("()")) == "ForeignKey":
                named = frame.world.shared.read(inner, "@argument0")
                target = named.constant() if named is not None else None
                if target is not None and isinstance(target.value, str):
                    found.append(target.value.rpartition(".")[0])
    return found


def _related(cls: ClassId, single: bool) -> Types:
    kind = Type(cls, None)
    return (kind,) if single else (Type(None, ApiPath("builtins.list"), ((kind,),)),)


