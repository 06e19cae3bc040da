"""Data frames as the analysis holds them: columns with the data in them, and an object that stands for each row."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import known_keys, origin, read, stood_for, stored_value
from datause_lint.analysis.atoms import Atom, Const, Data, Label
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.evidence import NO_IMPLICATION
from datause_lint.analysis.facts import NOTHING, Fact, Probe, Truth, Truths, common
from datause_lint.analysis.frame import COMPUTED, Frame
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import ELEMENT, OPAQUE, ROW, Obj, attribute, index
from datause_lint.analysis.sql import Column, Selection
from datause_lint.analysis.state import State
from datause_lint.analysis.tables import TABLE_ROW, column_value, facts_of
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, carrying, const, join, join_all, of
from datause_lint.ir.instructions import Span

OPEN: Final = "@open"  # of a frame: whether it has columns that nobody states
KEYS_OF_GROUPS: Final = "@keys"
GROUPED_BY: Final = "@by"
OUTSIDE: Final = "@outside"
NAME: Final = "@name"  # of a series: its column
TESTED: Final = "@tested"  # of a series: what its truth proves of the rows

FRAMES: Final = frozenset(
    {
        "pandas.DataFrame", "polars.DataFrame", "polars.LazyFrame", "dask.dataframe.DataFrame", "datasets.Dataset",
        "datasets.IterableDataset", "pyspark.sql.DataFrame", "pyarrow.Table", "modin.pandas.DataFrame",
        "cudf.DataFrame", "geopandas.GeoDataFrame", "pandas.DataFrameGroupBy",
    }
)  # fmt: skip
SERIES: Final = frozenset({"pandas.Series", "polars.Series", "dask.dataframe.Series", "pyspark.sql.Column"})
FRAME: Final = "pandas.DataFrame"
GROUPS: Final = "pandas.DataFrameGroupBy"
ONE_SERIES: Final = "pandas.Series"


@dataclass(slots=True)
class Table:
    """A frame taken apart. Each column's value is the data in it; ``rest`` is data in columns that are not known."""

    columns: dict[str, Value] = field(default_factory=dict)
    rows: Value = field(default_factory=lambda: EMPTY)  # what stands for each row, with what is proven of it
    open: bool = True
    rest: Value = field(default_factory=lambda: EMPTY)
    api: str = FRAME
    keys: Value = field(default_factory=lambda: EMPTY)  # of groups: the data in what they are grouped by
    by: Value = field(default_factory=lambda: EMPTY)  # of groups by one column: what its truth proves of the rows

    def proving(self, facts: Truths) -> Table:
        """The rows of which the facts hold, too."""
        if not facts:
            return self
        columns = {name: carrying(value, facts) for name, value in self.columns.items()}
        rows, rest, keys = (carrying(value, facts) for value in (self.rows, self.rest, self.keys))
        return replace(self, columns=columns, rows=rows, rest=rest, keys=keys)

    def only(self, names: list[str]) -> Table:
        return replace(self, columns={name: self.columns[name] for name in names if name in self.columns}, open=False)

    def without(self, names: list[str]) -> Table:
        return replace(self, columns={name: value for name, value in self.columns.items() if name not in names})

    def everything(self) -> Value:
        return join_all([*self.columns.values(), self.rest])


# ── what is a frame ───────────────────────────────────────────────────────────────────────────────────────────────


def frame_api(frame: Frame, state: State, obj: Obj) -> str | None:
    """The path of the frame's class; None for what is no frame."""
    return _api_among(frame, state, obj, FRAMES)


def is_series(frame: Frame, state: State, obj: Obj) -> bool:
    return _api_among(frame, state, obj, SERIES) is not None


def _api_among(frame: Frame, state: State, obj: Obj, wanted: frozenset[str]) -> str | None:
    if obj.api is not None:
        found = obj.api.removesuffix("()")
        return found if found in wanted else None
    return next((kind.api for kind in types_of(frame, state, obj) if kind.api in wanted), None)


def frames_in(frame: Frame, state: State, value: Value) -> list[Obj]:
    return [obj for obj in value.objects() if frame_api(frame, state, obj) is not None]


