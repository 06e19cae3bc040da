"""Methods that put two frames together."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import identifiers
from datause_lint.analysis.access import TUPLE
from datause_lint.analysis.facts import NOTHING, Fact, Truths
from datause_lint.analysis.fetching import ANYBODY
from datause_lint.analysis.frameworks.dataframes.calls import (
    frame_method,
    is_set,
    names_in,
    receiver_table,
)
from datause_lint.analysis.frameworks.dataframes.frames import (
    Table,
    common_facts,
    frames_in,
    make_frame,
    series_in,
    series_value,
    stacked,
    table_of,
)
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.values import Value, join

# ── two frames ────────────────────────────────────────────────────────────────────────────────────────────────────


def _how(call: ModelCall, default: str) -> str:
    given = call.optional(_how_position(call), "how")
    constant = given.constant() if given is not None else None
    if given is not None and constant is None:
        return "unknown"
    how = str(constant.value) if constant is not None else default
    return {
        "full": "outer",
        "leftsemi": "semi",
        "left_semi": "semi",
        "leftanti": "anti",
        "left_anti": "anti",
        "left_outer": "left",
        "leftouter": "left",
    }.get(how, how)


def _how_position(call: ModelCall) -> int:
    name = call.path.rpartition(".")[2]
    if call.path.startswith("pandas.merge"):
        return 2
    return 1 if name == "merge" else 2


@frame_method("merge", "join", "join_asof")
def merge(call: ModelCall) -> Value:
    default = (
        "left"
        if (call.path.endswith(".join") and not call.path.startswith(("polars.", "pyspark.")))
        or call.path.endswith("join_asof")
        else "inner"
    )
    table = receiver_table(call)
    other = call.argument(0, "right" if "right" in call.arguments.keywords else "other")
    if not frames_in(call.frame, call.state, other) and series_in(call.frame, call.state, other):
        data, rows = series_value(call.frame, call.state, other)
        right = Table({}, rows, False, Value(data.atoms))
    else:
        right = joined_elements(call, other)
    return make_frame(call, merge_tables(call, table, right, _how(call, default)))


def joined_elements(call: ModelCall, value: Value) -> Table:
    """A frame, or all the frames of a list."""
    if frames_in(call.frame, call.state, value):
        return table_of(call.frame, call.state, value)
    inner = elements(call.frame, call.state, value)
    if any(obj.api == TUPLE for obj in inner.objects()):
        inner = elements(call.frame, call.state, inner)
    return (
        table_of(call.frame, call.state, inner)
        if frames_in(call.frame, call.state, inner)
        else table_of(call.frame, call.state, value)
    )


def merge_tables(call: ModelCall, left: Table, right: Table, how: str) -> Table:
    keys = _keys(call)
    common = [name for name in left.columns if name in right.columns]
    names = keys if keys is not None else common
    by_index = (
        is_set(call, "left_index") or is_set(call, "right_index") or (call.path.endswith(".join") and keys is None)
    )
    same_people = (by_index and how != "cross") or _are_of_one(call, names)
    return merged(left, right, how, names, same_people=same_people)


def _are_of_one(call: ModelCall, names: list[str]) -> bool:
    """Whether the keys join rows of one person: ``left_on="reviewer_id", right_on="id"`` joins two."""
    left, right = (call.arguments.keywords.get(word) for word in ("left_on", "right_on"))
    if left is None or right is None:
        return any(identifies_people(name) for name in names)
    pairs = zip(names_in(call, left), names_in(call, right), strict=False)
    return any(
        identifies_people(one) and (one == other or (_is_anybody(one) and _is_anybody(other))) for one, other in pairs
    )


def are_of_others(one: str, other: str) -> bool:
    """Whether two columns say of whom they are, and it is not the same: ``referrer_id`` and ``user_id``."""
    mine, theirs = identifiers.relation_of_id(one), identifiers.relation_of_id(other)
    return bool(mine and theirs) and mine != theirs and not (_is_anybody(one) and _is_anybody(other))


def _is_anybody(name: str) -> bool:
    """``id``, ``user_id``: of whoever the row is about."""
    relation = identifiers.relation_of_id(name)
    return relation is not None and (relation == "" or identifiers.words(relation)[-1] in ANYBODY)


def _keys(call: ModelCall) -> list[str] | None:
    given = [call.arguments.keywords[word] for word in ("on", "left_on", "right_on") if word in call.arguments.keywords]
    if call.path.startswith(("polars.", "pyspark.")) and len(call.arguments.positional) > 1:
        given.append(call.argument(1))
    elif call.path.endswith("DataFrame().merge") and len(call.arguments.positional) > 2:
        given.append(call.argument(2))
    return [name for value in given for name in names_in(call, value)] if given else None


@frame_method(
    "append",
    "union",
    "unionAll",
    "unionByName",
    "vstack",
    "extend",
    "hstack",
    "combine_first",
    "merge_sorted",
    "crossJoin",
    "join_where",
)
def append(call: ModelCall) -> Value:
    return make_frame(call, stacked(receiver_table(call), joined_elements(call, call.argument(0, "other"))))


# ── rows next to each other ───────────────────────────────────────────────────────────────────────────────────────

PERSON_KEYS: Final = frozenset({"email", "username", "login", "phone"})


def merged(left: Table, right: Table, how: str, keys: list[str] | None, *, same_people: bool) -> Table:
    """``left.merge(right)``: the rows of both sides next to each other.

    ``same_people``: the keys join each row with one about the same person.
    """
    lefts, rights = _facts_of_rows(left), _facts_of_rows(right)
    to_left = rights if how in ("inner", "right", "semi") and same_people else NOTHING
    to_right = lefts if how in ("inner", "left", "semi") and same_people else NOTHING
    one = left.proving(_about(to_left, left.rows))
    if how in ("semi", "anti"):
        return one
    other = right.proving(_about(to_right, right.rows))
    columns = dict(one.columns)
    for name, value in other.columns.items():
        if name not in columns:
            columns[name] = value
        elif keys is None or name not in keys:
            columns[f"{name}_x"], columns[f"{name}_y"] = columns[name], value
            columns[f"{name}_right"] = value
        else:
            columns[name] = join(columns[name], value)
    rows = Value({**other.rows.atoms, **one.rows.atoms})
    return Table(columns, rows, one.open or other.open, join(one.rest, other.rest), one.api)


def _facts_of_rows(table: Table) -> Truths:
    """What holds of all of a table's rows."""
    return common_facts(table.rows)


def _about(facts: Truths, rows: Value) -> Truths:
    """The same facts, of the people of these rows."""
    return frozenset(
        fact._replace(subject=row)
        for fact in facts
        if type(fact) is Fact and fact.subject is not None
        for row in rows.objects()
    ) | frozenset(fact for fact in facts if type(fact) is Fact and fact.subject is None)


def identifies_people(name: str) -> bool:
    """Whether equality of the column makes two rows the same person's."""
    return identifiers.relation_of_id(name) is not None or name in PERSON_KEYS
