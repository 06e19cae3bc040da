"""Managers and query sets: which records they give, and what is proven of these.

A query set is an object whose elements stand for its records. Every query made from another has the same elements, which
carry what its conditions prove of each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import DICT, LIST, TUPLE, data_of, read, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.conditions import (
    COLUMN,
    FROM,
    NATURAL,
    NOTE,
    PLUS,
    Condition,
    Query,
    conditions_of,
    consenting_rows,
    existing_rows,
    holder_of,
    person_path,
    proven,
    related_rows,
    remember,
    remembered,
    simple,
    split,
)
from datause_lint.analysis.frameworks.django.schema import Target, atom_of, schema_of, target_of, type_of
from datause_lint.analysis.guards import consent_of_members, fold
from datause_lint.analysis.loops import moved
from datause_lint.analysis.models.registry import Caller, Model, ModelCall, implying, models
from datause_lint.analysis.objects import ELEMENT, KEY, Kind, Obj, attribute, index
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.types import Types, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import (
    EMPTY,
    NONE,
    NOTHING,
    UNKNOWN_BOOLEAN,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    Fact,
    FunctionAtom,
    Implied,
    Label,
    Same,
    Truth,
    Truths,
    Value,
    carrying,
    join_all,
    of,
)
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

# Aggregates that are numbers; what they are made from says nothing of a person.
NUMBERS: Final = frozenset("Count Sum Avg StdDev Variance Exists Q Length Now Rank RowNumber Random".split())

Method = Callable[[ModelCall], Value]
METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    """Registers a method of managers and query sets, with its asynchronous twin."""

    def register(function: Method) -> Method:
        for name in names:
            METHODS[name] = METHODS[f"a{name}"] = function
        return function

    return register


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
        if kind.cls is not None and (is_queryset_class(frame.world, kind.cls) or is_manager_class(frame.world, kind.cls)):
            return True
        if kind.api is not None and kind.api.startswith("django.") and last_name(kind.api) in MANAGERS | QUERYSETS:
            return True
    return False


def model_for(path: str) -> Model | None:
    """The model of ``….QuerySet().filter``, ``….Manager().get``, ``….User.objects.first``."""
    holder, _, name = path.rpartition(".")
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
    return "" if last_name(api) in MANAGERS | QUERYSETS and api.startswith(("django.", "model_utils.", "polymorphic.")) else None


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


# ── queries ───────────────────────────────────────────────────────────────────────────────────────────────────────


@method(
    "all", "order_by", "distinct", "select_related", "prefetch_related", "only", "defer", "using", "reverse", "iterator",
    "select_for_update", "none", "db_manager", "get_queryset", "_clone", "_chain", "select_subclasses", "non_polymorphic",
    "fetch_mode",
)  # fmt: skip
def same(call: ModelCall) -> Value:
    return _narrowed(call, Condition("and"))


@method("filter", "complex_filter")
def filter_(call: ModelCall) -> Value:
    return _narrowed(call, conditions_of(call.frame, call.state, call.arguments))


@method("exclude")
def exclude(call: ModelCall) -> Value:
    return _narrowed(call, Condition("not", (conditions_of(call.frame, call.state, call.arguments),)))


def _narrowed(call: ModelCall, condition: Condition) -> Value:
    """The query with one more condition: its elements carry what that proves."""
    sources = sources_of(call)
    narrowed: dict[Atom, Truths] = {}
    for source in sources:
        found = elements_of(call.frame, call.state, source)
        related = holder_of(call.frame, call.state, source)
        for atom, carried in found.atoms.items():
            if type(atom) is Obj:
                query = query_for(call, source, atom)
                carried = carried | proven(query, condition) | related_rows(query, condition)
                if related is not None:
                    carried |= {Same(atom.child(attribute(related[0])), related[1])}
            narrowed[atom] = narrowed[atom] & carried if atom in narrowed else carried
    made = derived(call, sources, Value(narrowed))
    remember(call.state, made, condition)
    return _as_rows(call, made)


def _as_rows(call: ModelCall, made: Obj) -> Value:
    """Of rows that are consents: each proves it of its person, and that there is one proves it of whom it is asked for."""
    conditions = remembered(call.frame, call.state, made)
    elements = elements_of(call.frame, call.state, made)
    atoms = dict(elements.atoms)
    true: set[object] = set()
    for atom, carried in elements.atoms.items():
        if type(atom) is Obj:
            query = query_for(call, made, atom)
            atoms[atom] = carried | consenting_rows(query, conditions)
            true |= existing_rows(query, conditions)
    call.state.store(made, ELEMENT, Value(atoms))
    return Value({made: NOTHING}, Implied(true=frozenset(true)) if true else Implied())  # type: ignore[arg-type]


def _exist(call: ModelCall, sources: Iterable[Obj]) -> Truths:
    found: Truths | None = None
    for source in sources:
        conditions = remembered(call.frame, call.state, source)
        for atom in elements_of(call.frame, call.state, source).objects():
            rows = existing_rows(query_for(call, source, atom), conditions)
            found = rows if found is None else found & rows
    return found or NOTHING


@method("exists")
def exists(call: ModelCall) -> Value:
    return implying(_exist(call, sources_of(call)))


@method("count")
def count(call: ModelCall) -> Value:
    """A number; that it is not zero says that there are rows."""
    rows = _exist(call, sources_of(call))
    return Value({call.external("builtins.int()"): NOTHING}, Implied(true=rows)) if rows else EMPTY


@method("contains")
def contains(call: ModelCall) -> Value:
    people = key_objects(call.argument(0, "obj"))
    if not people:
        return UNKNOWN_BOOLEAN
    members = [consent_of_members(call.frame, call.state, people[0], of(each)) for each in sources_of(call)]
    return implying(frozenset.intersection(*members) if members else NOTHING)


@method("union", "difference", "intersection", "__or__", "__and__", "__xor__")
def combined(call: ModelCall) -> Value:
    """The elements of all: what only one of them proves is proven of none."""
    return combine(call, last_name(call.path), [call.receiver, *call.arguments.positional])


def combine(call: ModelCall, name: str, parts: list[Value]) -> Value:
    sources: list[list[Obj]] = []
    for part in parts:
        inner = ModelCall(call.frame, call.state, QUERYSET + ".all", part, Arguments(), call.span, call.caller)
        sources.append(sources_of(inner))
    made = call.external(QUERYSET)
    element = made.child(ELEMENT)
    facts = [
        _about(call, source, element) for each in sources for source in each if is_collection(call.frame, call.state, source)
    ]
    models = [model_of(call.frame, call.state, source) for each in sources for source in each]
    if any(word in name for word in ("intersection", "__and__", "difference")) and facts:
        proven_of_all = facts[0] if "difference" in name else frozenset().union(*facts)
    else:
        proven_of_all = _shared(facts)
    if models and models[0] is not None:
        call.state.store(made, MODEL, of(atom_of(models[0])))
    call.state.store(made, ELEMENT, Value({element: proven_of_all}))
    return of(made)


def _shared(sets: list[Truths]) -> Truths:
    """What all of them prove, wherever each does."""

    def meaning(truth: Truth) -> object:
        return (truth.guard, truth.uses, truth.subject, truth.organisation) if type(truth) is Fact else truth

    if not sets:
        return NOTHING
    others = [frozenset(meaning(truth) for truth in facts) for facts in sets[1:]]
    return frozenset(truth for truth in sets[0] if all(meaning(truth) in other for other in others))


def _about(call: ModelCall, source: Obj, element: Obj) -> Truths:
    """What a query proves of its elements, as if they were the given one."""
    found: Truths | None = None
    for atom, carried in elements_of(call.frame, call.state, source).atoms.items():
        facts = frozenset(moved(truth, atom, element) for truth in carried) if type(atom) is Obj else carried
        found = facts if found is None else found & facts
    return found or NOTHING


@method("annotate", "alias", "extra")
def annotate(call: ModelCall) -> Value:
    """Names for expressions: ones that show a field carry its data."""
    made = _narrowed(call, Condition("and"))
    query = made.only_object()
    if query is None:
        return made
    for name, expression in call.arguments.keywords.items():
        call.state.store(query, NOTE + name, expression)
        for element in elements_of(call.frame, call.state, query).objects():
            shown = _shown_by(call, element, expression, 0)
            if shown.atoms:
                call.state.store(element, attribute(name), shown)
    return made


def _shown_by(call: ModelCall, element: Obj, expression: Value, depth: int) -> Value:
    """The data of the fields that an expression of SQL is made from."""
    parts: list[Value] = []
    for obj in expression.objects() if depth < 6 else ():
        name = last_name((obj.api or "").removesuffix("()"))
        if name in NUMBERS or not (obj.api or "").startswith("django."):
            continue
        fields = call.state.heap.get(obj, {})
        for key, value in fields.items():
            if not key.startswith("@argument"):
                continue
            constant = value.constant()
            if constant is not None and isinstance(constant.value, str) and name != "Value":
                parts.append(column(call, element, constant.value))
            else:
                parts.append(_shown_by(call, element, value, depth + 1))
    return call.data(*parts)


# ── records ───────────────────────────────────────────────────────────────────────────────────────────────────────


def single(call: ModelCall, sources: list[Obj], conditions: Condition, part: str = "") -> Value:
    """One record of a query: with what the query proves of it, and whom it was asked for."""
    frame, state = call.frame, call.state
    model = next((each for each in (model_of(frame, state, source) for source in sources) if each is not None), None)
    cls = ClassId(model) if model is not None and ":" in model else None
    made = call.external(f"{model}()" if model is not None and cls is None else None, cls, part)
    facts: Truths | None = None
    known: dict[str, Value] = {}
    for source in sources:
        known = remembered(frame, state, source)
        for atom, carried in elements_of(frame, state, source).atoms.items():
            if type(atom) is not Obj:
                continue
            query = query_for(call, source, made)
            own = frozenset(moved(truth, atom, made) for truth in carried)
            own |= proven(query, conditions) | related_rows(query, conditions)
            facts = own if facts is None else facts & own
            _copy_notes(frame, state, atom, made)
    known = {**known, **dict(simple(conditions))}
    query = Query(frame, state, model, made, frame.location(call.span))
    _identify(call, query, made, known)
    for key, value in known.items():
        state.store(made, key, value)
    return Value({made: (facts or NOTHING) | consenting_rows(query, known)})


def _copy_notes(frame: Frame, state: State, element: Obj, made: Obj) -> None:
    for key, value in state.heap.get(element, {}).items():
        if key.startswith("."):
            state.store(made, key, value)


def _identify(call: ModelCall, query: Query, made: Obj, conditions: dict[str, Value]) -> None:
    """``get(pk=user_id)`` is whom the id stands for; ``get(user=user)`` is a record of the user."""
    for key, value in conditions.items():
        if not key.startswith(PLUS) or not key_objects(value):
            continue
        path, lookup = split(key.removeprefix(PLUS))
        if lookup not in ("exact", "iexact"):
            continue
        person = person_path(query, path)
        if person is made or path[-1] in NATURAL and len(path) == 1:
            call.state.store(made, KEY, value)
        elif person is not None and person.base is made and value.objects() and _is_record(call, value):
            call.state.store(made, person.key, value)


def _is_record(call: ModelCall, value: Value) -> bool:
    """Not an id."""
    only = value.only_object()
    return only is not None and not (only.kind is Kind.FIELD and only.key in (".id", ".pk") or only.key.endswith("_id"))


def there_or_none(call: ModelCall, found: Value, rows: Truths) -> Value:
    objects = found.atoms
    return Value({**objects, **NONE.atoms}, Implied(true=rows, some=rows))


@method("get", "get_by_natural_key", "get_by_id")
def get(call: ModelCall) -> Value:
    """One record: or an error is raised."""
    sources = sources_of(call)
    conditions = conditions_of(call.frame, call.state, call.arguments)
    if last_name(call.path).endswith("natural_key"):
        conditions = Condition("leaf", (), ("username",), "exact", call.argument(0, "username"))
    found = single(call, sources, conditions)
    call.state.learn(_exist_with(call, sources, conditions))
    return found


def _exist_with(call: ModelCall, sources: list[Obj], conditions: Condition) -> Truths:
    """What it proves that there is a record, of the query narrowed by more conditions."""
    found: Truths | None = None
    for source in sources:
        known = {**remembered(call.frame, call.state, source), **dict(simple(conditions))}
        for atom in elements_of(call.frame, call.state, source).objects():
            rows = existing_rows(query_for(call, source, atom), known)
            found = rows if found is None else found & rows
    return found or NOTHING


@method("first", "last", "get_or_none")
def first(call: ModelCall) -> Value:
    sources = sources_of(call)
    conditions = conditions_of(call.frame, call.state, call.arguments)
    rows = _exist_with(call, sources, conditions)
    return there_or_none(call, single(call, sources, conditions), rows)


@method("latest", "earliest")
def latest(call: ModelCall) -> Value:
    sources = sources_of(call)
    call.state.learn(_exist(call, sources))
    return single(call, sources, Condition("and"))


@method("get_or_create", "update_or_create")
def get_or_create(call: ModelCall) -> Value:
    """A record, and whether it is new; a new one has the given values."""
    sources = sources_of(call)
    given = Arguments([], {name: value for name, value in call.arguments.keywords.items() if name not in ("defaults", "create_defaults")})
    found = single(call, sources, conditions_of(call.frame, call.state, given))
    pair = call.new(TUPLE, "~pair")
    call.state.store(pair, index(0), found)
    call.state.store(pair, index(1), UNKNOWN_BOOLEAN)
    return of(pair)


@method("create", "create_user", "create_superuser")
def create(call: ModelCall) -> Value:
    """A new record: its fields are what it is made with."""
    found = single(call, sources_of(call), Condition("and"))
    made = found.only_object()
    if made is not None:
        for name, value in call.arguments.keywords.items():
            call.state.store(made, attribute(name), value)
    return of(*found.objects())


@method("bulk_create", "bulk_update")
def bulk(call: ModelCall) -> Value:
    return call.argument(0, "objs")


@method("in_bulk")
def in_bulk(call: ModelCall) -> Value:
    made = call.new(DICT)
    found = join_all([elements_of(call.frame, call.state, source) for source in sources_of(call)])
    call.state.store(made, ELEMENT, found)
    return of(made)


@method("raw")
def raw(call: ModelCall) -> Value:
    return NotImplemented  # type: ignore[no-any-return]  # nothing is said of the call


@method("aggregate")
def aggregate(call: ModelCall) -> Value:
    made = call.new(DICT)
    for source in sources_of(call):
        for element in elements_of(call.frame, call.state, source).objects():
            for name, expression in call.arguments.keywords.items():
                shown = _shown_by(call, element, expression, 0)
                call.state.store(made, index(name), shown if shown.atoms else EMPTY)
    return of(made)


@method("dates", "datetimes", "explain", "delete", "update", "add", "remove", "set", "clear", "acreate_batch")
def nothing(call: ModelCall) -> Value:
    return NONE


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────


def column(call: ModelCall, element: Obj, path: str) -> Value:
    """What ``values("sender__email")`` gives of a record: the field at the end of the path."""
    schema = schema_of(call.frame.world)
    value = of(element)
    names, _ = split(path.lstrip("-"))
    model: Target | None = None
    for kind in types_of(call.frame, call.state, element):
        model = kind.cls if kind.cls is not None else kind.api
    for position, name in enumerate(names):
        relation = schema.relation(model, name) if model is not None else None
        back = schema.reverse(model, name, in_query=True) if model is not None and relation is None else None
        if position and model is None:
            break  # a part of a field: a date of a time, a key of JSON
        attribute_name = back.reverse if back is not None and back.reverse else name
        found, after = read_attribute(call.frame, call.state, value, attribute_name, call.span, "", call.caller)
        if after is None:
            return EMPTY
        many = (relation is not None and relation.many) or (back is not None and not back.one_to_one)
        value = Value({atom.child(ELEMENT): NOTHING for atom in found.objects()}) if many else found
        model = relation.target if relation is not None else back.owner if back is not None else None
    return value


@method("values")
def values(call: ModelCall) -> Value:
    """Dicts: of the named columns, or of all."""
    return _rows(call, lambda made, row, name, value: call.state.store(row, index(name), value))


@method("values_list")
def values_list(call: ModelCall) -> Value:
    flat, named = (call.arguments.keywords.get(word) for word in ("flat", "named"))
    if flat is not None and not _is_false(call, flat):
        return _flat(call)
    position: dict[str, int] = {}

    def put(made: Obj, row: Obj, name: str, value: Value) -> None:
        place = position.setdefault(name, len(position))
        call.state.store(row, index(place), value)
        if named is not None:
            call.state.store(row, attribute(name), value)

    return _rows(call, put)


def _is_false(call: ModelCall, value: Value) -> bool:
    constants = fold(call.frame, value)
    return constants is not None and not any(each.value for each in constants)


def _columns(call: ModelCall, source: Obj) -> list[tuple[str, Value | None]]:
    """The names of the columns, each with its expression where it is one."""
    names: dict[str, Value | None] = {}
    for value in call.arguments.positional:
        for constant in fold(call.frame, value) or ():
            names[str(constant.value)] = None
        for obj in value.objects():
            names[obj.key] = of(obj)
    for name, value in call.arguments.keywords.items():
        if name not in ("flat", "named"):
            names[name] = value
    if call.arguments.more is not None:
        for constant in fold(call.frame, call.arguments.more) or ():
            names[str(constant.value)] = None
    model = model_of(call.frame, call.state, source)
    if not names and model is not None and ":" in model:
        names = dict.fromkeys(call.frame.world.records.field_names(call.frame, ClassId(model)))
    return list(names.items())


def _rows(call: ModelCall, put: Callable[[Obj, Obj, str, Value], None]) -> Value:
    sources = sources_of(call)
    made = derived(call, sources, EMPTY)
    row = made.child(ELEMENT)
    facts: Truths | None = None
    flat: dict[str, list[Value]] = {}
    for source in sources:
        for atom, carried in elements_of(call.frame, call.state, source).atoms.items():
            if type(atom) is not Obj:
                continue
            for name, expression in _columns(call, source):
                value = column(call, atom, name) if expression is None else _shown_by(call, atom, expression, 0)
                flat.setdefault(name, []).append(carrying(value, carried))
                put(made, row, name, carrying(_content(call, value), carried))
            own = frozenset(moved(truth, atom, row) for truth in carried)
            facts = own if facts is None else facts & own
    call.state.store(made, ELEMENT, Value({row: facts or NOTHING}))
    if len(flat) == 1:
        call.state.store(made, COLUMN, join_all(*flat.values()))
    return of(made)


def _content(call: ModelCall, value: Value) -> Value:
    """What a row holds: of personal data not the field of the record, which the row would pass for its own."""
    data = call.data(value)
    return data if any(isinstance(atom, Label) for atom in data.atoms) else value


def _flat(call: ModelCall) -> Value:
    sources = sources_of(call)
    made = derived(call, sources, EMPTY)
    parts: list[Value] = []
    for source in sources:
        for atom, carried in elements_of(call.frame, call.state, source).atoms.items():
            if type(atom) is not Obj:
                continue
            for name, expression in _columns(call, source):
                value = column(call, atom, name) if expression is None else _shown_by(call, atom, expression, 0)
                parts.append(carrying(value, carried))
    call.state.store(made, ELEMENT, join_all(parts))
    return of(made)


# ── items and iteration ───────────────────────────────────────────────────────────────────────────────────────────


def item(frame: Frame, state: State, base: Value, key: Value, span: Span, caller: Caller) -> Value | None:
    """``queryset[0]`` is one record; slices are the query itself."""
    if fold(frame, key) is None and not _may_be_index(key):
        return None
    objects = base.objects()
    if not objects or not all(is_collection(frame, state, obj) for obj in objects):
        return None
    call = ModelCall(frame, state, QUERYSET + ".__getitem__", base, Arguments([key]), span, caller)
    sources = sources_of(call)
    rows = [elements_of(frame, state, source) for source in sources]
    if any(not row.objects() or _holds_columns(frame, state, row) for row in rows):
        return join_all(rows)
    return single(call, sources, Condition("and"), "~item")


def _may_be_index(key: Value) -> bool:
    only = key.only_object()
    return only is not None and only.api != "builtins.slice"


def _holds_columns(frame: Frame, state: State, elements: Value) -> bool:
    """Whether the elements are rows of columns, as values() gives them."""
    return any(obj.base is not None and obj.base.api == QUERYSET and not types_of(frame, state, obj) for obj in elements.objects())


# ── functions ─────────────────────────────────────────────────────────────────────────────────────────────────────


@models("django.shortcuts.get_object_or_404", "django.shortcuts.aget_object_or_404", "rest_framework.generics.get_object_or_404",
        "annoying.functions.get_object_or_None")  # fmt: skip
def get_object_or_404(call: ModelCall) -> Value:
    query = _query_meant(call)
    if query is None:
        return NotImplemented  # type: ignore[no-any-return]  # nothing is said of the call
    inner = ModelCall(call.frame, call.state, QUERYSET + ".get", query, call.arguments.without(1), call.span, call.caller)
    if call.path.endswith("None"):
        return first(inner)
    return get(inner)


@models("django.shortcuts.get_list_or_404", "django.shortcuts.aget_list_or_404")
def get_list_or_404(call: ModelCall) -> Value:
    query = _query_meant(call)
    if query is None:
        return NotImplemented  # type: ignore[no-any-return]  # nothing is said of the call
    inner = ModelCall(call.frame, call.state, QUERYSET + ".filter", query, call.arguments.without(1), call.span, call.caller)
    found = filter_(inner)
    return call.container(LIST, join_all([elements_of(call.frame, call.state, obj) for obj in found.objects()]), "~list")


def _query_meant(call: ModelCall) -> Value | None:
    """A model, a manager or a query set, as the first argument."""
    parts: list[Value] = []
    for atom, carried in call.argument(0, "klass").atoms.items():
        target = target_of(atom)
        if type(atom) is Obj and atom.kind is Kind.CLASS:
            target = ClassId(atom.key)
        if target is not None and not target.endswith(".objects"):
            made = manager_of(call.frame, call.state, target, "_default_manager", call.span)
            parts.append(made if made is not None else EMPTY)
        elif type(atom) is Obj:
            parts.append(Value({atom: carried}))
        elif target is not None:
            holder = ApiPath(target.rpartition(".")[0])
            parts.append(of(make_manager(call.frame, call.state, holder, None, call.site("~klass"), call.span)))
    found = join_all(parts)
    return found if found.objects() else None


@models("django.contrib.auth.get_user_model")
def get_user_model(call: ModelCall) -> Value:
    return of(atom_of(schema_of(call.frame.world).user()))


@models("django.forms.models.model_to_dict", "django.forms.model_to_dict")
def model_to_dict(call: ModelCall) -> Value:
    """The named fields of a record, or all but some, as a dict."""
    frame, state = call.frame, call.state
    fields, without = call.optional(1, "fields"), call.optional(2, "exclude")
    wanted = _names(call, fields) if fields is not None else None
    left_out = _names(call, without) if without is not None else None
    made = call.new(DICT)
    for obj in call.argument(0, "instance").objects():
        names = [name for kind in types_of(frame, state, obj) if kind.cls for name in frame.world.records.field_names(frame, kind.cls)]
        if wanted is not None:
            names = wanted
        if not names:
            call.state.store(made, ELEMENT, data_of(frame, state, of(obj)))
        for name in names:
            if name not in (left_out or ()):
                value, _ = read_attribute(frame, state, of(obj), name, call.span, "", call.caller)
                call.write(of(made), index(name), _plain(value))
    return of(made)


def _plain(value: Value) -> Value:
    """A field's content, without methods."""
    return Value({atom: carried for atom, carried in value.atoms.items() if isinstance(atom, (Obj, Label, Data, Const))})