def series_in(frame: Frame, state: State, value: Value) -> list[Obj]:
    return [obj for obj in value.objects() if is_series(frame, state, obj)]


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def table_of(frame: Frame, state: State, value: Value) -> Table:
    """All the frames that the value may be, as one."""
    tables: list[Table] = []
    others: dict[Atom, Truths] = {}
    for atom, carried in value.atoms.items():
        if type(atom) is Obj and (api := frame_api(frame, state, atom)) is not None:
            tables.append(_table_of(frame, state, atom, api).proving(carried))
        elif isinstance(atom, (Label, Data)):
            others[atom] = carried
    if not tables:
        data = data_of(frame, state, value)
        return Table(rest=data)
    result = tables[0]
    for table in tables[1:]:
        result = stacked(result, table)
    return replace(result, rest=join(result.rest, Value(others))) if others else result


def _table_of(frame: Frame, state: State, obj: Obj, api: str) -> Table:
    names = [name for name in known_keys(frame, state, obj) if isinstance(name, str)]
    if obj.root.of_a_round:
        for each in origin(frame, state, obj).objects():
            names.extend(name for name in known_keys(frame, state, each) if isinstance(name, str))
    base = of(obj)
    rows = read(frame, state, base, ROW)
    return Table(
        {name: read(frame, state, base, index(name)) for name in dict.fromkeys(names)},
        rows if rows.objects() else base,
        _is_open(frame, state, obj),
        _rest_of(frame, state, obj),
        api,
        stored_value(frame, state, obj, KEYS_OF_GROUPS) or EMPTY,
        stored_value(frame, state, obj, GROUPED_BY) or EMPTY,
    )


def _rest_of(frame: Frame, state: State, obj: Obj) -> Value:
    known = _known_rest(frame, state, obj)
    if known is not None:
        return known
    return join_all([_known_rest(frame, state, each) or EMPTY for each in stood_for(frame, state, obj)])


def _known_rest(frame: Frame, state: State, obj: Obj) -> Value | None:
    stored = stored_value(frame, state, obj, OPAQUE)
    return of(obj.child(OPAQUE)) if stored is None and frame.is_input(obj) else stored


def _is_open(frame: Frame, state: State, obj: Obj) -> bool:
    known = _known_to_be_open(frame, state, obj)
    behind = stood_for(frame, state, obj)
    return any(_known_to_be_open(frame, state, each) for each in behind) if known is None else known


def _known_to_be_open(frame: Frame, state: State, obj: Obj) -> bool | None:
    stored = stored_value(frame, state, obj, OPEN)
    if stored is not None:
        return stored.may_be_true()
    if frame.is_input(obj):
        known = frame.known_atoms(obj.child(OPEN))
        return not known or any(not isinstance(atom, Const) or bool(atom.value) for atom in known)
    return None if obj.root.of_a_round else True


def column_of(frame: Frame, state: State, table: Table, name: str, span: Span) -> Value:
    """The data in a column; what its truth proves of the rows."""
    known = table.columns.get(name)
    rows = table.rows.objects()
    if known is None:
        column = Column(name, (name,), name)
        found = [(column_value(frame, row, column, span), table.rows.atoms[row]) for row in rows]
        known = join(join_all([carrying(Value(each.atoms), carried) for each, carried in found]), table.rest)
    elif known.probes or known.implied is not NO_IMPLICATION or not _is_original(known, rows, name):
        return known
    elif frame.world.policy.field_guards(name) and (
        guards.fold(frame, known) is not None or _is_computed(frame, known, name)
    ):
        return known  # a caller has put there the same for all, or what he has made himself
    probes = tuple(probe for row in rows for probe in guards.field_probes(frame, state, row, name, span))
    return Value(known.atoms, known.implied, probes)


def _is_computed(frame: Frame, value: Value, name: str) -> bool:
    """Whether the caller has put something into the column that is not as it was read."""
    columns = [obj for obj in value.objects() if obj.key == index(name) and frame.is_input(obj)]
    return any(frame.ask(column, COMPUTED) for column in columns)


