"""``os.environ[name]`` and ``globals()[name]``, read and written."""

from __future__ import annotations

from datause_lint.analysis.frame import Frame
from datause_lint.analysis.models.environment import is_environment, put_variable, variable
from datause_lint.analysis.models.names import are_globals, name_globally, named
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, join
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span


class Environment(Framework):
    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        if is_environment(base):
            return join(found, variable(frame, state, key))
        return named(frame, state, key) if are_globals(base) else None

    def set_item(self, frame: Frame, state: State, base: Value, key: Value, value: Value) -> bool:
        if is_environment(base):
            put_variable(frame, state, key, value)
        elif are_globals(base):
            name_globally(frame, state, key, value)
        return is_environment(base) or are_globals(base)