def _names(call: ModelCall, value: Value) -> list[str] | None:
    constants = fold(call.frame, call.elements(value))
    return [str(each.value) for each in constants] if constants else None


@models("django.db.models.query.QuerySet.as_manager", "django.db.models.QuerySet.as_manager")
def as_manager(call: ModelCall) -> Value:
    classes = [ClassId(obj.key) for obj in call.receiver.objects() if obj.kind is Kind.CLASS]
    return of(call.external(MANAGER, classes[0] if classes else None))


@models(*(f"django.db.models.{path}.from_queryset" for path in ("Manager", "manager.Manager", "manager.BaseManager")),
        "django.contrib.auth.models.UserManager.from_queryset", "django.contrib.auth.base_user.BaseUserManager.from_queryset")  # fmt: skip
def from_queryset(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    call.state.store(made, "@argument0", call.argument(0, "queryset_class"))
    return of(made)


@models(*(f"django.db.models.{path}.from_queryset()" for path in ("Manager", "manager.Manager", "manager.BaseManager")),
        "django.contrib.auth.models.UserManager.from_queryset()",
        "django.contrib.auth.base_user.BaseUserManager.from_queryset()")  # fmt: skip
def make_from_queryset(call: ModelCall) -> Value:
    """``Manager.from_queryset(Members)()``."""
    classes = [
        atom.cls
        for obj in call.receiver.objects()
        for atom in read(call.frame, call.state, of(obj), "@argument0").atoms
        if isinstance(atom, ClassAtom)
    ]
    return of(call.external(MANAGER, classes[0] if classes else None))


@models("django.db.models.Q", "django.db.models.query_utils.Q")
def q(call: ModelCall) -> Value:
    made = call.external("django.db.models.Q()")
    for position, value in enumerate(call.arguments.positional):
        call.state.store(made, f"@argument{position}", value)
    for name, value in call.arguments.keywords.items():
        call.state.store(made, f"@argument:{name}", value)
    if call.arguments.more is not None or call.arguments.more_keywords is not None:
        call.state.store(made, "@more", EMPTY)
    return of(made)


def binary(frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span, caller: Caller) -> Value | None:
    """``Q(…) & Q(…)``, ``queryset | queryset``."""
    names = {"&": "and", "|": "or"}
    if operator not in (*names, "^"):
        return None
    sides = [left.only_object(), right.only_object()]
    if any(side is not None and (side.api == "django.db.models.Q()" or _is_exists(side)) for side in sides):
        made = frame.world.objects.external(frame.site(span), ApiPath("django.db.models.Q()"))
        state.allocate(made)
        state.store(made, "@operator", of(Const(names.get(operator, "unknown"), str)))
        state.store(made, "@argument0", left)
        state.store(made, "@argument1", right)
        return of(made)
    if all(side is not None and is_collection(frame, state, side) for side in sides):
        call = ModelCall(frame, state, QUERYSET + ".__or__", left, Arguments([right]), span, caller)
        return combine(call, "__and__" if operator == "&" else "__or__", [left, right])
    return None


def _is_exists(obj: Obj) -> bool:
    return (obj.api or "").startswith("django.db.models.") and last_name((obj.api or "").removesuffix("()")) == "Exists"


def invert(frame: Frame, state: State, operand: Value, span: Span) -> Value | None:
    only = operand.only_object()
    if only is None or not (only.api == "django.db.models.Q()" or _is_exists(only)):
        return None
    made = frame.world.objects.external(frame.site(span), ApiPath("django.db.models.Q()"))
    state.allocate(made)
    state.store(made, "@argument0", operand)
    state.store(made, "@negated", of(Const(True, bool)))
    return of(made)


def compare_count(operator: str, left: Value, right: Value) -> Value | None:
    """``queryset.count() > 0``."""
    constant = right.constant()
    only = left.only_object()
    if only is None or only.api != "builtins.int()" or constant is None or not left.implied.true:
        return None
    rows = left.implied.true
    if not isinstance(constant.value, int):
        return None
    least = {">": constant.value + 1, ">=": constant.value, "==": constant.value}.get(operator)
    if least is not None and least > 0:
        return implying(rows)
    if (operator, constant.value) in (("!=", 0),):
        return implying(rows)
    if (operator, constant.value) in (("==", 0), ("<", 1), ("<=", 0)):
        return implying(NOTHING, rows)
    return None
