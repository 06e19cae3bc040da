"""``os.environ[name]``, read and written."""

from __future__ import annotations

from datause_lint.analysis.frame import Frame
from datause_lint.analysis.models.environment import is_environment, put_variable, variable
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, join
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span


class Environment(Framework):
    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        return join(found, variable(frame, state, key)) if is_environment(base) else None

    def set_item(self, frame: Frame, state: State, base: Value, key: Value, value: Value) -> bool:
        if not is_environment(base):
            return False
        put_variable(frame, state, key, value)
        return True
