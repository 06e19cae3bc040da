"""Arithmetic, concatenation, and the operators that classes and libraries give another meaning."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import DICT, LIST, SET, TUPLE, indexed, known_keys, read, stored_value
from datause_lint.analysis.adding import (
    add_element,
)
from datause_lint.analysis.arguments import Caller, known_length
from datause_lint.analysis.at_the_end import append_all, known_elements
from datause_lint.analysis.atoms import Atom, Const, Pattern
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.iteration import elements, keys
from datause_lint.analysis.objects import ELEMENT, KEYS, Kind, Obj, index
from datause_lint.analysis.special_methods import (
    SHOWN_BY,
    call_or,
    call_special,
    item_by_class,
    shown_as_text,
)
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import is_id
from datause_lint.analysis.texts import urls_made_of
from datause_lint.analysis.types import SCALARS
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, UNKNOWN_BOOLEAN, Value, const, join, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath

METHODS: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
CONTAINERS: Final = (LIST, TUPLE, SET, DICT)
CHANGED_BY: Final = {"+": (LIST,), "|": (SET, DICT)}  # ``+=`` makes no other dict, but fails
MAXIMAL_TEXT: Final = 20_000


def binary(
    frame: Frame, state: State, operator: str, left: Value, right: Value, in_place: bool, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    """``left + right``; where the program's classes define the operator, by their methods, in the order of Python."""
    name = METHODS.get(operator)
    tries = [(f"__{name}__", True), (f"__r{name}__", False)] if name is not None else []
    if in_place and name is not None:
        tries.insert(0, (f"__i{name}__", True))

    def tried(number: int, state: State, left: Value, right: Value) -> tuple[Value, State | None]:
        if number == len(tries):
            return _of_built_in(frame, state, operator, left, right, in_place, span, caller)
        method, by_left = tries[number]
        receiver, other = (left, right) if by_left else (right, left)

        def otherwise(state: State, rest: Value) -> tuple[Value, State | None]:
            return tried(number + 1, state, rest, right) if by_left else tried(number + 1, state, left, rest)

        return call_or(frame, state, receiver, method, [other], span, caller, otherwise)

    return tried(0, state, left, right)


