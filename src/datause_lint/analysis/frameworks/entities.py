"""Rows of Pony, whose classes are asked themselves, of ODMantic, whose engine is asked with a class, and of Odoo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.atoms import ApiAtom, Atom, ClassAtom
from datause_lint.analysis.many import many
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import NONE, Value, join, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

ENTITY: Final = "pony.orm.Entity"
ENTITIES: Final = frozenset({"pony.orm.Database().Entity", "pony.orm.core.Database().Entity"})
ONE: Final = frozenset({"get", "get_for_update", "get_by_sql"})
SEVERAL: Final = frozenset({"select", "select_by_sql", "select_random"})
SELECTING: Final = frozenset({"pony.orm.select", "pony.orm.core.select", "pony.orm.left_join"})
FIRST: Final = frozenset({"pony.orm.get", "pony.orm.core.get"})
QUERY: Final = "pony.orm.Query()"
NARROWING: Final = frozenset("filter where order_by sort_by limit page without_distinct prefetch for_update".split())
ENGINES: Final = ("odmantic.AIOEngine()", "odmantic.SyncEngine()", "odmantic.session.AIOSession()")
RECORDS: Final = ApiPath("odoo.Records")
ODOO: Final = frozenset({*(f"odoo.models.{kind}Model" for kind in ("", "Transient", "Abstract"))})


class Entities(Framework):
    def model_of(self, path: str) -> Model | None:
        head, _, name = path.rpartition(".")
        if head == ENTITY:
            return _one if name in ONE else _several
        if path in SELECTING or path in FIRST:
            return _selected
        if head == QUERY:
            return _of_query if name in NARROWING or name in ("first", "get") else None
        if head.startswith("odmantic.") and head.endswith(ENGINES):
            return {"find_one": _found_one, "find": _found}.get(name)
        return None

    def never_decorates(self, path: str) -> bool:
        """``engine.find(Person)``."""
        return path.startswith("odmantic.")

    def class_attribute(self, frame: Frame, state: State, cls: ClassId, name: str, span: Span) -> Value | None:
        if name not in ONE | SEVERAL or not _is_entity(frame.world, cls):
            return None
        return of(ApiAtom(ApiPath(f"{ENTITY}.{name}"), frame.world.objects.class_object(cls)))

    def reverse_relation(self, frame: Frame, cls: ClassId, name: str) -> Types:
        """``order.partner_id``, ``order.line_ids``: by the custom of Odoo, rows of another model."""
        is_relation = name.endswith(("_id", "_ids")) and not ODOO.isdisjoint(frame.world.outer_bases(cls))
        return (Type(None, RECORDS),) if is_relation else ()

    def outer_attribute_types(self, world: World, api: ApiPath, name: str) -> Types:
        return (Type(None, RECORDS),) if api == RECORDS and name.endswith(("_id", "_ids")) else ()

    def element_types(self, frame: Frame, state: State, collection: Obj) -> Types:
        """``for order in self``: rows of Odoo are of the class that one of them is."""
        kinds = types_of(frame, state, collection)
        return tuple(
            kind
            for kind in kinds
            if kind.api == RECORDS or (kind.cls is not None and not ODOO.isdisjoint(frame.world.outer_bases(kind.cls)))
        )

    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        """``Person[1]``."""
        classes = [cls for cls in _classes(base) if _is_entity(frame.world, cls)]
        return of(*(_row(frame, state, cls, span) for cls in classes)) if classes else None

    def iterate(self, frame: Frame, state: State, source: Value, span: Span) -> Value | None:
        """``for person in Person``, in what ``select()`` is given."""
        classes = [cls for cls in _classes(source) if _is_entity(frame.world, cls)]
        if not classes:
            return None
        made = frame.world.objects.external(f"{frame.site(span)}~all", ApiPath(QUERY))
        state.allocate(made)
        state.store(made, ELEMENT, many(state, of(*(_row(frame, state, cls, span) for cls in classes))))
        return of(made)


def _classes(value: Value) -> list[ClassId]:
    return [each for atom in value.atoms if (each := _class_in(atom)) is not None]


def _class_in(atom: Atom) -> ClassId | None:
    if isinstance(atom, ClassAtom):
        return atom.cls
    return ClassId(atom.key) if type(atom) is Obj and atom.kind is Kind.CLASS else None


def _is_entity(world: World, cls: ClassId) -> bool:
    return not ENTITIES.isdisjoint(world.outer_bases(cls))


def _row(frame: Frame, state: State, cls: ClassId, span: Span) -> Obj:
    made = frame.world.objects.external(frame.site(span), None, cls)
    state.allocate(made)
    frame.world.places[made] = frame.location(span)
    return made


def _rows(call: ModelCall, given: Value) -> Value:
    return of(*(call.external(cls=cls, part=f"~{number}") for number, cls in enumerate(_classes(given))))


def _query(call: ModelCall, rows: Value) -> Value:
    made = call.external(QUERY, part="~query")
    return of(made) if not rows.atoms else _filled(call, made, rows)


def _filled(call: ModelCall, made: Obj, rows: Value) -> Value:
    call.state.store(made, ELEMENT, rows)
    return of(made)


def _one(call: ModelCall) -> Value:
    """``Person.get(email=x)``."""
    return join(_rows(call, call.receiver), NONE)


def _several(call: ModelCall) -> Value:
    """``Person.select(lambda p: p.age > 3)``."""
    return _query(call, many(call.state, _rows(call, call.receiver)))


def _selected(call: ModelCall) -> Value:
    """``select(p for p in Person if p.age > 3)``, and ``get()`` of one."""
    rows = call.elements(call.argument(0))
    return _query(call, rows) if call.path in SELECTING else join(rows, NONE)


def _of_query(call: ModelCall) -> Value:
    if call.path.rpartition(".")[2] in NARROWING:
        return call.receiver
    return join(call.elements(call.receiver), NONE)


def _found_one(call: ModelCall) -> Value:
    """``engine.find_one(Person, Person.age > 3)``."""
    return join(_rows(call, call.argument(0, "model")), NONE)


def _found(call: ModelCall) -> Value:
    return _query(call, many(call.state, _rows(call, call.argument(0, "model"))))
