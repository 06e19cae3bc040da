"""``Provide[Container.service]`` of dependency_injector: what the provider gives stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom
from datause_lint.analysis.models.injection import PROVIDERS, provided
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame

MARKERS: Final = frozenset({"dependency_injector.wiring.Provide", "dependency_injector.wiring.Closing"})


class Injection(Framework):
    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        if not any(isinstance(atom, ApiAtom) and atom.path in MARKERS for atom in base.atoms):
            return None
        providers = [obj for obj in key.objects() if (obj.api or "").startswith(PROVIDERS)]
        if not providers:
            return key  # ``Closing[Provide[…]]``: it stands there already
        from datause_lint.analysis.calling import call_values

        return provided(
            ModelCall(frame, state, f"{PROVIDERS}Factory()", of(*providers), Arguments(), span, call_values)
        )
