"""Class-based views, and decorators of views."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import DICT
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, ClassAtom, Const, FunctionAtom
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.managers import QUERYSET, manager_of, sources_of
from datause_lint.analysis.frameworks.django.records import single
from datause_lint.analysis.frameworks.django.requests import is_mixed_into_views, is_view_class, reached, request_of
from datause_lint.analysis.frameworks.django.schema import Target, target_of, type_of
from datause_lint.analysis.frameworks.django.stated_conditions import Condition
from datause_lint.analysis.members import is_exact
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall, models
from datause_lint.analysis.objects import Obj, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, NONE, Value, join_all, of
from datause_lint.ir.module import FunctionIR
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

HANDLERS: Final = tuple(
    "get post put patch delete head options trace list create retrieve update partial_update destroy".split()
)
# Methods that the framework's own handlers call, by what they are given.
HOOKS: Final = {
    "form_valid": ("form",),
    "form_invalid": ("form",),
    "get_context_data": (),
    "get_queryset": (),
    "get_object": (),
    "get_form_kwargs": (),
    "get_initial": (),
    "get_success_url": (),
    "render_to_response": (),
    "perform_create": ("serializer",),
    "perform_update": ("serializer",),
    "perform_destroy": ("instance",),
    "get_serializer_context": (),
    "filter_queryset": ("queryset",),
}
BASES: Final = ("django.views.", "django.contrib.auth.mixins.", "rest_framework.")
DECORATED: Final = " (decorated)"  # after the name of a method: what a decorator of the class made of it
ROUTED: Final = "@routed"  # of a view: it is at a URL as it is
WRAPPED: Final = "@wrapped"  # of a view: it is at a URL as a decorator has wrapped it there
BOUND: Final = "@bound"  # of a closure's environment: it has its receiver
METHOD_DECORATOR: Final = "django.utils.decorators.method_decorator()"

Method = Callable[[ModelCall], Value]
METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        for name in names:
            METHODS[name] = function
        return function

    return register


def model_for(path: str) -> Model | None:
    """The model of a method that a view inherits: ``django.views.generic.DetailView().get_object``."""
    holder, _, name = path.rpartition(".")
    if name not in METHODS or not holder.startswith(
        ("django.views.", "django.contrib.auth.mixins.", "rest_framework.")
    ):
        return None
    return METHODS[name] if holder.endswith("()") else _of_first_argument(METHODS[name])


def _of_first_argument(method: Method) -> Model:
    """``View.dispatch(self, request)``: past whatever stands between the two classes."""

    def model(call: ModelCall) -> Value:
        view = call.argument(0, "self")
        if not view.objects():
            return UNMODELLED
        rest = call.arguments.without(1)
        return method(ModelCall(call.frame, call.state, call.path, view, rest, call.span, call.caller))

    return model


# ── classes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def classes_of(call: ModelCall) -> list[ClassId]:
    """The classes that the receiver may be of: also those below, where it may be of one of them."""
    found: dict[ClassId, None] = {}
    for obj in call.receiver.objects():
        for kind in types_of(call.frame, call.state, obj):
            if kind.cls is not None:
                below = call.frame.world.subclasses(kind.cls) if not is_exact(call.frame, obj) else []
                found.update(dict.fromkeys([kind.cls, *below]))
    return list(found)


def view_model(world: World, cls: ClassId) -> Target | None:
    """The model that a generic view shows."""
    stated = world.class_attribute(cls, "model")
    for atom in stated[0].atoms if stated is not None else ():
        target = target_of(atom)
        if target is not None:
            return target
    queryset = world.class_attribute(cls, "queryset")
    for obj in queryset[0].objects() if queryset is not None else ():
        target = _model_of_shared(world, obj)
        if target is not None:
            return target
    for name in ("form_class", "serializer_class"):
        form = world.class_attribute(cls, name)
        for atom in form[0].atoms if form is not None else ():
            if isinstance(atom, ClassAtom) and (found := meta_model(world, atom.cls)) is not None:
                return found
    return None


def _model_of_shared(world: World, query: Obj) -> Target | None:
    found = world.shared.read(query, "[]")
    for obj in found.objects() if found is not None else ():
        model = world.shared.read(obj.base, "@model") if obj.base is not None else None
        for atom in model.atoms if model is not None else ():
            return target_of(atom)
    return None


def meta_attribute(world: World, cls: ClassId, name: str) -> Value | None:
    """What stands in the class ``Meta`` of a form or serializer."""
    meta = world.class_attribute(cls, "Meta")
    for atom in meta[0].atoms if meta is not None else ():
        if isinstance(atom, ClassAtom):
            found = world.class_attribute(atom.cls, name)
            if found is not None:
                return found[0]
    return None


def meta_model(world: World, cls: ClassId) -> Target | None:
    stated = meta_attribute(world, cls, "model")
    for atom in stated.atoms if stated is not None else ():
        target = target_of(atom)
        if target is not None:
            return target
    return None


def attribute_types(world: World, cls: ClassId, name: str) -> Types:
    """Of what the framework puts into a view."""
    if name == "request":
        return (Type(None, request_of(world, cls)),)
    model = view_model(world, cls) if name in ("object", "object_list") else None
    if model is None:
        return ()
    if name == "object":
        return (type_of(model),)
    return (Type(None, ApiPath("django.db.models.Manager"), ((type_of(model),),)),)


def instance_attribute(frame: Frame, state: State, obj: Obj, cls: ClassId, name: str) -> Value | None:
    world = frame.world
    decorated = decorated_method(world, cls, name)
    if decorated is not None:
        return decorated
    if name in METHODS and world.class_attribute(cls, name) is None:
        below = (
            [each for each in world.subclasses(cls) if world.defines(each, name)] if not is_exact(frame, obj) else []
        )
        bases = [base for base in world.outer_bases(cls) if model_for(f"{base}().{name}") is not None]
        if bases and not below:
            return of(ApiAtom(ApiPath(f"{bases[0]}().{name}"), obj))
    if name in ("request", "object", "object_list"):
        return of(obj.child(attribute(name)))
    return None


def decorated_method(world: World, cls: ClassId, name: str) -> Value | None:
    """A method that a decorator of the class, or one made for methods, has wrapped: it has its receiver."""
    for each in world.hierarchy(cls):
        holder = world.objects.class_object(each)
        found = world.shared.read(holder, attribute(name + DECORATED))
        if found is not None:
            return found
        own = world.shared.read(holder, attribute(name))
        if own is not None:
            bound = [atom for atom in own.atoms if isinstance(atom, FunctionAtom) and _is_bound(world, atom)]
            return of(*bound) if bound else None
    return None


def _is_bound(world: World, atom: FunctionAtom) -> bool:
    return atom.environment is not None and world.shared.read(atom.environment, BOUND) is not None


# ── what the framework's methods do ───────────────────────────────────────────────────────────────────────────────


@method("dispatch", "initial", "setup")
def dispatch(call: ModelCall) -> Value:
    """Calls the method that the request asks for, and that calls those that a program fills in."""
    if not call.path.endswith(".dispatch"):
        return NONE
    results: list[Value] = []
    request = call.arguments
    for name, function, own in _handlers(call):
        given = request if name in HANDLERS else Arguments([_given(call, each) for each in HOOKS[name]])
        before = call.state.copy()
        bound = own if own is not None else function
        results.append(call.call_with(bound, given))
        call.returns = True
        call.state.variables, call.state.heap, call.state.facts = before.variables, before.heap, before.facts
    return join_all(results)


def _handlers(call: ModelCall) -> Iterator[tuple[str, Value, Value | None]]:
    world = call.frame.world
    seen: dict[tuple[str, Atom], None] = {}
    for cls in classes_of(call):
        for name in (*HANDLERS, *HOOKS):
            decorated = decorated_method(world, cls, name)
            stated = world.class_attribute(cls, name) if decorated is None else None
            for atom in (decorated or (stated[0] if stated is not None else EMPTY)).atoms:
                if not isinstance(atom, FunctionAtom) or (name, atom) in seen:
                    continue
                seen[name, atom] = None
                receivers = [_as_owner(call, obj, atom) for obj in call.receiver.objects()]
                yield name, of(*(BoundAtom(atom.function, atom.environment, obj) for obj in receivers)), decorated


def _as_owner(call: ModelCall, view: Obj, method: FunctionAtom) -> Obj:
    """The view, which a mixin calls itself, as an instance of the class below that has the method."""
    function = call.frame.world.function(method.function)
    owner = function.owner_class if function is not None else None
    kinds = types_of(call.frame, call.state, view)
    if owner is None or not any(
        kind.cls is not None and owner in call.frame.world.subclasses(kind.cls) for kind in kinds
    ):
        return view
    return view.narrowed(owner)


def _given(call: ModelCall, name: str) -> Value:
    if name == "form":
        return _form(call)
    if name == "serializer":
        return _serializer(call, Arguments([], {"data": _brought(call)}))
    if name == "instance":
        return get_object(call)
    return get_queryset(call) if name == "queryset" else EMPTY


def _brought(call: ModelCall) -> Value:
    """The data of the request that a view answers."""
    return Value({obj.child(attribute("request")).child(attribute("data")): NOTHING for obj in call.receiver.objects()})


@method("get_queryset", "filter_queryset", "paginate_queryset")
def get_queryset(call: ModelCall) -> Value:
    if not call.path.endswith(".get_queryset") and call.arguments.positional:
        return call.argument(0)
    parts: list[Value] = []
    for cls in classes_of(call):
        stated = call.frame.world.class_attribute(cls, "queryset")
        if stated is not None and stated[0].objects():
            parts.append(stated[0])
            continue
        model = view_model(call.frame.world, cls)
        made = manager_of(call.frame, call.state, model, "_default_manager", call.span) if model is not None else None
        if made is not None:
            parts.append(made)
    found = join_all(parts)
    return found if found.atoms else UNMODELLED


@method("get_object")
def get_object(call: ModelCall) -> Value:
    query = call.optional(0, "queryset")
    if query is None:
        query = own_queryset(call)
    if query is UNMODELLED or not query.objects():
        return of(call.external())
    inner = ModelCall(call.frame, call.state, QUERYSET + ".get", query, Arguments(), call.span, call.caller)
    return single(inner, sources_of(inner), Condition("and"), "~object")


def own_queryset(call: ModelCall) -> Value:
    """By the view's own get_queryset, else by its attributes."""
    bound: dict[Atom, Truths] = {}
    for cls in classes_of(call):
        stated = call.frame.world.class_attribute(cls, "get_queryset")
        for atom in stated[0].atoms if stated is not None else ():
            if isinstance(atom, FunctionAtom) and atom.function != call.frame.function.id:
                for obj in call.receiver.objects():
                    bound[BoundAtom(atom.function, atom.environment, obj)] = NOTHING
    if bound:
        return call.call(Value(bound))
    return get_queryset(
        ModelCall(call.frame, call.state, "?.get_queryset", call.receiver, Arguments(), call.span, call.caller)
    )


