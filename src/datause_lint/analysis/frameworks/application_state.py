"""What an application keeps for all requests: ``app.state.llm`` of FastAPI, ``current_app.extensions["llm"]`` of Flask,
``app["llm"]`` of aiohttp, ``context.bot_data["llm"]`` of a bot.

A program has one application of a framework: what is put there, by whatever name the application goes in that function,
is found by whoever has a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import read
from datause_lint.analysis.application_places import (
    BY_ITEMS,
    CONFIGURATION,
    EXPORTED,
    PLACES,
    WAYS_TO_ITEMS,
    place,
    places,
)
from datause_lint.analysis.arguments import POSITIONAL
from datause_lint.analysis.atoms import ApiAtom, Atom, Const, Pattern
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall
from datause_lint.analysis.objects import Kind, Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value, join, of
from datause_lint.analysis.wiring import Framework
from datause_lint.analysis.writing import write
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR, Parameter
from datause_lint.names import ApiPath

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

NAMES: Final = frozenset(["app", "application", "_app", "_application"])
LIBRARIES: Final = {
    "fastapi": "starlette.applications.Starlette",
    "starlette": "starlette.applications.Starlette",
    "sanic": "sanic.Sanic",
    "aiohttp": "aiohttp.web.Application",
    "litestar": "litestar.Litestar",
    "flask": "flask.Flask",
}


class ApplicationState(Framework):
    def parameter_types(self, world: World, function: FunctionIR, parameter: Parameter) -> Types:
        """``async def lifespan(app)``, ``def start(app)``, ``def init_app(self, app)``."""
        if parameter.name not in NAMES or parameter.kind not in POSITIONAL:
            return ()
        home = world.module_of(function.id)
        found = [path for name, path in LIBRARIES.items() if home in world.program.importing([name])]
        return (Type(None, ApiPath(found[0])),) if found else ()

    def outer_attribute(self, frame: Frame, state: State, obj: Obj, path: str, name: str, span: Span) -> Value | None:
        found = PLACES.get(f"{path.removesuffix('()')}.{name}")
        return of(place(frame.world, found)) if found is not None else None

    def exported(self, world: World, path: str) -> Value | None:
        return of(place(world, EXPORTED[path])) if path in EXPORTED else None

    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        kept = _kept_in(frame, state, base)
        return _read(frame, state, kept, key) if kept is not None else None

    def set_item(self, frame: Frame, state: State, base: Value, key: Value, value: Value) -> bool:
        kept = _kept_in(frame, state, base)
        if kept is not None:
            write(frame, state, of(kept), index(_name(key)), value)
        return kept is not None

    def method_of(self, name: str) -> Model | None:
        return _look_up if name in ("get", "setdefault") else None


def _kept_in(frame: Frame, state: State, base: Value) -> Obj | None:
    """The place in which items of the value are kept."""
    for atom in base.atoms:
        if isinstance(atom, ApiAtom) and atom.path in WAYS_TO_ITEMS:
            return place(frame.world, "aiohttp")
        if type(atom) is Obj and atom.kind is Kind.MODULE and atom in places(frame.world):
            return atom
        if type(atom) is Obj and _is_application(frame, state, atom):
            return place(frame.world, "aiohttp")
    return None


def _is_application(frame: Frame, state: State, obj: Obj) -> bool:
    """Its class is asked for only where its name says so: to ask is to tell the callers of the function apart."""
    named = obj.key.rpartition("(")[2].rstrip(")").lstrip(".") in NAMES
    kinds = types_of(frame, state, obj) if named else ()
    return obj.api == f"{BY_ITEMS}()" or any(kind.api == BY_ITEMS for kind in kinds)


def _look_up(call: ModelCall) -> Value:
    """``current_app.extensions.get("llm")``."""
    kept = _kept_in(call.frame, call.state, call.receiver)
    if kept is None:
        return UNMODELLED
    return join(_read(call.frame, call.state, kept, call.argument(0)), call.argument(1))


def _read(frame: Frame, state: State, kept: Obj, key: Value) -> Value:
    found = read(frame, state, of(kept), index(_name(key)))
    if kept.key != CONFIGURATION:
        return found
    objects: dict[Atom, Truths] = {
        atom: carried for atom, carried in found.atoms.items() if not isinstance(atom, (Const, Pattern))
    }
    return Value({**objects, kept.child(index(_name(key))): NOTHING})


def _name(key: Value) -> str:
    """What a key is called: of ``web.AppKey("llm", Client)``, what it is."""
    names = [str(atom.value) if isinstance(atom, Const) else repr(atom) for atom in key.atoms]
    return "|".join(sorted(names))
