"""Functions that fill frames from databases and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from datause_lint.analysis.access import LIST, known_keys
from datause_lint.analysis.frameworks.databases import selections
from datause_lint.analysis.frameworks.dataframes.frames import (
    column_names,
    selected_frame,
    unknown_frame,
)
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.sql import Selection
from datause_lint.analysis.tables import named_columns
from datause_lint.analysis.values import Value, join_all

SOURCES: dict[str, Model] = {}
HOOKS: Final = frozenset(["get_pandas_df", "get_df"])  # methods of Airflow's hooks that give a frame
PANDAS, POLARS, LAZY, DATASET, SPARK = (
    "pandas.DataFrame",
    "polars.DataFrame",
    "polars.LazyFrame",
    "datasets.Dataset",
    "pyspark.sql.DataFrame",
)


def source(*paths: str) -> Callable[[Model], Model]:
    def register(model: Model) -> Model:
        for path in paths:
            SOURCES[path] = model
        return model

    return register


def reader_at(path: str) -> Model | None:
    of_hook = path.startswith("airflow.") and path.rpartition(".")[2] in HOOKS
    return from_sql if of_hook else SOURCES.get(path)


def api_of(path: str) -> str:
    if path.startswith("polars.scan"):
        return LAZY
    return next(
        (
            api
            for prefix, api in (("polars.", POLARS), ("datasets.", DATASET), ("pyspark.", SPARK))
            if path.startswith(prefix)
        ),
        PANDAS,
    )


# ── SQL ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@source(
    "pandas.read_sql",
    "pandas.read_sql_query",
    "pandas.read_gbq",
    "polars.read_database",
    "polars.read_database_uri",
    "awswrangler.athena.read_sql_query",
    "awswrangler.redshift.read_sql_query",
    "datasets.Dataset.from_sql",
    "pyspark.sql.SparkSession().sql",
    "dask.dataframe.read_sql_query",
    "pandas_gbq.read_gbq",
)
def from_sql(call: ModelCall) -> Value:
    given = call.optional(0, "sql") or call.argument(0, "query")
    api = api_of(call.path)
    found = [
        selected_frame(call, selection, api, str(number))
        for number, (selection, _) in enumerate(selections(call, given))
    ]
    if not found:
        return _chunked(call, unknown_frame(call, api))
    return _chunked(call, join_all(found))


def _chunked(call: ModelCall, made: Value) -> Value:
    """With ``chunksize``, an iterator over frames."""
    chunks = any(name in call.arguments.keywords for name in ("chunksize", "batch_size", "iter_batches", "iterator"))
    return call.container(LIST, made, "~chunks") if chunks and call.path.startswith("pandas.") else made


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FILES: Final = (
    *(
        f"pandas.read_{kind}"
        for kind in [
            "csv",
            "table",
            "excel",
            "json",
            "parquet",
            "feather",
            "orc",
            "pickle",
            "xml",
            "stata",
            "spss",
            "sas",
            "hdf",
            "fwf",
            "clipboard",
            "sql_table",
        ]
    ),
    *(f"polars.read_{kind}" for kind in ["csv", "parquet", "json", "ndjson", "excel", "ipc", "avro", "ods", "delta"]),
    *(f"polars.scan_{kind}" for kind in ["csv", "parquet", "ndjson", "ipc", "delta"]),
    *(f"datasets.Dataset.from_{kind}" for kind in ["csv", "json", "parquet", "text"]),
    *(f"pyspark.sql.SparkSession().read.{kind}" for kind in ["csv", "json", "parquet", "load", "table", "jdbc", "orc"]),
    "pyspark.sql.SparkSession().table",
    "dask.dataframe.read_csv",
    "dask.dataframe.read_parquet",
    "datasets.load_dataset",
    "datasets.load_from_disk",
    "awswrangler.s3.read_csv",
    "awswrangler.s3.read_parquet",
    "geopandas.read_file",
)


@source(*FILES)
def from_file(call: ModelCall) -> Value:
    """The columns that the call names; of any other file nothing is known before its columns are read."""
    stated: list[str] | None = None
    for word in ("usecols", "columns", "names", "schema", "dtype", "parse_dates"):
        given = call.arguments.keywords.get(word)
        if given is None:
            continue
        names = names_or_keys(call, given)
        if word in ("dtype", "parse_dates", "schema"):
            stated = stated if stated is not None else None
        elif names:
            stated = names if stated is None or word == "usecols" else stated
    api = api_of(call.path)
    content = call.data(call.argument(0, "filepath_or_buffer"))
    if stated is None:
        made = unknown_frame(call, api, content)
    else:
        made = selected_frame(call, Selection(named_columns(stated)), api)
    return _chunked(call, made)


def names_or_keys(call: ModelCall, given: Value) -> list[str]:
    found = column_names(call.frame, call.state, given)
    if found is None:
        found = [
            key for obj in given.objects() for key in known_keys(call.frame, call.state, obj) if isinstance(key, str)
        ]
    return found