def _of_built_in(
    frame: Frame, state: State, operator: str, left: Value, right: Value, in_place: bool, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    if operator == "%" and not left.objects():
        right, after = _formatted(frame, state, left, right, span, caller)
        if after is None:
            return EMPTY, None
        state = after
    modelled = frame.world.wiring.binary(frame, state, operator, left, right, span)
    if modelled is not None:
        return modelled, state
    if operator == "*":
        for side in (left, right):
            if any(obj.cls is not None for obj in side.objects()):
                call_special(frame, state, side, "__index__", [], span, caller)
    if operator == "/" and any(is_path(frame, state, obj) for obj in left.objects()):
        return _below(frame, state, left, right, span), state
    if in_place and operator in ("+", "|"):
        changed = _in_place(frame, state, operator, left, right)
        if changed is not None:
            return changed, state
    containers = _containers(frame, state, operator, left, right, span)
    if containers is None:
        return _of_texts(frame, state, operator, left, right, span), state
    texts = [_without_containers(frame, state, side) for side in (left, right)]
    if operator == "+" and all(side.atoms for side in texts):  # either side may be a list, or a text
        return join(containers, _of_texts(frame, state, operator, texts[0], texts[1], span)), state
    return containers, state


def _without_containers(frame: Frame, state: State, value: Value) -> Value:
    return Value(
        {
            atom: carried
            for atom, carried in value.atoms.items()
            if (
                _container_kind(frame, state, atom) is None
                if type(atom) is Obj
                else not (type(atom) is Const and atom.value is None)
            )
        },
        value.implied,
        value.probes,
    )


def _of_texts(frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value:
    several = urls_made_of(frame, (left, right)) if operator == "+" else []
    text = _text(frame, operator, left, right) if not several else None
    rows = _rows(frame, state, left, right) if operator == "+" and text is None and not several else {}
    rest = [Value({atom: held for atom, held in side.atoms.items() if atom not in rows}) for side in (left, right)]
    atoms: dict[Atom, Truths] = {**data_of(frame, state, join_all(rest)).atoms, **rows}
    if text is not None:
        atoms[text] = NOTHING
    atoms.update(dict.fromkeys(several, NOTHING))
    if _is_other_number(frame, operator, left, right):
        made = frame.world.objects.external(frame.site(span) + "~number", None)
        state.allocate(made)
        atoms[made] = NOTHING
    return Value(atoms, _of_both(frame, operator, left, right))


def _rows(frame: Frame, state: State, left: Value, right: Value) -> dict[Atom, Truths]:
    """``query_one() + query_other()``, of which nothing is known: what runs over the sum meets what is in either."""
    sides: list[dict[Atom, Truths]] = [
        {obj: side.atoms[obj] for obj in side.objects() if _may_hold_rows(frame, state, obj)} for side in (left, right)
    ]
    return {**sides[0], **sides[1]} if all(sides) else {}


def _may_hold_rows(frame: Frame, state: State, obj: Obj) -> bool:
    return all(kind.cls is None and kind.api not in SCALARS for kind in types_of(frame, state, obj))


def _is_other_number(frame: Frame, operator: str, left: Value, right: Value) -> bool:
    """``user_id + 1``: it may identify somebody, but not whom the id does."""
    if operator in ("&", "|"):
        return False
    for one, other in ((left, right), (right, left)):
        number = one.constant()
        if number is not None and type(number.value) is int and number.value and _may_identify(other):
            return True
    return False


def _may_identify(value: Value) -> bool:
    """Whether the value is an id by its name, or a number that the function was given."""
    only = value.only_object()
    return is_id(value) or (only is not None and only.kind is Kind.PARAMETER and len(value.atoms) == 1)


PATHS: Final = ("pathlib.Path()", "pathlib.PurePath()", "pathlib.PosixPath()", "anyio.Path()")


def is_path(frame: Frame, state: State, obj: Obj) -> bool:
    return obj.api in PATHS or any(f"{kind.api}()" in PATHS for kind in types_of(frame, state, obj))


def _below(frame: Frame, state: State, folder: Value, name: Value, span: Span) -> Value:
    """``folder / name``: a path again, which knows its parts."""
    made = frame.world.objects.external(f"{frame.site(span)}~path", ApiPath(PATHS[0]))
    state.allocate(made)
    state.store(made, "@argument0", folder)
    state.store(made, "@argument1", name)
    return Value({made: NOTHING, **data_of(frame, state, join(folder, name)).atoms})


def _formatted(
    frame: Frame, state: State, text: Value, given: Value, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    """What ``"…" % given`` shows: of each element of a tuple, or of the one value; of a dict what the text names."""
    parts = [Value({atom: carried}) for atom, carried in given.atoms.items() if type(atom) is not Obj]
    fields = _fields_in(frame, text)
    after: State | None = state
    for obj in given.objects():
        for shown, letter in _shown_of(frame, state, obj, fields, span, caller):
            shown, after = shown_as_text(frame, state, shown, span, caller, SHOWN_BY.get(letter, SHOWN_BY["s"]))
            if after is None:
                return EMPTY, None
            state = after
            parts.append(data_of(frame, state, shown) if shown.objects() else shown)
    return join_all(parts), state


def _shown_of(
    frame: Frame, state: State, given: Obj, fields: list[tuple[str, str]] | None, span: Span, caller: Caller
) -> list[tuple[Value, str]]:
    """The values that a format shows, each with the letter of its conversion."""
    if given.cls is not None and fields and all(name for name, _ in fields):
        return [(item_by_class(frame, state, of(given), name, span, caller)[0], letter) for name, letter in fields]
    if given.api == TUPLE:
        length = known_length(frame, state, of(given))
        if fields is None or length != len(fields):
            return [(elements(frame, state, of(given)), "s")]
        return [(read(frame, state, of(given), index(place)), letter) for place, (_, letter) in enumerate(fields)]
    if given.api == DICT and fields is not None:
        return [(read(frame, state, of(given), index(name)) if name else of(given), letter) for name, letter in fields]
    return [(of(given), letter) for _, letter in fields or [("", "s")]]


_FIELD: Final = re.compile(r"%(?:\((\w+)\))?[-#0 +]*[\d*]*(?:\.[\d*]*)?[hlL]?(.)")


def _fields_in(frame: Frame, text: Value) -> list[tuple[str, str]] | None:
    """The keys that a format names, and its conversions; None where the text is not known, or says widths apart."""
    constant = text.constant()
    if constant is None or not isinstance(constant.value, str):
        return None
    found = [each for each in _FIELD.finditer(constant.value) if each[2] != "%"]
    return None if any("*" in each[0] for each in found) else [(each[1] or "", each[2]) for each in found]


def _of_both(frame: Frame, operator: str, left: Value, right: Value) -> Implied:
    """``&`` and ``|`` of booleans: what their truth and falsehood prove, as ``and`` and ``or`` do."""
    if operator not in ("&", "|"):
        return NO_IMPLICATION
    one, other = guards.tested(frame, left), guards.tested(frame, right)
    if operator == "&":
        implied = Implied(one.true | other.true, common(one.false, other.false))
    else:
        implied = Implied(common(one.true, other.true), one.false | other.false)
    return implied if any(implied) else NO_IMPLICATION


def _in_place(frame: Frame, state: State, operator: str, left: Value, right: Value) -> Value | None:
    """``list += more`` changes the list that every name stands for."""
    changes = CHANGED_BY[operator]
    left = _of_kinds(frame, state, left, lambda kind: kind is None or kind in changes)
    objects = left.objects()
    if not objects or not all(obj.api in changes or obj.symbolic for obj in objects):
        return None
    guards.forget_keys(state, left)
    if all(obj.symbolic for obj in objects) and not right.objects():
        return None
    if append_all(frame, state, left, known_elements(frame, state, right)):
        return left
    more = elements(frame, state, right)
    if any(obj.api == DICT for obj in right.objects()):
        for target in objects:
            _put_dict(frame, state, target, right, certain=len(objects) == 1)
        more = EMPTY
    if more.atoms:
        add_element(frame, state, left, more)
    if any(obj.symbolic for obj in objects):
        return Value({**left.atoms, **data_of(frame, state, right).atoms})
    return left


def _containers(frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
    """``list + list``, ``list * 2``, ``dict | dict``, ``set - set``."""
    kinds = [kind for obj in (*left.objects(), *right.objects()) if (kind := _container_kind(frame, state, obj))]
    if not kinds or operator in ("%",):
        return None
    if DICT not in kinds:
        return of(_sequence(frame, state, operator, left, right, kinds[0], span))
    sides = [_of_kinds(frame, state, side, lambda kind: kind in (DICT, None)) for side in (left, right)]
    made = frame.world.objects.new(frame.site(span), api=ApiPath(DICT))
    state.allocate(made)
    for side in sides:
        _put_dict(frame, state, made, side, certain=True)
    others = [kind for kind in kinds if kind != DICT]
    if not others:
        return of(made)
    left, right = (_of_kinds(frame, state, side, lambda kind: kind != DICT) for side in (left, right))
    return of(made, _sequence(frame, state, operator, left, right, others[0], span, "~others"))


def _of_kinds(frame: Frame, state: State, value: Value, wanted: Callable[[str | None], bool]) -> Value:
    """What the value may be of some kinds of containers, None where an object's is not known."""
    atoms = value.atoms.items()
    kept = {a: held for a, held in atoms if type(a) is not Obj or wanted(_container_kind(frame, state, a))}
    return Value(kept, value.implied, value.probes)


def _sequence(
    frame: Frame, state: State, operator: str, left: Value, right: Value, kind: str, span: Span, part: str = ""
) -> Obj:
    """What an operator makes of lists, tuples or sets."""
    made = frame.world.objects.new(frame.site(span) + part, api=ApiPath(kind))
    state.allocate(made)
    lengths = known_length(frame, state, left), known_length(frame, state, right)
    if operator == "+" and lengths[0] is not None:
        for position in range(lengths[0]):
            state.store(made, index(position), read(frame, state, left, index(position)))
        for position in range(lengths[1] or 0):
            state.store(made, index(lengths[0] + position), read(frame, state, right, index(position)))
        if lengths[1] is None:
            state.store(made, ELEMENT, elements(frame, state, right))
        return made
    repeated = _repeated(frame, state, left, right) if operator == "*" else None
    if repeated is not None:
        state.heap[made] = {index(place): value for place, value in enumerate(repeated)}
        return made
    sides = [left] if operator in ("-", "*", "&") and left.objects() else [left, right]
    state.store(made, ELEMENT, join_all([elements(frame, state, side) for side in sides]))
    return made


def _container_kind(frame: Frame, state: State, obj: Obj) -> str | None:
    """What an object is that is known, or declared, to be a list, a dict or the like."""
    apis = [obj.api, *(kind.api for kind in types_of(frame, state, obj))] if obj.api not in CONTAINERS else [obj.api]
    return next((api for api in apis if api in CONTAINERS), None)


MAXIMAL_LENGTH: Final = 32  # of a sequence that is known place by place


def _repeated(frame: Frame, state: State, left: Value, right: Value) -> list[Value] | None:
    """The elements of ``[x] * 3``; None where they, or the number, are not known."""
    sequence, number = (left, right) if left.objects() else (right, left)
    length, times = known_length(frame, state, sequence), guards.fold(frame, number)
    count = times[0].value if times is not None and len(times) == 1 else None
    if length is None or not isinstance(count, int) or length * count > MAXIMAL_LENGTH:
        return None
    return [read(frame, state, sequence, index(place)) for place in range(length)] * count


def _put_dict(frame: Frame, state: State, target: Obj, side: Value, *, certain: bool) -> None:
    """Puts what a dict holds over what is there; of several dicts that it may be, none takes anything away."""
    objects = side.objects()
    items: dict[str, list[Value]] = {}
    for obj in objects:
        names = dict.fromkeys(index(name) for name in known_keys(frame, state, obj))
        for name in (*names, *(name for name, _ in indexed(frame, state, obj) if name not in names)):
            items.setdefault(name, []).append(read(frame, state, of(obj), name))
        stored = stored_value(frame, state, obj, ELEMENT)
        rest = stored if stored is not None else EMPTY
        if obj.symbolic or not items:
            rest = join(rest, read(frame, state, of(obj), ELEMENT))
        if rest.atoms or stored is not None:
            state.store_weakly(target, ELEMENT, rest)
        some = stored_value(frame, state, obj, KEYS) if not obj.symbolic else keys(frame, state, obj)
        if some is not None:
            state.store_weakly(target, KEYS, some)
    for name, values in items.items():
        if certain and len(objects) == 1:
            state.store(target, name, join_all(values))
        else:
            state.store_weakly(target, name, join_all(values))


def _text(frame: Frame, operator: str, left: Value, right: Value) -> Atom | None:
    """Constants put together, and strings of which parts are known."""
    a, b = _constant_or_pattern(frame, left), _constant_or_pattern(frame, right)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and operator in ("+", "-", "*"):
        result = a + b if operator == "+" else a - b if operator == "-" else a * b if abs(a * b) < 1 << 64 else None
        return Const(result, type(result)) if result is not None else None
    if operator == "+" and (isinstance(a, str) or isinstance(b, str)):
        whole = (a if isinstance(a, str) else "{}") + (b if isinstance(b, str) else "{}")
        if isinstance(a, str) and isinstance(b, str) and len(whole) < MAXIMAL_TEXT:
            patterns = any(isinstance(atom, Pattern) for side in (left, right) for atom in side.atoms)
            return Pattern(whole) if patterns else Const(whole, str)
        return Pattern(whole[:MAXIMAL_TEXT])
    if operator == "%" and isinstance(a, str):
        filled = a.replace("%s", b) if isinstance(b, str) and a.count("%") == a.count("%s") == 1 else None
        is_whole = filled is not None and not any(isinstance(atom, Pattern) for atom in (*left.atoms, *right.atoms))
        return Const(filled, str) if is_whole and len(str(filled)) < MAXIMAL_TEXT else Pattern(filled or _percent(a))
    return None


def _percent(text: str) -> str:
    for directive in ("%s", "%r", "%d", "%i", "%f"):
        text = text.replace(directive, "{}")
    return text


def _constant_or_pattern(frame: Frame, value: Value) -> object:
    constants = guards.fold(frame, value)
    if constants is not None and len(constants) == 1:
        return constants[0].value
    patterns = [atom.text for atom in value.atoms if isinstance(atom, Pattern)]
    return patterns[0] if len(patterns) == 1 else None


UNARY: Final = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}


def unary(
    frame: Frame, state: State, operator: str, operand: Value, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    def otherwise(state: State, rest: Value) -> tuple[Value, State | None]:
        return _unary(frame, state, operator, rest, span), state

    if operator not in UNARY:
        return otherwise(state, operand)
    return call_or(frame, state, operand, UNARY[operator], [], span, caller, otherwise)


def _unary(frame: Frame, state: State, operator: str, operand: Value, span: Span) -> Value:
    if operator == "not":
        constants = guards.fold(frame, operand)
        if constants is not None and len({bool(each.value) for each in constants}) == 1:
            return const(not constants[0].value)
        implied = guards.tested(frame, guards.with_contents(state, operand))
        swapped = Implied(implied.false, implied.true | implied.some)
        return Value(UNKNOWN_BOOLEAN.atoms, swapped if any(swapped) else NO_IMPLICATION)
    modelled = frame.world.wiring.unary(frame, state, operator, operand, span)
    if modelled is not None:
        return modelled
    constant = operand.constant()
    if operator == "-" and constant is not None and isinstance(constant.value, (int, float)):
        return const(-constant.value)
    return data_of(frame, state, operand)