@method("get_form")
def get_form(call: ModelCall) -> Value:
    return _form(call)


def _form(call: ModelCall) -> Value:
    """The form of a view, filled with what the request brought."""
    for cls in classes_of(call):
        stated = call.frame.world.class_attribute(cls, "form_class")
        for atom in stated[0].atoms if stated is not None else ():
            if isinstance(atom, ClassAtom):
                return of(call.external(None, atom.cls, "~form"))
    return of(call.external("django.forms.Form()", None, "~form"))


@method("get_serializer")
def get_serializer(call: ModelCall) -> Value:
    return _serializer(call, call.arguments)


def _serializer(call: ModelCall, arguments: Arguments) -> Value:
    for cls in classes_of(call):
        stated = call.frame.world.class_attribute(cls, "serializer_class")
        for atom in stated[0].atoms if stated is not None else ():
            if isinstance(atom, ClassAtom):
                return call.call_with(of(atom), arguments)
    made = call.external("rest_framework.serializers.Serializer()", None, "~serializer")
    for position, value in enumerate(arguments.positional):
        call.state.store(made, f"@argument{position}", value)
    for name, value in arguments.keywords.items():
        call.state.store(made, f"@argument:{name}", value)
    return of(made)


@method("get_context_data")
def get_context_data(call: ModelCall) -> Value:
    made = call.new(DICT)
    for name, value in call.arguments.keywords.items():
        call.state.store(made, index(name), value)
    for obj in call.receiver.objects():
        call.state.store_weakly(made, index("object"), of(obj.child(attribute("object"))))
        call.state.store_weakly(made, index("view"), of(obj))
    return of(made)


