"""Managers of models, and what stands for the records that they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.atoms import BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.frame import Frame, carried_by
from datause_lint.analysis.frameworks.django.conditions import FROM, NOTE, Query
from datause_lint.analysis.frameworks.django.rows import remembered
from datause_lint.analysis.frameworks.django.schema import Target, atom_of, target_of, type_of
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Types, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value, carrying, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World


QUERYSET: Final = "django.db.models.query.QuerySet()"
MANAGER: Final = "django.db.models.Manager()"
MODEL: Final = "@model"  # of a manager: whose records it gives

MANAGERS: Final = frozenset(
    "Manager BaseManager UserManager BaseUserManager RelatedManager ManyRelatedManager InheritanceManager "
    "PolymorphicManager SoftDeletableManager QueryManager".split()
)
QUERYSETS: Final = frozenset(
    "QuerySet RawQuerySet ValuesQuerySet InheritanceQuerySet PolymorphicQuerySet TreeQuerySet".split()
)
DEFAULT_MANAGERS: Final = frozenset({"objects", "_default_manager", "_base_manager"})

# What other mappers call it. Their conditions are expressions, of which nothing is known: any row may fulfil them.
CALLED_ELSEWHERE: Final = {
    **dict.fromkeys(("select", "where", "find", "find_all", "find_many", "to_list", "sort", "limit", "offset"), "all"),
    **dict.fromkeys(("find_one", "first_or_none"), "first"),
}

# Aggregates that are numbers; what they are made from says nothing of a person.
NUMBERS: Final = frozenset("Count Sum Avg StdDev Variance Exists Q Length Now Rank RowNumber Random".split())

Method = Callable[[ModelCall], Value]
METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    """Registers a method of managers and query sets, with its asynchronous twin."""

    def register(function: Method) -> Method:
        for name in names:
            METHODS[name] = METHODS[f"a{name}"] = _keeping_facts(function)
        return function

    return register


def _keeping_facts(function: Method) -> Method:
    """What a manager carries, of the person whose it is, its records carry too."""

    def model(call: ModelCall) -> Value:
        result = function(call)
        return result if result is UNMODELLED else carrying(result, carried_by(call.receiver))

    return model


# ── classes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def is_queryset_class(world: World, cls: ClassId) -> bool:
    return any(_named(base, QUERYSETS) for base in world.outer_bases(cls))


def is_manager_class(world: World, cls: ClassId) -> bool:
    return any(_named(base, MANAGERS) for base in world.outer_bases(cls))


def _named(path: str, names: frozenset[str]) -> bool:
    return last_name(path) in names and not path.startswith(("sqlalchemy.", "mongoengine.", "peewee.", "tortoise."))


def is_collection(frame: Frame, state: State, obj: Obj) -> bool:
    """Whether the object is a manager or a query set."""
    for kind in types_of(frame, state, obj):
        if kind.cls is not None and (
            is_queryset_class(frame.world, kind.cls) or is_manager_class(frame.world, kind.cls)
        ):
            return True
        if kind.api is not None and kind.api.startswith("django.") and last_name(kind.api) in MANAGERS | QUERYSETS:
            return True
    return False


def model_for(path: str) -> Model | None:
    """The model of ``….QuerySet().filter``, ``….Manager().get``, ``Patient.objects(age=3)``."""
    if path in (MANAGER, QUERYSET):
        return METHODS["filter"]
    holder, _, name = path.rpartition(".")
    name = CALLED_ELSEWHERE.get(name, name)
    if not path.startswith("django.") or name not in METHODS:
        return None
    owner = last_name(holder.removesuffix("()"))
    if holder.endswith("()") and owner in MANAGERS | QUERYSETS:
        return METHODS[name]
    if owner in DEFAULT_MANAGERS:
        return METHODS[name]
    return None


def queryset_class(frame: Frame, state: State, obj: Obj) -> ClassId | None:
    """The program's class of the query sets that a manager or query set gives."""
    world = frame.world
    for kind in types_of(frame, state, obj):
        for each in world.hierarchy(kind.cls) if kind.cls is not None else ():
            if is_queryset_class(world, each) and not is_manager_class(world, each):
                return each
    return None


# ── managers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def manager_of(frame: Frame, state: State, model: Target, name: str, span: Span) -> Value | None:
    """``Model.objects`` and the like: a manager of the model's records."""
    world = frame.world
    stated = world.class_attribute(ClassId(model), name) if ":" in model else None
    cls: ClassId | None = None
    if stated is not None:
        kinds = [_manager_class(world, obj) for obj in stated[0].objects()]
        if not kinds or kinds[0] is None:
            return None
        cls = ClassId(kinds[0]) if kinds[0] else None
    elif name not in DEFAULT_MANAGERS:
        return None
    elif ":" in model and name != "objects":
        cls = _default_manager_class(world, ClassId(model))
    return of(make_manager(frame, state, model, cls, f"{frame.site(span)}~{name}", span))


def _manager_class(world: World, obj: Obj) -> ClassId | str | None:
    """The program's class of what a class body calls its manager; empty for one of Django's, None for no manager."""
    if obj.cls is not None:
        return obj.cls if is_manager_class(world, obj.cls) or is_queryset_class(world, obj.cls) else None
    api = (obj.api or "").removesuffix("()")
    return (
        ""
        if last_name(api) in MANAGERS | QUERYSETS and api.startswith(("django.", "model_utils.", "polymorphic."))
        else None
    )


