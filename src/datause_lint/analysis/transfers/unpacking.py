"""Unpacking: which element goes into which target."""

from __future__ import annotations

from datause_lint.analysis.access import LIST, read
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.facts import Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.identifiers import singular
from datause_lint.analysis.iteration import elements, may_be_dict
from datause_lint.analysis.late import catch_up
from datause_lint.analysis.named_tuples import field_at
from datause_lint.analysis.objects import ELEMENT, Obj, index
from datause_lint.analysis.special_methods import iterated
from datause_lint.analysis.state import State
from datause_lint.analysis.transfers.registry import transfers
from datause_lint.analysis.untold import any_of
from datause_lint.analysis.values import Value, carrying, of
from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath


@transfers(ir.Unpack)
def _unpack(frame: Frame, state: State, i: ir.Unpack) -> State | None:
    catch_up(frame, state, [frame.registers[i.source]], call_values)
    source, after = iterated(frame, state, frame.world.resolve(frame.registers[i.source]), i.span, call_values)
    if after is None:
        return None
    state = after
    source = _with_keys(frame, state, source, i.span)
    count = len(i.targets)
    hint = frame.register_names.get(i.source, "")
    for position, target in enumerate(i.targets):
        if i.star < 0 or position < i.star:
            value = _position(frame, state, source, position, i.span)
        elif position == i.star:
            value = _rest(frame, state, source, position, count - position - 1, i, target)
        else:
            value = _position(frame, state, source, position - count, i.span)
        frame.registers[target] = value
        frame.register_names[target] = singular(hint)
    return state


def _with_keys(frame: Frame, state: State, source: Value, span: Span) -> Value:
    """Of a dict, its keys are drawn."""
    atoms: dict[Atom, Truths] = {}
    for number, (atom, carried) in enumerate(source.atoms.items()):
        if type(atom) is Obj and may_be_dict(frame, state, atom):
            made = frame.world.objects.new(f"{frame.site(span)}~keys{number}", api=ApiPath(LIST))
            state.allocate(made)
            state.store(made, ELEMENT, elements(frame, state, of(atom)))
            atoms[made] = carried
        else:
            atoms[atom] = carried
    return Value(atoms, source.implied, source.probes)


def _position(frame: Frame, state: State, source: Value, place: int, span: Span) -> Value:
    """The element at a place counted from the front, or, behind a starred target, from the back."""
    parts: list[Value] = []
    for atom, carried in source.atoms.items():
        named = field_at(frame, state, atom, place, span) if type(atom) is Obj else None
        parts.append(
            carrying(named, carried) if named is not None else read(frame, state, Value({atom: carried}), index(place))
        )
    return any_of(parts)


def _rest(
    frame: Frame, state: State, source: Value, start: int, behind: int, i: ir.Unpack, target: ir.Register
) -> Value:
    made = frame.world.objects.new(f"{frame.site(i.span)}*{target}", api=ApiPath(LIST))
    state.allocate(made)
    length = known_length(frame, state, source)
    if length is not None:
        for offset, position in enumerate(range(start, length - behind)):
            state.store(made, index(offset), read(frame, state, source, index(position)))
    else:
        state.store(made, ELEMENT, elements(frame, state, source))
    return of(made)
