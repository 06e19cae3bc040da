"""What a session holds from one message, or run of the script, to the next: Streamlit's and Chainlit's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import read
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall, models
from datause_lint.analysis.objects import Kind, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.values import NONE, Value, join, of
from datause_lint.analysis.wiring import Framework
from datause_lint.analysis.writing import write
from datause_lint.ir.instructions import Span
from datause_lint.names import ModuleName

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

SESSIONS: Final = frozenset([ModuleName("streamlit.session_state"), ModuleName("chainlit.user_session")])


class Sessions(Framework):
    """What is put into a session under a name is found there by it; of ``st.session_state``, attributes and items are
    the same."""

    sessions: tuple[str, ...] = tuple(sorted(name.rpartition(".")[2] for name in SESSIONS))

    def exported(self, world: World, path: str) -> Value | None:
        return of(world.objects.module(ModuleName(path))) if path in SESSIONS else None

    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        name = _name(base, key)
        return read(frame, state, base, attribute(name)) if name is not None else None

    def set_item(self, frame: Frame, state: State, base: Value, key: Value, value: Value) -> bool:
        name = _name(base, key)
        if name is not None:
            write(frame, state, base, attribute(name), value)
        return name is not None

    def method_of(self, name: str) -> Model | None:
        if name == "set":
            return _put
        return _look_up if name in ("get", "setdefault", "pop") else None


def _look_up(call: ModelCall) -> Value:
    """``st.session_state.get("notes", [])``; ``setdefault()`` leaves the other value there."""
    name = _name(call.receiver, call.argument(0, "key"))
    if name is None:
        return UNMODELLED
    found = read(call.frame, call.state, call.receiver, attribute(name))
    other = call.argument(1, "default")
    if call.path.endswith("setdefault") and other.atoms:
        write(call.frame, call.state, call.receiver, attribute(name), join(found, other))
    return join(found, other)


def _put(call: ModelCall) -> Value:
    """``cl.user_session.set("notes", [])``."""
    name = _name(call.receiver, call.argument(0, "key"))
    if name is None:
        return UNMODELLED
    write(call.frame, call.state, call.receiver, attribute(name), call.argument(1, "value"))
    return NONE


@models("chainlit.Message")
def answer(call: ModelCall) -> Value:
    """A message that the program makes: of what it says nobody but the program is the author."""
    made = call.external("chainlit.Answer()")
    call.state.store(made, attribute("content"), call.argument(0, "content"))
    return of(made)


def _name(base: Value, key: Value) -> str | None:
    """What an item of the session is called."""
    if not any(_is_session(obj) for obj in base.objects()):
        return None
    names = [atom.value for atom in key.atoms if isinstance(atom, Const)]
    return names[0] if len(names) == 1 and isinstance(names[0], str) else None


def _is_session(obj: Obj) -> bool:
    return obj.kind is Kind.MODULE and obj.key in SESSIONS
