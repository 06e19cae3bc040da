"""Functions around queries: shortcuts, ``Q``, managers made of query sets, and operators."""

from __future__ import annotations

from datause_lint.analysis.access import DICT, LIST, read, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, ClassAtom, Const, Data, Label
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.conditions import FROM, NAMED, PLUS, Query
from datause_lint.analysis.frameworks.django.managers import (
    MANAGER,
    QUERYSET,
    elements_of,
    is_collection,
    make_manager,
    manager_of,
    model_of,
)
from datause_lint.analysis.frameworks.django.querysets import combine, filter_, first, get
from datause_lint.analysis.frameworks.django.rows import existing_rows, remembered
from datause_lint.analysis.frameworks.django.schema import Target, atom_of, schema_of, target_of
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import UNMODELLED, Caller, ModelCall, implying, models
from datause_lint.analysis.objects import ELEMENT, Kind, Obj, attribute, index
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

# ── functions ─────────────────────────────────────────────────────────────────────────────────────────────────────


@models(
    "django.shortcuts.get_object_or_404",
    "django.shortcuts.aget_object_or_404",
    "rest_framework.generics.get_object_or_404",
    "annoying.functions.get_object_or_None",
)
def get_object_or_404(call: ModelCall) -> Value:
    query = _query_meant(call)
    if query is None:
        return UNMODELLED
    inner = ModelCall(
        call.frame, call.state, QUERYSET + ".get", query, call.arguments.without(1), call.span, call.caller
    )
    if call.path.endswith("None"):
        return first(inner)
    return get(inner)


@models("django.shortcuts.get_list_or_404", "django.shortcuts.aget_list_or_404")
def get_list_or_404(call: ModelCall) -> Value:
    query = _query_meant(call)
    if query is None:
        return UNMODELLED
    inner = ModelCall(
        call.frame, call.state, QUERYSET + ".filter", query, call.arguments.without(1), call.span, call.caller
    )
    found = filter_(inner)
    return call.container(
        LIST, join_all([elements_of(call.frame, call.state, obj) for obj in found.objects()]), "~list"
    )


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
        names = [
            name
            for kind in types_of(frame, state, obj)
            if kind.cls
            for name in frame.world.records.field_names(frame, kind.cls)
        ]
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
    return Value(
        {atom: carried for atom, carried in value.atoms.items() if isinstance(atom, (Obj, Label, Data, Const))}
    )


def _names(call: ModelCall, value: Value) -> list[str] | None:
    constants = fold(call.frame, call.elements(value))
    return [str(each.value) for each in constants] if constants else None


@models("django.db.models.query.QuerySet.as_manager", "django.db.models.QuerySet.as_manager")
def as_manager(call: ModelCall) -> Value:
    classes = [ClassId(obj.key) for obj in call.receiver.objects() if obj.kind is Kind.CLASS]
    return of(call.external(MANAGER, classes[0] if classes else None))


@models(*(f"django.db.models.{path}.from_queryset" for path in ("Manager", "manager.Manager", "manager.BaseManager")),
        "django.contrib.auth.models.UserManager.from_queryset",
        "django.contrib.auth.base_user.BaseUserManager.from_queryset")  # fmt: skip
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


@models("django.db.models.Q().add")
def add_condition(call: ModelCall) -> Value:
    """``query.add(Q(…), Q.OR)``: one more condition. What is known of the others stays where it is demanded, too."""
    connector = call.argument(1, "conn_type")
    demanded = all(
        (isinstance(atom, ApiAtom) and last_name(atom.path) == "AND")
        or (isinstance(atom, Const) and atom.value == "AND")
        for atom in connector.atoms
    )
    if not demanded or not connector.atoms:
        for obj in call.receiver.objects():
            call.state.store(obj, "@operator", of(Const("unknown", str)))
    return call.receiver


def binary(
    frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span, caller: Caller
) -> Value | None:
    """``Q(…) & Q(…)``, ``queryset | queryset``."""
    names = {"&": "and", "|": "or"}
    if operator not in {*names, "^"}:
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


def compare_membership(
    frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span
) -> Value | None:
    """``"assistant" in consents.values_list("purpose", flat=True)``: there is a row with that value."""
    rows = right.only_object()
    named = stored_value(frame, state, rows, NAMED) if rows is not None else None
    name = named.constant() if named is not None else None
    if rows is None or name is None or operator not in ("in", "not in") or not left.constants():
        return None
    asked = {**remembered(frame, state, rows), f"{PLUS}{name.value!s}__exact": left}
    model = model_of_rows(frame, state, rows)
    query = Query(frame, state, model, rows, frame.location(span))
    found = existing_rows(query, asked)
    if not found:
        return None
    return implying(found) if operator == "in" else implying(NOTHING, found)


def model_of_rows(frame: Frame, state: State, rows: Obj) -> Target | None:
    """The model of the query that rows of columns were made from."""
    before = stored_value(frame, state, rows, FROM)
    source = before.only_object() if before is not None else None
    return model_of(frame, state, source) if source is not None else None


@models("django.core.paginator.Paginator", "django.core.paginator.AsyncPaginator")
def paginator(call: ModelCall) -> Value:
    """Iteration over it gives pages."""
    made = call.external("django.core.paginator.Paginator()")
    listed = call.argument(0, "object_list")
    call.state.store(made, attribute("object_list"), listed)
    call.state.store(made, ELEMENT, _page(call, listed))
    return of(made)


@models(*(f"django.core.paginator.Paginator().{name}" for name in ("page", "get_page", "apage", "aget_page")))
def page(call: ModelCall) -> Value:
    return _page(call, call.read(call.receiver, attribute("object_list")))


def _page(call: ModelCall, listed: Value) -> Value:
    """Some of the records."""
    made = call.external("django.core.paginator.Page()", part="~page")
    call.state.store(made, ELEMENT, call.elements(listed))
    call.state.store(made, attribute("object_list"), listed)
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
