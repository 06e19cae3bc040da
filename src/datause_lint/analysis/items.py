"""Items: what stands under a key, in a slice, and what a policy says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import CONTAINERS, DICT, EACH, LIST, TUPLE, read, stored_keys, stored_value
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.atoms import ApiAtom, Atom, Const
from datause_lint.analysis.by_index import picked
from datause_lint.analysis.facts import NOTHING, Probe, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.item_names import item_names
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.loops import next_element
from datause_lint.analysis.many import is_single, those_for_many
from datause_lint.analysis.named_data import add_field, add_sources
from datause_lint.analysis.named_tuples import field_at
from datause_lint.analysis.objects import ELEMENT, KEYS, OPAQUE, Kind, Obj, index, own_name
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.untold import any_of
from datause_lint.analysis.values import Value, carrying, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath

Bounds = list[int | None]
WHOLES: Final[tuple[Bounds, ...]] = ([None, None, None], [None, None, -1], [None, None, 1])
BOTH: Final = [Const(True, bool), Const(False, bool)]
MANY_SEQUENCES: Final = 4  # that a slice is taken of at one place: beyond it, one part stands for those of all


def read_item(frame: Frame, state: State, base: Value, key: Value, span: Span, hint: str = "") -> Value:
    """``base[key]``."""
    constants = guards.fold(frame, key)
    if constants is None and _is_of_two(frame, state, base) and any(guards.tested(frame, key)):
        constants = BOTH
    if constants is None:
        slicing = key.only_object()
        if slicing is not None and slicing.api == "builtins.slice":
            return _sliced(frame, state, base, slicing, span)
        for name in item_names(frame, state, key):
            return _declared_items(frame, state, base, None, read(frame, state, base, name), span, hint)
    if constants is None or len(constants) > 8 or _is_mask(base, constants):
        found = picked(frame, state, base, key, read(frame, state, base, ELEMENT), span)
        return _declared_items(frame, state, base, None, found, span, hint)
    parts = [_read_constant_item(frame, state, base, constant, span, hint) for constant in constants]
    found = any_of([carrying(part, _known_by(frame, key, each)) for part, each in zip(parts, constants, strict=True)])
    return picked(frame, state, base, key, found, span)


def _is_of_two(frame: Frame, state: State, base: Value) -> bool:
    """``{True: send, False: skip}``, ``(skip, send)``: the key is true where it finds the one, and false where the
    other."""
    only = base.only_object()
    if only is None or only.kind is not Kind.NEW or only.api not in (DICT, TUPLE):
        return False
    places = sorted(key for key in stored_keys(frame, state, only) if key.startswith("["))
    return places == [index(0), index(1)] and stored_value(frame, state, only, OPAQUE) is None


def _known_by(frame: Frame, key: Value, constant: Const) -> Truths:
    """What holds where the key is this one: ``{"full": user.email, "none": ""}["full" if user.agreed else "none"]``."""
    told = key.atoms.get(constant, NOTHING)
    if constant.value is True or constant.value is False:
        implied = guards.tested(frame, key)
        return told | (implied.true if constant.value else implied.false)
    return told


def _is_mask(base: Value, constants: Sequence[Const]) -> bool:
    """``people[people.age > 30]``: of something unknown it is a part, not what stands under True or False."""
    either = len(constants) > 1 and all(isinstance(each.value, bool) for each in constants)
    return either and all(obj.symbolic for obj in base.objects())


def _read_constant_item(frame: Frame, state: State, base: Value, constant: Const, span: Span, hint: str) -> Value:
    only = base.only_object()
    if only is not None and type(constant.value) is int and len(base.atoms) == 1:
        named = field_at(frame, state, only, constant.value, span)
        if named is not None:
            return carrying(named, base.atoms[only])
    name = index(constant.value)
    _fill_missing(frame, state, base, name, span)
    found = read(frame, state, base, name)
    if isinstance(constant.value, str):
        return _declared_items(frame, state, base, constant.value, found, span, hint)
    found = _one_of_many(frame, state, base, name, found, span)
    return _declared_items(frame, state, base, None, found, span, hint)


def _one_of_many(frame: Frame, state: State, base: Value, name: str, found: Value, span: Span) -> Value:
    """``rows[0]``: one row of all that one object stands for, and another one than ``rows[1]``."""
    only = base.only_object()
    if only is None or len(base.atoms) != 1 or only.kind not in (Kind.NEW, Kind.EXTERNAL):
        return found
    of_many = those_for_many(frame, state, found) or not all(map(is_single, found.objects()))
    if state.stored(only, name) is not None or not of_many:
        return found
    made_at = only.chain[0] if only.chain else only.key
    one = next_element(frame, state, found, f"{made_at}~{only.key}{name}", span, base)
    state.store(only, name, one)
    return one


def _fill_missing(frame: Frame, state: State, base: Value, name: str, span: Span) -> None:
    """``defaultdict(list)["a"]``: a list of its own for the key, with what may stand under keys that are not known."""
    only = base.only_object()
    each = state.stored(only, EACH) if only is not None and len(base.atoms) == 1 else None
    made = each.only_object() if each is not None else None
    if only is None or made is None or made.api not in CONTAINERS or stored_value(frame, state, only, name) is not None:
        return
    own = frame.world.objects.new(f"{frame.site(span)}~{name}", api=made.api)
    state.allocate(own)
    for key in (*(key for key in stored_keys(frame, state, made) if key.startswith("[")), KEYS, EACH):
        value = stored_value(frame, state, made, key)
        if value is not None:
            state.store(own, key, value)
    state.store(only, name, of(own))
    frame.world.publisher.publish_if_shared(frame, state, only)


def _declared_items(
    frame: Frame, state: State, base: Value, name: str | None, found: Value, span: Span, hint: str
) -> Value:
    """What is known of an item by the path of what holds it, and by its name."""
    atoms: dict[Atom, Truths] = dict(found.atoms)
    probes: dict[Probe, None] = dict.fromkeys(found.probes)
    for holder, carried in base.atoms.items():
        if isinstance(holder, ApiAtom):
            add_sources(frame, state, f"{holder.path}[]", holder.receiver, carried, atoms, span, name)
            if holder.receiver is None or f"{holder.path}[]" not in atoms:
                atoms.setdefault(frame.world.api_member(f"{holder.path}[]", holder.receiver), carried)
        if type(holder) is not Obj:
            continue
        for path in _paths_of_items(frame, state, holder):
            add_sources(frame, state, path, holder, carried, atoms, span, name)
        if name is not None and not _is_empty(state, holder):
            add_field(frame, state, holder, index(name), name, found, carried, atoms, probes, span, hint)
    return Value(atoms, found.implied, tuple(probes))


def _is_empty(state: State, holder: Obj) -> bool:
    """``settings or {}``: what nothing was put into holds no answer."""
    fields = state.heap.get(holder) if holder.api == DICT and holder.kind is Kind.NEW else None
    return fields is not None and not any(key.startswith("[") or key in (ELEMENT, EACH, OPAQUE) for key in fields)


def _paths_of_items(frame: Frame, state: State, holder: Obj) -> list[str]:
    if holder.api is not None:
        return [f"{holder.api}[]"] if holder.api not in CONTAINERS else []
    kinds = [kind for kind in types_of(frame, state, holder) if kind.api is not None and not kind.arguments]
    return [frame.world.api(f"{kind.path}[]").path for kind in kinds if kind.api not in CONTAINERS]


def _sliced(frame: Frame, state: State, base: Value, slicing: Obj, span: Span) -> Value:
    """A part of a sequence: by its places where length and bounds are known, else its elements, at other places. Of
    what is no container that is known, of a text or a query, a part is what the whole is, less what it leaves out."""
    bounds = _bounds(state, slicing)
    named = f"[{bounds}]" if bounds is not None else frame.site(span)
    everything = bounds in WHOLES
    site = f"{frame.site(span)}~slice"
    parts: list[Value] = []
    sequences: dict[Obj, Truths] = {}
    for atom, carried in base.atoms.items():
        apis = {kind.api for kind in types_of(frame, state, atom)} if type(atom) is Obj else {None}
        if not apis or not apis <= CONTAINERS:
            some = atom.part(named) if type(atom) is Obj and not everything else atom
            parts.append(Value({some: carried}))
        if type(atom) is Obj and apis & CONTAINERS:
            sequences[atom] = carried
    alike = {
        each: carried
        for each, carried in sequences.items()
        if len(sequences) > MANY_SEQUENCES or own_name(each).startswith(site)
    }
    for number, (each, carried) in enumerate(sequences.items()):
        if each not in alike:
            parts.append(Value({_part(frame, state, each, bounds, f"{site}{number}"): carried}))
    return join_all([*parts, *([_part_of_any(frame, state, alike, site)] if alike else [])])


def _part_of_any(frame: Frame, state: State, sequences: Mapping[Obj, Truths], site: str) -> Value:
    """A part of any of them: of many, or of what was made at the same place in earlier rounds."""
    some = join_all([elements(frame, state, of(each)) for each in sequences])
    made = frame.world.objects.new(f"{site}*", api=ApiPath(next(iter(sequences)).api or LIST))
    state.allocate(made)
    state.store(made, ELEMENT, some)
    return Value({made: reduce(common, sequences.values())})


def _part(frame: Frame, state: State, sequence: Obj, bounds: Bounds | None, site: str) -> Obj:
    made = frame.world.objects.new(site, api=ApiPath(sequence.api if sequence.api in CONTAINERS else LIST))
    length = known_length(frame, state, of(sequence))
    places = list(range(length)[slice(*bounds)]) if length is not None and bounds is not None else None
    found = [read(frame, state, of(sequence), index(place)) for place in places or ()]
    some = elements(frame, state, of(sequence)) if places is None else None
    state.allocate(made)
    for place, value in enumerate(found):
        state.store(made, index(place), value)
    if some is not None:
        state.store(made, ELEMENT, some)
    return made


def _bounds(state: State, slicing: Obj) -> Bounds | None:
    """Start, stop and step, where they are constants."""
    bounds: Bounds = []
    for place in range(3):
        stated = state.stored(slicing, index(place))
        constant = stated.constant() if stated is not None else None
        if stated is not None and (constant is None or not isinstance(constant.value, (int, type(None)))):
            return None
        bounds.append(constant.value if constant is not None and isinstance(constant.value, int) else None)
    return bounds if bounds[2] != 0 else None
