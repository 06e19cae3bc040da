"""Flask and Quart: what runs before a view, what a request and its session hold, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis import identifiers
from datause_lint.analysis.access import origin, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, BoundAtom, FunctionAtom
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.frameworks.flask_views import enter_view
from datause_lint.analysis.guards import truths_of
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import OPAQUE, Kind, Obj
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import NONE, Value, of
from datause_lint.analysis.ways import is_on_every_way
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import GetAttribute, Load, Span
from datause_lint.ir.module import FunctionKind
from datause_lint.names import ApiPath, ClassId, FunctionId, ModuleName

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

PACKAGES: Final = ("flask.", "quart.", "flask_openapi3.", "apiflask.", "flask_smorest.")
APPLICATIONS: Final = ("Flask()", "Quart()", "Blueprint()", "APIFlask()", "APIBlueprint()", "OpenAPI()")
ROUTES: Final = frozenset(["route", "get", "post", "put", "patch", "delete", "websocket"])
BEFORE: Final = frozenset(["before_request", "before_websocket"])
BEFORE_EVERY: Final = frozenset(["before_app_request", "before_app_websocket"])
RESPONSES: Final = frozenset(
    ["jsonify", "redirect", "make_response", "Response", "render_template", "render_template_string", "send_file"]
)
RECEIVER: Final = "@receiver"
INCLUDED: Final = "@included"  # of a blueprint: the calls that register it
CHECKS: Final = "@before"  # of an application or blueprint: what runs before each of its views
ROUTED: Final = "@routed"  # of a class of views: where it is registered
VIEW_CLASS: Final = "@view"
MAXIMAL_WAYS: Final = 8

# One object for whatever request is being answered.
USERS: Final = [
    "flask_login.current_user",
    "flask_login.utils.current_user",
    "flask_jwt_extended.current_user",
    "quart_auth.current_user",
    "flask_security.current_user",
    "flask_user.current_user",
]
CONTEXT: Final = {
    **dict.fromkeys(("flask.g", "quart.g"), "flask.g"),
    **dict.fromkeys(("flask.session", "quart.session"), "flask.session"),
    **dict.fromkeys(USERS, "flask_login.current_user"),
}
IDENTIFYING: Final = frozenset(["current_user", "get_current_user", "get_jwt_identity", "current_identity", "auth_id"])
CHOSEN: Final = (".args", ".view_args")  # of a request: what its URL says, not who makes it
FORMS: Final = ("wtforms.", "flask_wtf.")


class Flask(Framework):
    words: tuple[str, ...] = ("register_blueprint", "add_url_rule", "before_request", "before_app_request")

    def __init__(self) -> None:
        self._by_session: dict[FunctionId, bool] = {}

    # ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def model_of(self, path: str) -> Model | None:
        if not path.startswith(PACKAGES):
            return None
        head, _, name = path.rpartition(".")
        if head.endswith(APPLICATIONS):
            if name in ROUTES:
                return remembered
            if name == "register_blueprint":
                return include
            if name == "add_url_rule":
                return add_url_rule
        if name in RESPONSES and "()" not in head:
            return response
        return as_view if name == "as_view" else None

    def never_decorates(self, path: str) -> bool:
        return path.startswith(PACKAGES) and last_name(path) in {"add_url_rule", "as_view", *RESPONSES}

    def exported(self, world: World, path: str) -> Value | None:
        name = CONTEXT.get(path)
        if name is None:
            return None
        if name == "flask_login.current_user":
            users = _user_classes(world)
            if len(users) == 1:
                return of(world.objects.external(name, None, users[0]))
        return of(world.objects.module(ModuleName(name)))

    def function_decorated(self, frame: Frame, state: State, decorated: Value, mark: Obj) -> Value | None:
        """``@bp.before_request``."""
        path = (mark.api or "").removesuffix("()")
        known = path.startswith(PACKAGES) and last_name(path) in BEFORE | BEFORE_EVERY
        if known and is_on_every_way(frame.function, frame.block):
            holder = stored_value(frame, state, mark, RECEIVER)
            for obj in holder.objects() if holder is not None else ():
                every = last_name(path) in BEFORE_EVERY
                target = frame.world.objects.module(ModuleName("flask.app")) if every else obj
                frame.world.shared.write(target, CHECKS, decorated)
        return None

    def class_attribute(self, frame: Frame, state: State, cls: ClassId, name: str, span: Span) -> Value | None:
        if name == "as_view" and any(
            base.startswith(("flask.views.", "quart.views.")) for base in frame.world.outer_bases(cls)
        ):
            return of(ApiAtom(ApiPath("flask.views.View.as_view"), frame.world.objects.class_object(cls)))
        return None

    # ── entries ───────────────────────────────────────────────────────────────────────────────────────────────────

    def entries(self, world: World) -> Iterable[FunctionId]:
        return [name for name in world.marks if any(_is_route(mark) for mark in world.marks[name])]

    def enter(self, frame: Frame, state: State) -> None:
        """What runs before the view has returned nothing: else the view would not run."""
        if frame.function.kind is not FunctionKind.FUNCTION:
            return
        enter_view(frame, state)
        routes = [mark for mark in frame.world.marks_of(frame.function.id) if _is_route(mark)]
        cls = frame.function.owner_class
        if cls is not None:
            routed = frame.world.shared.read(frame.world.objects.class_object(cls), ROUTED)
            routes.extend(routed.objects() if routed is not None else ())
        ways = [way for mark in routes for way in _ways(frame, state, mark)][:MAXIMAL_WAYS]
        if not any(ways):
            return
        states = [self._checked(frame, state.copy(), way) for way in ways]
        joined = states[0]
        for other in states[1:]:
            joined = join_states(joined, other)
        state.variables, state.heap, state.facts = joined.variables, joined.heap, joined.facts

    def _checked(self, frame: Frame, state: State, checks: list[FunctionAtom | BoundAtom]) -> State:
        for check in checks:
            if check.function == frame.function.id:
                continue
            value, after = call_values(frame, state, of(check), Arguments(), frame.function.span)
            if after is None:
                continue
            outcome = awaited(frame, after, value)
            if outcome.state is not None:
                state = outcome.state
                state.learn(truths_of(outcome.value).none)
        return state

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────

    def is_requester(self, frame: Frame, state: State, obj: Obj) -> bool:
        return self._is_requester(frame, state, obj, 0)

    def _is_requester(self, frame: Frame, state: State, obj: Obj, depth: int) -> bool:
        root = obj.root
        if root.key == "flask_login.current_user" or (root.kind is Kind.MODULE and root.key == "flask.session"):
            return root is obj or root.kind is Kind.MODULE
        if root.kind is Kind.MODULE and root.key == "flask.g":
            return obj.base is root and identifiers.is_person(obj.key[1:])
        if root.of_a_round and depth < 3:
            stands = origin(frame, state, obj).objects()
            return bool(stands) and all(self._is_requester(frame, state, each, depth + 1) for each in stands)
        path = root.api or ""
        if path.startswith("flask.request"):
            return not path.startswith(tuple(f"flask.request{part}" for part in CHOSEN))
        if last_name(path.removesuffix("()")) in IDENTIFYING:
            return True
        if root.cls is not None and any(base.startswith(FORMS) for base in frame.world.outer_bases(root.cls)):
            return True
        return root is obj and self._is_loaded_by_session(frame, state, obj)

    def _is_loaded_by_session(self, frame: Frame, state: State, obj: Obj) -> bool:
        """What ``current_user()`` gives: a function that is told nothing, and finds a person by the session."""
        if obj.kind not in (Kind.NEW, Kind.EXTERNAL) or not obj.chain:
            return False
        kinds = types_of(frame, state, obj)
        if not any(kind.cls is not None and identifiers.is_person(kind.cls.rpartition(":")[2]) for kind in kinds):
            return False
        makers = dict.fromkeys(FunctionId(site.partition("@")[0]) for site in (*obj.chain[1:], obj.key))
        return any(self._reads_session(frame.world, maker) for maker in makers if maker != frame.function.id)

    def _reads_session(self, world: World, name: FunctionId) -> bool:
        known = self._by_session.get(name)
        if known is None:
            known = self._by_session[name] = _asks_who(world, name)
        return known


def _asks_who(world: World, name: FunctionId) -> bool:
    function = world.function(name)
    if function is None or [each for each in function.parameters if each.name not in ("self", "cls")]:
        return False
    module = world.module_of(name)
    reads_request = False
    attributes: set[str] = set()
    for block in function.blocks:
        for instruction in block.instructions:
            if isinstance(instruction, GetAttribute):
                attributes.add(instruction.name)
            if not isinstance(instruction, Load):
                continue
            value = world.global_value(module, instruction.name)
            for atom in value.atoms if value is not None else ():
                if type(atom) is Obj and atom.key in ("flask.session", "flask.g", "flask_login.current_user"):
                    return True
                reads_request = reads_request or (isinstance(atom, ApiAtom) and atom.path == "flask.request")
    if attributes & {"args", "view_args", "form", "json", "get_json", "values"}:
        return False
    return reads_request and bool(attributes & {"headers", "cookies", "authorization", "environ"})


def _user_classes(world: World) -> list[ClassId]:
    modules = [world.module(name) for name in world.program.mentioning(["UserMixin"])]
    return [
        cls
        for module in modules
        for cls in (module.classes if module is not None else ())
        if any(last_name(base) == "UserMixin" for base in world.outer_bases(cls))
    ]


# ── models ────────────────────────────────────────────────────────────────────────────────────────────────────────


def remembered(call: ModelCall) -> Value:
    """A decorator that knows the application or blueprint that it is of."""
    made = call.external(f"{call.path}()")
    for position, value in enumerate(call.arguments.positional):
        call.state.store(made, f"@argument{position}", value)
    for name, value in call.arguments.keywords.items():
        call.state.store(made, f"@argument:{name}", value)
    if call.receiver.atoms:
        call.state.store(made, RECEIVER, call.receiver)
    return of(made)


def include(call: ModelCall) -> Value:
    """``app.register_blueprint(bp)``."""
    inclusion = remembered(call)
    call.frame.world.publisher.publish_contents(call.frame, call.state, inclusion, {})
    for blueprint in call.argument(0, "blueprint").objects():
        call.frame.world.shared.write(blueprint, INCLUDED, inclusion)
    return NONE


def add_url_rule(call: ModelCall) -> Value:
    world, mark = call.frame.world, remembered(call)
    world.publisher.publish_contents(call.frame, call.state, mark, {})
    for atom in world.resolve(call.argument(2, "view_func")).atoms:
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            for obj in mark.objects():
                world.mark(atom.function, obj)
        elif type(atom) is Obj:
            views = stored_value(call.frame, call.state, atom, VIEW_CLASS)
            for holder in views.objects() if views is not None else ():
                world.shared.write(holder, ROUTED, mark)
    return NONE


def as_view(call: ModelCall) -> Value:
    made = call.external("flask.views.View.as_view()")
    call.state.store(
        made, VIEW_CLASS, Value({obj: NOTHING for obj in call.receiver.objects() if obj.kind is Kind.CLASS})
    )
    return of(made)


def response(call: ModelCall) -> Value:
    """A response with its content; it is never None."""
    made = call.new("flask.wrappers.Response()")
    data = call.data(*call.arguments.all())
    if data.atoms:
        call.state.store(made, OPAQUE, data)
    return of(made)


# ── routes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_route(mark: Obj) -> bool:
    path = (mark.api or "").removesuffix("()")
    head, _, name = path.rpartition(".")
    return path.startswith(PACKAGES) and head.endswith(APPLICATIONS) and (name in ROUTES or name == "add_url_rule")


def _ways(frame: Frame, state: State, mark: Obj) -> list[list[FunctionAtom | BoundAtom]]:
    """The checks that run before a view: one list for each way in which its blueprint is registered."""
    holder = stored_value(frame, state, mark, RECEIVER)
    every = _checks(frame, frame.world.objects.module(ModuleName("flask.app")))
    ways = [way for obj in (holder.objects() if holder is not None else ()) for way in _ways_to(frame, state, obj, 0)]
    return [[*every, *way] for way in ways or [[]]]


def _ways_to(frame: Frame, state: State, holder: Obj, depth: int) -> list[list[FunctionAtom | BoundAtom]]:
    own = _checks(frame, holder)
    included = stored_value(frame, state, holder, INCLUDED)
    ways: list[list[FunctionAtom | BoundAtom]] = []
    for inclusion in included.objects() if included is not None and depth < 6 else ():
        parents = stored_value(frame, state, inclusion, RECEIVER)
        for parent in parents.objects() if parents is not None else ():
            ways.extend([*way, *own] for way in _ways_to(frame, state, parent, depth + 1))
    return ways[:MAXIMAL_WAYS] or [own]


def _checks(frame: Frame, holder: Obj) -> list[FunctionAtom | BoundAtom]:
    value = frame.world.shared.read(holder, CHECKS)
    return [atom for atom in (value.atoms if value is not None else ()) if isinstance(atom, (FunctionAtom, BoundAtom))]