@method(
    "form_valid", "form_invalid", "perform_create", "perform_update", "perform_destroy", "perform_authentication",
    "check_permissions", "check_throttles", "http_method_not_allowed", "get_success_url",
)  # fmt: skip
def nothing(call: ModelCall) -> Value:
    return NONE


@models("django.views.View.as_view")
def as_view(call: ModelCall) -> Value:
    """The function that ``View.as_view()`` gives: it makes a view, and has it dispatch the request."""
    return join_all([_view_of(call.frame.world, ClassId(obj.key)) for obj in call.receiver.objects()])


def _view_of(world: World, cls: ClassId) -> Value:
    instance = world.objects.new(f"{cls}~self", cls)
    world.shared.announce(instance)
    decorated = decorated_method(world, cls, "dispatch")
    if decorated is not None:
        return decorated
    own = reached(world, cls, "dispatch")
    if own is not None:
        return of(
            *(BoundAtom(a.function, a.environment, instance) for a in own[0].atoms if isinstance(a, FunctionAtom))
        )
    bases = [base for base in world.outer_bases(cls) if model_for(f"{base}().dispatch") is not None]
    return of(*(ApiAtom(ApiPath(f"{base}().dispatch"), instance) for base in bases[:1]))


@models(
    "django.urls.path",
    "django.urls.re_path",
    "django.urls.conf.path",
    "django.urls.conf.re_path",
    "django.conf.urls.url",
)
def route(call: ModelCall) -> Value:
    """A view is at a URL: as it is, or as decorators have wrapped it there."""
    frame, world = call.frame, call.frame.world
    for atom in call.argument(1, "view").atoms:
        if isinstance(atom, FunctionAtom) and _is_made_by(frame, call.state, atom):
            holder = world.objects.module(world.module_of(frame.function.id))
            world.publisher.publish(frame, call.state, holder, attribute(f"urls {call.site()}"), of(atom))
            for cls in _captured_views(call.state, atom.environment, 0):
                world.shared.write(world.objects.class_object(cls), WRAPPED, of(Const(True, bool)))
        elif isinstance(atom, FunctionAtom):
            world.shared.write(world.objects.function_object(atom.function), ROUTED, of(Const(True, bool)))
        elif isinstance(atom, (ApiAtom, BoundAtom)) and atom.receiver is not None and atom.receiver.cls is not None:
            world.shared.write(world.objects.class_object(atom.receiver.cls), ROUTED, of(Const(True, bool)))
    return of(call.external("django.urls.URLPattern()"))