def _default_manager_class(world: World, model: ClassId) -> ClassId | None:
    for each in world.hierarchy(model):
        holder = world.objects.class_object(each)
        for key in world.shared.keys(holder):
            value = world.shared.read(holder, key) if key.startswith(".") else None
            for obj in value.objects() if value is not None else ():
                kind = _manager_class(world, obj)
                if kind is not None:
                    return ClassId(kind) if kind else None
    return None


def make_manager(frame: Frame, state: State, model: Target, cls: ClassId | None, site: str, span: Span) -> Obj:
    world = frame.world
    made = world.objects.external(f"{site}~{model}", ApiPath(MANAGER), cls)
    world.shared.announce(made)  # it stands for the table: the same in every frame
    world.places.setdefault(made, frame.location(span))
    for key in (MODEL, attribute("model")):
        world.shared.write(made, key, of(atom_of(model)))
    world.shared.write(made, ELEMENT, of(made.child(ELEMENT)))
    return made


def related_manager(world: World, model: ClassId) -> ClassId | None:
    return _default_manager_class(world, model)


# ── elements ──────────────────────────────────────────────────────────────────────────────────────────────────────


def sources_of(call: ModelCall) -> list[Obj]:
    """The query sets that a method works on: for a manager with a get_queryset of its own, what that gives."""
    found: dict[Obj, None] = {}
    receivers = call.receiver.objects() or [made for made in (_outer_manager(call),) if made is not None]
    for obj in receivers:
        own = _own_queryset(call, obj)
        given = call.call(own).objects() if own is not None else []
        found.update(dict.fromkeys(given or [obj]))
    return list(found)


def _outer_manager(call: ModelCall) -> Obj | None:
    """Of ``django.contrib.auth.models.Group.objects.filter``."""
    holder = call.path.rpartition(".")[0]
    if last_name(holder) not in DEFAULT_MANAGERS:
        return None
    model = ApiPath(holder.rpartition(".")[0])
    return make_manager(call.frame, call.state, model, None, call.site("~objects"), call.span)


def _own_queryset(call: ModelCall, obj: Obj) -> Value | None:
    world = call.frame.world
    if last_name(call.path) == "get_queryset":
        return None
    for kind in types_of(call.frame, call.state, obj):
        if kind.cls is None or not is_manager_class(world, kind.cls):
            continue
        stated = world.class_attribute(kind.cls, "get_queryset")
        functions = [atom for atom in stated[0].atoms if isinstance(atom, FunctionAtom)] if stated is not None else []
        if functions:
            return of(*(BoundAtom(each.function, each.environment, obj) for each in functions))
    return None


def elements_of(frame: Frame, state: State, obj: Obj) -> Value:
    """What stands for the records of a manager or query set."""
    stored = stored_value(frame, state, obj, ELEMENT)
    if stored is not None:
        return stored
    if obj.symbolic or stored_value(frame, state, obj, MODEL) is not None:
        return of(obj.child(ELEMENT))
    for key in ("@argument0", "@argument:model"):  # QuerySet(self.model)
        model = stored_value(frame, state, obj, key)
        for each in model.objects() if model is not None else ():
            if each.base is not None and each.key == attribute("model"):
                return of(each.base.child(ELEMENT))
    return of(obj.child(ELEMENT))


def element_types(frame: Frame, state: State, collection: Obj) -> Types:
    model = stated_model(frame, state, collection)
    return (type_of(model),) if model is not None else ()


def stated_model(frame: Frame, state: State, collection: Obj) -> Target | None:
    for key in (MODEL, "@argument0", "@argument:model"):
        stated = stored_value(frame, state, collection, key)
        for atom in stated.atoms if stated is not None else ():
            target = target_of(atom)
            if target is not None and (key == MODEL or isinstance(atom, ClassAtom)):
                return target
    return None


def model_of(frame: Frame, state: State, query: Obj) -> Target | None:
    """The model whose records a query gives."""
    for obj in elements_of(frame, state, query).objects():
        for kind in types_of(frame, state, obj):
            if kind.cls is not None:
                return kind.cls
            if kind.api is not None and kind.api.startswith("django."):
                return kind.api
    return None


def derived(call: ModelCall, sources: Iterable[Obj], elements: Value, part: str = "") -> Obj:
    """A query set made from others."""
    frame, state = call.frame, call.state
    sources = list(sources)
    classes = [queryset_class(frame, state, each) for each in sources]
    made = call.external(QUERYSET, classes[0] if classes else None, part)
    state.store(made, ELEMENT, elements)
    if len(sources) == 1 and sources[0] is not made:
        state.store(made, FROM, of(sources[0]))
    return made


def query_for(call: ModelCall, source: Obj, element: Obj) -> Query:
    frame, state = call.frame, call.state
    notes = tuple(
        (key.removeprefix(NOTE), value)
        for key, value in remembered(frame, state, source).items()
        if key.startswith(NOTE)
    )
    return Query(frame, state, model_of(frame, state, source), element, frame.location(call.span), notes)
