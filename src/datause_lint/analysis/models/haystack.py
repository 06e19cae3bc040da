"""Haystack: a pipeline hands what it is run with to its components, of which some are hosted models."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall, models
from datause_lint.analysis.sinks import check_sinks
from datause_lint.analysis.values import NONE, Value, of

COMPONENTS: Final = "@components"  # of a pipeline: whatever was added to it
PIPELINES: Final = ("haystack.Pipeline()", "haystack.AsyncPipeline()", "haystack.core.pipeline.Pipeline()")


@models(*(f"{pipeline}.add_component" for pipeline in PIPELINES))
def add_component(call: ModelCall) -> Value:
    for obj in call.receiver.objects():
        call.state.store_weakly(obj, COMPONENTS, call.argument(1, "instance"))
        call.frame.world.publisher.publish_if_shared(call.frame, call.state, obj)
    return NONE


@models(*(f"{pipeline}.{run}" for pipeline in PIPELINES for run in ("run", "run_async", "run_async_generator")))
def run_pipeline(call: ModelCall) -> Value:
    """Which component gets what the names in the data say, and the connections: each may get all."""
    given = Arguments([call.data(call.argument(0, "data"))])
    for obj in call.read(call.receiver, COMPONENTS).objects():
        if obj.api is not None:
            check_sinks(call.frame, call.state, [f"{obj.api}.run"], of(obj), given, (), call.span)
    return UNMODELLED
