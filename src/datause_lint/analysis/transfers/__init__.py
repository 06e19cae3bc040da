"""The transfer functions, one for each instruction."""

from datause_lint.analysis.transfers import containers, contexts, control, names, patterns, unpacking
from datause_lint.analysis.transfers.registry import TRANSFERS as TRANSFERS

__all__ = ["TRANSFERS", "containers", "contexts", "control", "names", "patterns", "unpacking"]
