"""Methods of frames and columns, by name."""

from datause_lint.analysis.frameworks.dataframes import (  # noqa: F401  # they register themselves
    column_methods,
    computing,
    joining,
    leaving,
    shaping,
)
from datause_lint.analysis.frameworks.dataframes.calls import FRAME_METHODS, SERIES_METHODS, model_for

__all__ = ["FRAME_METHODS", "SERIES_METHODS", "model_for"]
