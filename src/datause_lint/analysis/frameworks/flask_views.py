"""Decorators of Flask's classes of views: what each has checked before it calls the view.

They are run around something in place of the view, with something in place of what the view is given: whoever calls the
one with the other leaves behind, with that, what holds there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import read
from datause_lint.analysis.arguments import Arguments, known_length
from datause_lint.analysis.atoms import ApiAtom
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import carried_by_results
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

VIEWS: Final = ("flask.views.", "quart.views.", "flask_restful.Resource", "flask_restx.Resource")
HANDLERS: Final = frozenset(["get", "post", "put", "patch", "delete", "head", "options", "dispatch_request"])
LISTS: Final = ("decorators", "method_decorators")  # the second is what Flask-RESTful calls them
_VIEW: Final = "flask.views.View.view_function"
_GIVEN: Final = "flask.views.View.view_arguments()"
_ANSWER: Final = "flask.views.View.view_function()"
_CALLED: Final = "@called"  # of what a view is given: its answer, with what held where it was called


@models(_VIEW)
def view_function(call: ModelCall) -> Value:
    answer = Value({call.external(_ANSWER): call.state.facts})
    for obj in join_all(call.arguments.all()).objects():
        call.state.store_weakly(obj, _CALLED, answer)
    return answer


def enter_view(frame: Frame, state: State) -> None:
    """At the start of a method that answers requests."""
    cls = frame.function.owner_class
    if cls is None or frame.function.name not in HANDLERS or not _is_view(frame.world, cls):
        return
    for name in LISTS:
        for listed in _listed(frame, state, cls, name):
            state.learn(_proven_by(frame, state.copy(), listed))


def _is_view(world: World, cls: ClassId) -> bool:
    return any(base.startswith(VIEWS) for base in world.outer_bases(cls))


def _listed(frame: Frame, state: State, cls: ClassId, name: str) -> list[Value]:
    """The decorators that stand around the views of a class, and of all below it."""
    world = frame.world
    found = world.class_attribute(cls, name)
    if found is None or any(world.defines(each, name) for each in world.subclasses(cls)):
        return []
    value = world.resolve(found[0])
    length = known_length(frame, state, value) or 0
    return [world.resolve(read(frame, state, value, index(position))) for position in range(length)]


def _proven_by(frame: Frame, state: State, decorator: Value) -> Truths:
    """What holds wherever the view is called by what the decorator has made of it."""
    given = frame.world.objects.external(f"{frame.site(frame.function.span)}~given", ApiPath(_GIVEN))
    state.heap.setdefault(given, {})
    span = frame.function.span
    made, after = call_values(frame, state, decorator, Arguments([of(ApiAtom(ApiPath(_VIEW)))]), span)
    value, after = call_values(frame, after, made, Arguments([of(given)]), span) if after is not None else (EMPTY, None)
    outcome = awaited(frame, after, value) if after is not None else None
    if outcome is None or outcome.state is None:
        return NOTHING
    return carried_by_results(outcome.state.stored(given, _CALLED), _ANSWER)