def _is_original(value: Value, rows: list[Obj], name: str) -> bool:
    """Whether the column is as it was read, and not computed since."""
    return any(type(atom) is Obj and (atom.key == index(name) or atom in rows) for atom in value.atoms)


def common_facts(value: Value) -> Truths:
    return common(*value.atoms.values())


def column_names(frame: Frame, state: State, value: Value) -> list[str] | None:
    """The constant names that an argument is, or is a list of; None where it is something else."""
    constants = guards.fold(frame, value)
    if constants is None:
        inner = elements(frame, state, value)
        constants = guards.fold(frame, inner) if inner.atoms else ([] if _is_empty_list(value) else None)
    if constants is None or not all(isinstance(each.value, str) for each in constants):
        return None
    return [str(each.value) for each in constants]


def _is_empty_list(value: Value) -> bool:
    only = value.only_object()
    return only is not None and only.api in ("builtins.list", "builtins.tuple") and len(value.atoms) == 1


# ── making ────────────────────────────────────────────────────────────────────────────────────────────────────────


def make_frame(call: ModelCall, table: Table, part: str = "~frame") -> Value:
    made = call.external(f"{table.api}()", part=part)
    write_frame(call.state, made, table)
    return of(made)


def write_frame(state: State, obj: Obj, table: Table) -> None:
    """Makes the object this table, whatever it was before."""
    kept = {key: value for key, value in state.heap.get(obj, {}).items() if key.startswith("@argument")}
    fields = {index(name): value for name, value in table.columns.items()}
    fields.update(kept)
    fields[ROW] = table.rows
    fields[OPEN] = const(table.open)
    if table.rest.atoms:
        fields[OPAQUE] = table.rest
    if table.keys.atoms:
        fields[KEYS_OF_GROUPS] = table.keys
    if table.by.probes or any(table.by.implied):
        fields[GROUPED_BY] = table.by
    state.heap[obj] = fields


def with_outside(state: State, selected: Value, outside: Value | None) -> Value:
    """Some rows, or their index: what is known of all other rows of the frame that they were selected from."""
    for obj in selected.objects() if outside is not None else ():
        state.store(obj, OUTSIDE, outside)  # type: ignore[arg-type]  # there is one
    return selected


def make_series(call: ModelCall, data: Value, rows: Value, name: str = "", part: str = "~column") -> Value:
    """A column on its own: iterating it gives the data; its truth proves of the rows what ``data`` implies."""
    made = call.external(f"{ONE_SERIES}()", part=part)
    call.state.store(made, ELEMENT, Value(data.atoms))
    call.state.store(made, ROW, rows)
    if name:
        call.state.store(made, NAME, const(name))
    if data.probes or data.implied is not NO_IMPLICATION:
        call.state.store(made, TESTED, Value({}, data.implied, data.probes))
    return Value({made: NOTHING}, data.implied, data.probes)


def selected_frame(call: ModelCall, selection: Selection, api: str = FRAME, part: str = "") -> Value:
    """The frame that a statement, or a file of which the columns are known, fills."""
    row = call.external(TABLE_ROW, part=f"~row{part}")
    facts = facts_of(call.frame, selection.proven, row, call.span)
    columns: dict[str, Value] = {}
    for column in selection.columns:
        data = column_value(call.frame, row, column, call.span)
        if not column.sources and not column.tested:
            data = Value({}, data.implied)
        # Evidence under its own name is found when it is read: there is the place of the guard.
        probes: tuple[Probe, ...] = () if column.tested == column.name else data.probes
        columns[column.name] = carrying(Value(data.atoms, data.implied, probes), facts)
    return make_frame(call, Table(columns, Value({row: facts}), selection.whole, EMPTY, api), f"~frame{part}")


def unknown_frame(call: ModelCall, api: str = FRAME, rest: Value = EMPTY) -> Value:
    """A frame of whose columns nothing is known."""
    row = call.external(TABLE_ROW, part="~row")
    return make_frame(call, Table({}, of(row), True, rest, api))


