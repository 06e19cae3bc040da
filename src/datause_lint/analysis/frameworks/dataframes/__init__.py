"""Data frames: pandas, polars and their like."""

from datause_lint.analysis.frameworks.dataframes.framework import DataFrames

__all__ = ["DataFrames"]
