"""The hooks by which frames, columns and conditions on them mean what they mean in code."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import LIST, read, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Data, Label
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.facts import Fact
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.dataframes import (
    expressions,
    masks,
    sources,  # noqa: F401  # registers itself
)
from datause_lint.analysis.frameworks.dataframes.accessors import (
    ACCESSOR,
    ARRAYS,
    LOCATOR,
    LOCATORS,
    OF_TABLE,
    WITHOUT_ROWS,
    accessor_method,
    attribute_of_series,
    holder_of,
    item_of_series,
    through,
)
from datause_lint.analysis.frameworks.dataframes.frames import (
    FRAMES,
    GROUPS,
    OUTSIDE,
    SERIES,
    Table,
    column_names,
    column_of,
    common_facts,
    condition,
    frame_api,
    frames_in,
    make_frame,
    make_series,
    moved_to,
    row_of,
    series_in,
    series_value,
    table_of,
    with_outside,
)
from datause_lint.analysis.frameworks.dataframes.methods import FRAME_METHODS, SERIES_METHODS, model_for
from datause_lint.analysis.frameworks.dataframes.readers import reader_at
from datause_lint.analysis.many import many
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import OPAQUE, ROW, Kind, Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.tables import TABLE_ROW
from datause_lint.analysis.values import EMPTY, Value, carrying, const, join, join_all, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span


class DataFrames(Framework):
    def model_of(self, path: str) -> Model | None:
        known = reader_at(path)
        if known is not None:
            return known
        holder, _, name = path.rpartition(".")
        if holder.endswith("()") and holder[:-2] in FRAMES:
            return model_for(FRAME_METHODS, name)
        if holder.endswith("()") and holder[:-2] in SERIES:
            return model_for(SERIES_METHODS, name)
        if holder.removesuffix("()") == ACCESSOR:
            return accessor_method
        return expressions.model_of(path)

    def never_decorates(self, path: str) -> bool:
        """``column.map(function)``: whatever is modelled here takes functions to call them."""
        return self.model_of(path) is not None

    # ── attributes ────────────────────────────────────────────────────────────────────────────────────────────────

    def outer_attribute(self, frame: Frame, state: State, obj: Obj, path: str, name: str, span: Span) -> Value | None:
        call = _call(frame, state, span)
        if path in SERIES:
            return attribute_of_series(call, obj, name)
        if path == expressions.EXPRESSION.removesuffix("()"):
            return expressions.attribute_of(call, obj, name)
        if path not in FRAMES:
            return None
        if name in LOCATORS:
            return holder_of(call, LOCATOR, obj, f"~{name}")
        if name in WITHOUT_ROWS and path != GROUPS:
            return _names(call, table_of(frame, state, of(obj))) if name in ("columns", "column_names") else EMPTY
        table = table_of(frame, state, of(obj))
        if name in ARRAYS:
            return table.everything()
        if name == "T":
            return of(obj)
        if name == "index":
            outside = stored_value(frame, state, obj, OUTSIDE)
            return with_outside(state, make_series(call, EMPTY, table.rows, part="~index"), outside)
        if name in FRAME_METHODS or (name not in table.columns and not _is_column(frame, name)):
            return None
        return column(call, of(obj), [name])

    # ── items ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        call = _call(frame, state, span)
        if frames_in(frame, state, base):
            return _item_of_frame(call, base, key)
        if series_in(frame, state, base):
            return item_of_series(call, base, key)
        holders = [obj for obj in base.objects() if obj.api in (LOCATOR, ACCESSOR)]
        if holders:
            table = join_all([read(frame, state, of(obj), OF_TABLE) for obj in holders])
            return _located(call, table, key) if holders[0].api == LOCATOR else through(call, table)
        implied = masks.implied_by(condition(frame, state, key))
        if implied.true and any(isinstance(atom, (Label, Data)) for atom in base.atoms):
            return carrying(found, implied.true)  # an array, cut down to where a condition holds
        return None

    def set_item(self, frame: Frame, state: State, base: Value, key: Value, value: Value) -> bool:
        frames = frames_in(frame, state, base)
        if frames:
            _put(frame, state, frames, column_names(frame, state, key), value, certain=len(frames) == 1)
            return True
        locators = [obj for obj in base.objects() if obj.api == LOCATOR]
        for obj in locators:
            table = read(frame, state, of(obj), OF_TABLE)
            _, chosen = _row_and_column(frame, state, key)
            names = column_names(frame, state, chosen) if chosen is not None else None
            _put(frame, state, frames_in(frame, state, table), names, value, certain=False)
        return bool(locators)

    def iterate(self, frame: Frame, state: State, source: Value, span: Span) -> Value | None:
        """A frame is the sequence of its columns' names; groups are pairs; a data set is the sequence of its rows."""
        found = frames_in(frame, state, source)
        if not found:
            return None
        call = _call(frame, state, span)
        api = frame_api(frame, state, found[0]) or ""
        table = table_of(frame, state, source)
        if api.startswith("datasets."):
            return call.container(LIST, many(state, row_of(call, table)), "~rows")
        if api == "pandas.DataFrameGroupBy":
            group, key = one_group(call, table)
            pair = call.new("builtins.tuple", "~pair")
            state.store(pair, index(0), key)
            state.store(pair, index(1), group)
            return call.container(LIST, of(pair), "~groups")
        return _names(call, table)

    # ── operators ─────────────────────────────────────────────────────────────────────────────────────────────────

    def compare(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        if operator not in masks.COMPARISONS:
            return None
        call = _call(frame, state, span)
        if expressions.is_expression(left) or expressions.is_expression(right):
            return expressions.node(call, operator, left, right)
        if not series_in(frame, state, left) and not series_in(frame, state, right):
            return None
        (one, rows), (other, more) = series_value(frame, state, left), series_value(frame, state, right)
        if not series_in(frame, state, right):
            other = right
        if not series_in(frame, state, left):
            one = left
        return mask(call, masks.comparison(frame, operator, one, other), join_all([rows, more]))

    def binary(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        call = _call(frame, state, span)
        if expressions.is_expression(left) or expressions.is_expression(right):
            return expressions.node(call, operator, left, right)
        if not series_in(frame, state, left) and not series_in(frame, state, right):
            return None
        one, rows = series_value(frame, state, left)
        other, more = series_value(frame, state, right)
        implied = NO_IMPLICATION
        if operator in ("&", "|", "*"):
            combine = masks.either if operator == "|" else masks.both
            implied = combine(masks.implied_by(one), masks.implied_by(other))
        data = Value(join(Value(one.atoms), Value(other.atoms)).atoms, implied)
        return make_series(call, data, join_all([rows, more]), part="~computed")

    def unary(self, frame: Frame, state: State, operator: str, operand: Value, span: Span) -> Value | None:
        call = _call(frame, state, span)
        if expressions.is_expression(operand):
            return expressions.node(call, operator, operand)
        if not series_in(frame, state, operand):
            return None
        data, rows = series_value(frame, state, operand)
        if operator == "~":
            return mask(call, masks.negated(masks.implied_by(data)), rows)
        return make_series(call, Value(data.atoms), rows, part="~computed")


def _call(frame: Frame, state: State, span: Span) -> ModelCall:
    from datause_lint.analysis.calling import call_values

    return ModelCall(frame, state, "", EMPTY, Arguments(), span, call_values)


def mask(call: ModelCall, implied: Implied, rows: Value) -> Value:
    """A column of truth values."""
    return make_series(call, Value({}, implied if any(implied) else NO_IMPLICATION), rows, part="~mask")


def _is_column(frame: Frame, name: str) -> bool:
    return frame.world.policy.classify(name) is not None or bool(frame.world.policy.field_guards(name))


def _names(call: ModelCall, table: Table) -> Value:
    return call.container(LIST, join_all([const(name) for name in table.columns]), "~names")


def one_group(call: ModelCall, table: Table) -> tuple[Value, Value]:
    """One of the groups, with rows of its own, and its key: what that proves, it proves of these."""
    rows, row = table.rows.objects(), call.external(TABLE_ROW, part="~row")
    columns = {name: moved_to(value, rows, row) for name, value in table.columns.items()}
    facts = common_facts(moved_to(table.rows, rows, row))
    group = Table(columns, Value({row: facts}), table.open, moved_to(table.rest, rows, row))
    return make_frame(call, group, "~group"), moved_to(table.by, rows, row)


# ── frames ────────────────────────────────────────────────────────────────────────────────────────────────────────


def column(call: ModelCall, base: Value, names: list[str]) -> Value:
    """One column, or, where several may be meant, any of them."""
    table = table_of(call.frame, call.state, base)
    found: list[Value] = []
    for name in names:
        data = column_of(call.frame, call.state, table, name, call.span)
        read_here = name not in table.columns and any(isinstance(atom, Label) for atom in data.atoms)
        if read_here and not _is_checked(call.state, table):
            _discover(call, base, name, data)
        found.append(data)
    return make_series(call, join_all(found), table.rows, names[0] if len(names) == 1 else "")


def _is_checked(state: State, table: Table) -> bool:
    """Whether something is known here of the rows, which would stay with a column that is noted here."""
    rows = table.rows.objects()
    return any(type(fact) is Fact and fact.subject in rows for fact in state.facts)


def _discover(call: ModelCall, base: Value, name: str, data: Value) -> None:
    """The frame has this column: code that reads it says so."""
    for obj in frames_in(call.frame, call.state, base):
        if call.state.stored(obj, index(name)) is None:
            call.state.store(obj, index(name), Value(data.atoms))


SPLITS: Final = frozenset({"train", "training", "test", "validation", "valid", "val", "dev", "eval", "unsupervised"})


def _item_of_frame(call: ModelCall, base: Value, key: Value) -> Value:
    frame, state = call.frame, call.state
    table = table_of(frame, state, base)
    if series_in(frame, state, key) or any(masks.implied_by(condition(frame, state, key))):
        implied = masks.implied_by(condition(frame, state, key))
        selected = make_frame(call, table.proving(implied.true), "~selected")
        return with_outside(state, selected, Value(dict(base.atoms), Implied(true=implied.false)))
    if expressions.is_expression(key):
        implied = masks.implied_by(expressions.evaluated(call, table, key))
        return make_frame(call, table.proving(implied.true), "~selected")
    constants = guards.fold(frame, key)
    if constants is not None and all(isinstance(each.value, str) for each in constants):
        names = [str(each.value) for each in constants]
        if table.api == "datasets.Dataset" and SPLITS.issuperset(names) and not table.columns.keys() & set(names):
            return base  # a part of what was loaded whole
        if table.api == GROUPS:
            return make_frame(
                call, replace(table, columns=_projected(call, base, names).columns, open=False, rest=EMPTY)
            )
        return column(call, base, names)
    if constants is not None and table.api.startswith("datasets."):
        return row_of(call, table)
    chosen = column_names(frame, state, key)
    if chosen:
        for name in chosen:
            column(call, base, [name])
        projected = _projected(call, base, chosen)
        return make_frame(call, replace(projected, keys=table.keys), "~columns")
    return make_frame(call, table, "~part")


def _projected(call: ModelCall, base: Value, names: list[str]) -> Table:
    """Only these columns; what is not known of them is what their names say."""
    table = table_of(call.frame, call.state, base)
    columns = {
        name: table.columns[name]
        if name in table.columns
        else Value(column_of(call.frame, call.state, table, name, call.span).atoms)
        for name in names
    }
    return Table(columns, table.rows, False, EMPTY, table.api)


def _located(call: ModelCall, table: Value, key: Value) -> Value:
    """``frame.loc[rows, columns]``."""
    frame, state = call.frame, call.state
    rows, columns = _row_and_column(frame, state, key)
    if not frames_in(frame, state, table):
        return item_of_series(call, table, rows) if series_in(frame, state, table) else table
    inner = table_of(frame, state, table)
    proven = masks.implied_by(condition(frame, state, rows)).true
    selected = make_frame(call, inner.proving(proven), "~located")
    if columns is not None:
        constants = guards.fold(frame, columns)
        if constants is not None and all(isinstance(each.value, str) for each in constants):
            return column(call, selected, [str(each.value) for each in constants])
        names = column_names(frame, state, columns)
        return make_frame(call, _projected(call, selected, names), "~projected") if names else selected
    constants = guards.fold(frame, rows)
    if constants is not None and not masks.implied_by(condition(frame, state, rows)).true:
        return row_of(call, inner)
    return selected


def _row_and_column(frame: Frame, state: State, key: Value) -> tuple[Value, Value | None]:
    only = key.only_object()
    if only is not None and only.api == "builtins.tuple":
        first, second = stored_value(frame, state, only, index(0)), stored_value(frame, state, only, index(1))
        if first is not None:
            return first, second
    return key, None


def _put(
    frame: Frame, state: State, frames: list[Obj], names: list[str] | None, value: Value, *, certain: bool
) -> None:
    """``frame["c"] = value``."""
    data, _ = series_value(frame, state, value)
    for obj in frames:
        if not names:
            before = stored_value(frame, state, obj, OPAQUE)
            state.store(obj, OPAQUE, Value(data.atoms) if before is None else join(before, Value(data.atoms)))
            continue
        table = table_of(frame, state, of(obj))
        for name in names:
            before = table.columns.get(name)
            known = certain and len(names) == 1 and obj.kind is not Kind.PAST
            state.store(obj, index(name), data if known or before is None else join(before, data))
        if stored_value(frame, state, obj, ROW) is None and not frame.is_input(obj):
            state.store(obj, ROW, table.rows)
