"""Arithmetic, concatenation, and the operators that classes and libraries give another meaning."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import DICT, LIST, SET, TUPLE, add_element, data_of, elements, indexed, known_keys, read
from datause_lint.analysis.arguments import Arguments, known_length
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.models.registry import Caller
from datause_lint.analysis.objects import ELEMENT, index
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import (
    EMPTY,
    NO_IMPLICATION,
    NOTHING,
    UNKNOWN_BOOLEAN,
    Atom,
    BoundAtom,
    Const,
    FunctionAtom,
    Implied,
    Pattern,
    Truths,
    Value,
    const,
    join,
    join_all,
    of,
)
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath

METHODS: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
SEQUENCES: Final = (LIST, TUPLE, SET)
MAXIMAL_TEXT: Final = 20_000


def binary(
    frame: Frame, state: State, operator: str, left: Value, right: Value, in_place: bool, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    special = _overloaded(frame, state, operator, left, right, in_place, span, caller)
    if special is not None:
        return special
    modelled = frame.world.wiring.binary(frame, state, operator, left, right, span)
    if modelled is not None:
        return modelled, state
    if in_place and operator in ("+", "|"):
        changed = _in_place(frame, state, left, right)
        if changed is not None:
            return changed, state
    containers = _containers(frame, state, operator, left, right, span)
    if containers is not None:
        return containers, state
    atoms: dict[Atom, Truths] = dict(data_of(frame, state, join(left, right)).atoms)
    text = _text(frame, operator, left, right)
    if text is not None:
        atoms[text] = NOTHING
    return Value(atoms), state


def _overloaded(
    frame: Frame, state: State, operator: str, left: Value, right: Value, in_place: bool, span: Span, caller: Caller
) -> tuple[Value, State | None] | None:
    name = METHODS.get(operator)
    if name is None:
        return None
    tries = [(left, f"__{name}__", right), (right, f"__r{name}__", left)]
    if in_place:
        tries.insert(0, (left, f"__i{name}__", right))
    for receiver, method, other in tries:
        bound: dict[Atom, Truths] = {}
        for obj in receiver.objects():
            for kind in types_of(frame, state, obj):
                found = frame.world.class_attribute(kind.cls, method) if kind.cls is not None else None
                for atom in found[0].atoms if found is not None else ():
                    if isinstance(atom, FunctionAtom):
                        bound[BoundAtom(atom.function, atom.environment, obj)] = receiver.atoms[obj]
        if bound:
            return caller(frame, state, Value(bound), Arguments([other]), span)
    return None


def _in_place(frame: Frame, state: State, left: Value, right: Value) -> Value | None:
    """``list += more`` changes the list that every name stands for."""
    objects = left.objects()
    if not objects or not all(obj.api in (LIST, SET, DICT) or obj.symbolic for obj in objects):
        return None
    if all(obj.symbolic for obj in objects) and not right.objects():
        return None
    more = elements(frame, state, right)
    for obj in right.objects():
        if obj.api == DICT:
            for name in known_keys(frame, state, obj):
                for target in objects:
                    state.store(target, index(name), read(frame, state, of(obj), index(name)))
            more = EMPTY
    if more.atoms:
        add_element(frame, state, left, more)
    if any(obj.symbolic for obj in objects):
        return Value({**left.atoms, **data_of(frame, state, right).atoms})
    return left


def _containers(frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
    """``list + list``, ``list * 2``, ``dict | dict``, ``set - set``."""
    kinds = [obj.api for obj in (*left.objects(), *right.objects()) if obj.api in (*SEQUENCES, DICT)]
    if not kinds or operator in ("%",):
        return None
    made = frame.world.objects.new(frame.site(span), api=ApiPath(kinds[0] or LIST))
    state.allocate(made)
    if kinds[0] == DICT:
        for side in (left, right):
            for obj in side.objects():
                for name, value in indexed(frame, state, obj):
                    state.store(made, name, value)
                some = read(frame, state, of(obj), ELEMENT) if not indexed(frame, state, obj) else EMPTY
                if some.atoms:
                    state.store_weakly(made, ELEMENT, some)
        return of(made)
    lengths = known_length(frame, state, left), known_length(frame, state, right)
    if operator == "+" and lengths[0] is not None and lengths[1] is not None:
        for position in range(lengths[0]):
            state.store(made, index(position), read(frame, state, left, index(position)))
        for position in range(lengths[1]):
            state.store(made, index(lengths[0] + position), read(frame, state, right, index(position)))
        return of(made)
    sides = [left] if operator in ("-", "*", "&") and left.objects() else [left, right]
    state.store(made, ELEMENT, join_all([elements(frame, state, side) for side in sides]))
    return of(made)


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
        return Pattern(_percent(a))
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


def unary(frame: Frame, state: State, operator: str, operand: Value, span: Span) -> Value:
    if operator == "not":
        constants = guards.fold(frame, operand)
        if constants is not None and len({bool(each.value) for each in constants}) == 1:
            return const(not constants[0].value)
        implied = guards.truths_of(operand)
        swapped = Implied(implied.false, implied.true | implied.some)
        return Value(UNKNOWN_BOOLEAN.atoms, swapped if any(swapped) else NO_IMPLICATION)
    modelled = frame.world.wiring.unary(frame, state, operator, operand, span)
    if modelled is not None:
        return modelled
    constant = operand.constant()
    if operator == "-" and constant is not None and isinstance(constant.value, (int, float)):
        return const(-constant.value)
    return data_of(frame, state, operand)


