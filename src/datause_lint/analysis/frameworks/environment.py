"""``os.environ[name]`` and ``globals()[name]``, read and written; ``sys.modules[name]``."""

from __future__ import annotations

from datause_lint.analysis.atoms import ApiAtom
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.environment import is_environment, put_variable, variable
from datause_lint.analysis.models.names import are_globals, name_globally, named
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, join, join_all
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span


class Environment(Framework):
    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        if is_environment(base):
            return join(found, variable(frame, state, key))
        if are_globals(base):
            return named(frame, state, key)
        if any(isinstance(atom, ApiAtom) and atom.path == "sys.modules" for atom in base.atoms):
            here = frame.module.name
            names = [str(each.value) if each.value != "__main__" else here for each in fold(frame, key) or ()]
            return join_all([frame.world.module_value(name, here) for name in names])
        return None

    def set_item(self, frame: Frame, state: State, base: Value, key: Value, value: Value) -> bool:
        if is_environment(base):
            put_variable(frame, state, key, value)
        elif are_globals(base):
            name_globally(frame, state, key, value)
        return is_environment(base) or are_globals(base)