def _captured_views(state: State, environment: Obj | None, depth: int) -> Iterator[ClassId]:
    """The classes of views that wrappers have captured."""
    if environment is None or depth > 4:
        return
    for value in state.heap.get(environment, {}).values():
        for atom in value.atoms:
            if isinstance(atom, (ApiAtom, BoundAtom)) and atom.receiver is not None and atom.receiver.cls is not None:
                yield atom.receiver.cls
            elif isinstance(atom, FunctionAtom):
                yield from _captured_views(state, atom.environment, depth + 1)


def _is_made_by(frame: Frame, state: State, atom: FunctionAtom) -> bool:
    """Whether the closure was made in this module's body, and is no view's own decorated form."""
    environment = atom.environment
    return environment is not None and frame.owns(environment) and environment in state.heap


@models("django.urls.include", "django.conf.urls.include")
def include(call: ModelCall) -> Value:
    return of(call.external())


# ── entries ───────────────────────────────────────────────────────────────────────────────────────────────────────


def entries(world: World, function: FunctionIR) -> bool:
    """Whether the framework calls a view's method straight, of some class: nothing of the program stands before it."""
    cls = function.owner_class
    if cls is None:
        return world.shared.read(world.objects.function_object(function.id), ROUTED) is not None
    if function.name == "dispatch":
        return is_view_class(world, cls) or is_mixed_into_views(world, cls)
    if function.name not in {*HANDLERS, *HOOKS} or not is_view_class(world, cls):
        return False
    return any(not _has_own_dispatch(world, each) for each in exposed_classes(world, cls, function))


def is_wrapped(world: World, function: FunctionIR) -> bool:
    """Whether a view's method runs inside of a dispatch of the program, or of a decorator's wrapper."""
    cls = function.owner_class
    return (
        cls is not None
        and function.name in {*HANDLERS, *HOOKS}
        and is_view_class(world, cls)
        and not entries(world, function)
    )


def exposed_classes(world: World, cls: ClassId, function: FunctionIR) -> list[ClassId]:
    """The classes of which requests may reach the method as it is."""
    found: list[ClassId] = []
    for each in [cls, *world.subclasses(cls)]:
        member = world.class_attribute(each, function.name)
        if member is None or decorated_method(world, each, function.name) is not None:
            continue
        if not any(isinstance(atom, FunctionAtom) and atom.function == function.id for atom in member[0].atoms):
            continue
        if _is_only_wrapped(world, each):
            continue
        if not world.subclasses(each) or _is_routed(world, each):
            found.append(each)
    return found


def _is_only_wrapped(world: World, cls: ClassId) -> bool:
    holder = world.objects.class_object(cls)
    return world.shared.read(holder, WRAPPED) is not None and world.shared.read(holder, ROUTED) is None


def callers_words(world: World, function: FunctionIR) -> list[str]:
    """Whoever makes a view of a class names the class; and a base may stand before it."""
    cls = function.owner_class
    if cls is None or function.name not in {*HANDLERS, *HOOKS} or not is_view_class(world, cls):
        return []
    exposed = exposed_classes(world, cls, function)
    before = ["dispatch"] if any(_has_own_dispatch(world, each) for each in exposed) else []
    return [cls.rpartition(":")[2].rpartition(".")[2], *before]


def _has_own_dispatch(world: World, cls: ClassId) -> bool:
    return reached(world, cls, "dispatch") is not None or decorated_method(world, cls, "dispatch") is not None


def _is_routed(world: World, cls: ClassId) -> bool:
    """Whether some module may make a view of the class itself."""
    if world.shared.read(world.objects.class_object(cls), ROUTED) is not None:
        return True
    name = cls.rpartition(":")[2].rpartition(".")[2]
    routing = world.program.mentioning(["as_view", "register"])
    return any(module in routing for module in world.program.mentioning([name]))