def series_value(frame: Frame, state: State, value: Value) -> tuple[Value, Value]:
    """What stands in a series, or in whatever is put into a column; and the rows that it is of."""
    parts: list[Value] = []
    rows: list[Value] = []
    for atom, carried in value.atoms.items():
        if type(atom) is Obj and is_series(frame, state, atom):
            parts.append(carrying(read(frame, state, of(atom), ELEMENT), carried))
            rows.append(carrying(read(frame, state, of(atom), ROW), carried))
        elif type(atom) is Obj:
            parts.append(
                carrying(elements(frame, state, of(atom)), carried)
                if atom.api is not None and atom.api.startswith("builtins.")
                else EMPTY
            )
            parts.append(data_of(frame, state, Value({atom: carried})))
        else:
            parts.append(Value({atom: carried}))
    known = condition(frame, state, value)
    return Value(join_all(parts).atoms, known.implied, known.probes), join_all(rows)


def condition(frame: Frame, state: State, value: Value) -> Value:
    """What the value's truth proves: a series knows it also where only the object was handed on."""
    if value.probes or value.implied is not NO_IMPLICATION:
        return Value({}, value.implied, value.probes)
    found = [stored_value(frame, state, obj, TESTED) for obj in series_in(frame, state, value)]
    known = [each for each in found if each is not None]
    return join_all(known) if known and len(known) == len(found) else EMPTY


# ── whole tables ──────────────────────────────────────────────────────────────────────────────────────────────────


def stacked(one: Table, other: Table) -> Table:
    """The rows of both: what only one side's rows have proven holds for these alone."""
    names = dict.fromkeys((*one.columns, *other.columns))
    columns: dict[str, Value] = {}
    for name in names:
        mine, others = one.columns.get(name), other.columns.get(name)
        columns[name] = either(mine, others) if mine is not None and others is not None else mine or others or EMPTY
    rows, rest = either(one.rows, other.rows), either(one.rest, other.rest)
    return Table(columns, rows, one.open or other.open, rest, one.api)


def either(left: Value, right: Value) -> Value:
    """Either value; what two places have proven of the same people is proven."""
    joined = join(left, right)
    atoms = dict(joined.atoms)
    for atom, carried in left.atoms.items():
        others = right.atoms.get(atom)
        if others is not None and others != carried:
            known = {_placeless(truth) for truth in others}
            atoms[atom] = frozenset(truth for truth in carried if _placeless(truth) in known)
    return Value(atoms, joined.implied, joined.probes)


def _placeless(truth: Truth) -> object:
    return (truth.guard, truth.uses, truth.subject) if type(truth) is Fact else truth


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def row_of(call: ModelCall, table: Table, part: str = "~each") -> Value:
    """One row on its own: a record whose fields are the columns."""
    row = call.external(TABLE_ROW, part=part)
    rows = table.rows.objects()
    for position, (name, value) in enumerate(table.columns.items()):
        moved = moved_to(value, rows, row)
        call.state.store(row, index(name), moved)
        call.state.store(row, attribute(name), moved)
        call.state.store(row, index(position), moved)
    if table.rest.atoms:
        call.state.store(row, OPAQUE, moved_to(table.rest, rows, row))
    facts = common_facts(table.rows)
    return Value({row: frozenset(_moved_truth(fact, rows, row) for fact in facts)})


def moved_to(value: Value, rows: list[Obj], row: Obj) -> Value:
    """What was read from the table's rows, as read from one of them."""
    atoms: dict[Atom, Truths] = {}
    for atom, carried in value.atoms.items():
        moved = atom.read_from(row) if isinstance(atom, Label) and atom.record in rows else atom
        facts = frozenset(_moved_truth(fact, rows, row) for fact in carried)
        atoms[moved] = common(atoms[moved], facts) if moved in atoms else facts
    probes = tuple(probe._replace(subject=row) if probe.subject in rows else probe for probe in value.probes)
    return Value(atoms, value.implied, tuple(dict.fromkeys(probes)))


def _moved_truth(truth: Truth, rows: list[Obj], row: Obj) -> Truth:
    return truth._replace(subject=row) if type(truth) is Fact and truth.subject in rows else truth
