"""LangChain and LangGraph: chains, prompts, models, vector stores, tools, agents and graphs, as what they run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from datause_lint.analysis.atoms import ApiAtom
from datause_lint.analysis.frameworks.langchain.making import construction_of, sequence_of
from datause_lint.analysis.frameworks.langchain.methods import method_of, run_called
from datause_lint.analysis.frameworks.langchain.serving import nodes_of_served
from datause_lint.analysis.frameworks.langchain.things import (
    CUSTOM,
    PACKAGES,
    RUN,
    SAME,
    hooks_of,
    is_composite_path,
    is_prompt,
    is_runnable,
)
from datause_lint.analysis.models.registry import Model
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import Value, join, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World


class LangChain(Framework):
    """Objects of LangChain remember what they are made of; running one runs that, on the input that it is given."""

    telling_arguments: tuple[str, ...] = (
        "openai_api_base",
        "anthropic_api_url",
        "openai_base_url",
        "model_provider",
        "provider",
        "model_id",
        "endpoint",
    )

    def model_of(self, path: str) -> Model | None:
        if not path.startswith(PACKAGES):
            return None
        holder, _, name = path.rpartition(".")
        if name.endswith("()"):
            return run_called if is_composite_path(path) else None
        if holder.endswith("()") or "()." in holder:
            return method_of(holder, name)
        return construction_of(holder, name)

    def entries(self, world: World) -> Iterable[FunctionId]:
        return nodes_of_served(world)

    def never_decorates(self, path: str) -> bool:
        """``model.with_structured_output(Answer)``, ``model.bind_tools(search)``."""
        return path.startswith(PACKAGES) and last_name(path) in SAME

    def instance_attribute(
        self, frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span
    ) -> Value | None:
        """``invoke`` of an instance of the program's own model, tool or retriever runs what its class defines."""
        if name not in RUN | {"pipe"} or frame.world.class_attribute(cls, name) is not None:
            return None
        if not list(hooks_of(frame.world, cls)):
            return None
        return of(ApiAtom(ApiPath(f"{CUSTOM}.{name}"), obj))

    def binary(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        """``prompt | model | parser``."""
        if operator == "+" and is_prompt(frame, state, left):
            return left if not right.objects() else join(left, right)
        if operator != "|" or not (is_runnable(frame, state, left) or is_runnable(frame, state, right)):
            return None
        return sequence_of(frame, state, [left, right], frame.site(span))
