"""Places in which applications of frameworks keep things for all requests, and the ways that lead there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.atoms import ApiAtom
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.values import Value
from datause_lint.names import ModuleName

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

PLACES: Final = {
    "fastapi.FastAPI.state": "starlette",
    "starlette.applications.Starlette.state": "starlette",
    "litestar.Litestar.state": "litestar",
    "sanic.Sanic.ctx": "sanic",
    "flask.Flask.extensions": "flask",
    "quart.Quart.extensions": "flask",
    "flask.Flask.config": "flask.config",
    "quart.Quart.config": "flask.config",
    "telegram.ext.Application.bot_data": "telegram",
    "telegram.ext.CallbackContext.bot_data": "telegram",
}
"""Attributes that are the same thing wherever they are read."""

EXPORTED: Final = {
    f"{framework}.current_app.{name}": kept
    for framework in ("flask", "quart")
    for name, kept in (("extensions", "flask"), ("config", "flask.config"))
}
CONFIGURATION: Final = ModuleName("flask.config.application")  # what its keys stand for, a file may say otherwise
OF_REQUESTS: Final = {
    **{
        f"{request}().{name}.state": "starlette"
        for request in (
            *("starlette.requests.Request", "starlette.requests.HTTPConnection", "starlette.websockets.WebSocket"),
            *("fastapi.Request", "fastapi.WebSocket"),
        )
        for name in ("app", "application")
    },
    "litestar.Request().app.state": "litestar",
    "sanic.Request().app.ctx": "sanic",
}
"""The ways from a request to what its application keeps. What is looked up there by something of the request stays the
request's where nobody has put it there."""

BY_ITEMS: Final = "aiohttp.web.Application"  # keeps things under items of itself
WAYS_TO_ITEMS: Final = frozenset(["aiohttp.web.Request().app", "aiohttp.web.Request().config_dict"])


def place(world: World, framework: str) -> Obj:
    return world.objects.module(ModuleName(f"{framework}.application"))


def places(world: World) -> list[Obj]:
    """All that applications keep things in."""
    return [place(world, each) for each in dict.fromkeys([*PLACES.values(), "aiohttp"])]


def ways_to_places(world: World) -> Iterator[tuple[Obj, str]]:
    """The places, each with the word that code uses to get there."""
    words = {framework: path.rpartition(".")[2] for path, framework in PLACES.items()}
    yield from ((place(world, each), words.get(each, "app")) for each in (*words, "aiohttp"))


def kept_behind(world: World, base: Value, name: str) -> Value | None:
    """What the program has put where a request leads to: ``request.app.state.llm``."""
    for atom in base.atoms:
        if isinstance(atom, ApiAtom) and atom.path in OF_REQUESTS:
            stored = world.shared.read(place(world, OF_REQUESTS[atom.path]), attribute(name))
            if stored is not None:
                return world.resolve(stored)
    return None
