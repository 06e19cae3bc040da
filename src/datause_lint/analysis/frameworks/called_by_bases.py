"""Methods that a base class outside of the program calls: ``thread.start()`` runs ``run``, ``model(batch)`` runs
``forward``. What such a call does stands in models; here, who may bring it about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.wiring import Framework
from datause_lint.names import ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

RUNS: Final[dict[str, str]] = {
    **dict.fromkeys(("dspy.Module", "dspy.primitives.Module", "dspy.primitives.program.Module"), "forward"),
    **dict.fromkeys(("torch.nn.Module", "torch.nn.modules.Module", "torch.nn.modules.module.Module"), "forward"),
    **dict.fromkeys(
        ("lightning.LightningModule", "lightning.pytorch.LightningModule", "pytorch_lightning.LightningModule"),
        "forward",
    ),
    **dict.fromkeys(("keras.Model", "keras.models.Model", "keras.layers.Layer"), "call"),
    **dict.fromkeys(
        ("tensorflow.keras.Model", "tensorflow.keras.models.Model", "tensorflow.keras.layers.Layer"), "call"
    ),
}
"""By the base class: the method that runs when an instance is called."""


CALLING: Final = frozenset(
    """argparse ast asyncio cmd code codecs email html http json logging multiprocessing smtpd socketserver string
    threading wsgiref xml xmlrpc""".split()
)
"""Modules of the standard library whose classes call methods that are defined below them."""


LOGGING: Final = ("debug", "info", "warning", "error", "exception", "critical", "log")
"""Who logs need not know who hears of it."""


class CalledByBases(Framework):
    def called_as(self, world: World, cls: ClassId) -> str | None:
        return next((RUNS[base] for base in world.outer_bases(cls) if base in RUNS), None)

    def callers_words(self, world: World, function: FunctionId) -> Iterable[str]:
        """Whoever makes an instance names its class."""
        found = world.function(function)
        cls = found.owner_class if found is not None else None
        if found is None or cls is None:
            return []
        by_base = any(base.partition(".")[0] in CALLING for base in world.outer_bases(cls))
        if not by_base and found.name != self.called_as(world, cls):
            return []
        classes = [each.rpartition(":")[2].rpartition(".")[2] for each in (cls, *world.subclasses(cls))]
        return [*classes, *LOGGING] if _is_log_handler(world, cls) else classes


def _is_log_handler(world: World, cls: ClassId) -> bool:
    return any(base.startswith("logging.") and base.endswith("Handler") for base in world.outer_bases(cls))
