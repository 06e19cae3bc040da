"""Clients of which only a declaration tells that stands apart: an annotation of the variable, a cast, a test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from datause_lint.analysis.access import TUPLE, indexed
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind
from datause_lint.analysis.promised import is_known, leads_to_client, with_client
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Types
from datause_lint.analysis.values import Value
from datause_lint.ir import instructions as ir
from datause_lint.ir.module import FunctionIR
from datause_lint.ir.types import TypeAttribute, TypeExpr, TypeName

_DOTTED: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
UNKNOWN_KINDS: Final = frozenset({Kind.EXTERNAL, Kind.FIELD, Kind.PARAMETER, Kind.CURRENT})


def declared_clients(frame: Frame) -> dict[str, Types]:
    """The variables that the function sees, its own, captured and the module's, that annotations say are clients."""
    known = frame.clients
    if known is None:
        known = frame.clients = _found_clients(frame)
    return known


def _found_clients(frame: Frame) -> dict[str, Types]:
    def find() -> dict[str, Types]:
        module = frame.world.module_of(frame.function.id)
        declared = {
            each.name: frame.world.annotations.declared(each.annotation, module)
            for function in _around(frame)
            for each in _annotations_of(function)
        }
        return {name: kinds for name, kinds in declared.items() if leads_to_client(frame, kinds)}

    return frame.world.remembered("declared clients", frame.function.id, find)


def _around(frame: Frame) -> list[FunctionIR]:
    """From the module's body to the function itself: what is said further in counts."""
    found = [frame.function]
    while (parent := found[0].parent) is not None and (outer := frame.world.function(parent)) is not None:
        found.insert(0, outer)
    body = frame.world.function(frame.module.body)
    return [body, *found] if body is not None and body is not found[0] else found


def _annotations_of(function: FunctionIR) -> Iterator[ir.Annotate]:
    for block in function.blocks:
        for each in block.instructions:
            if isinstance(each, ir.Annotate):
                yield each


def named_types(frame: Frame, kind: Value) -> Types:
    """The types that a value names: a class, one of several in a tuple, or the name of one in quotes."""
    constant = kind.constant()
    if constant is not None and isinstance(constant.value, str):
        named = _type_named(constant.value)
        return frame.world.annotations.declared(named, frame.world.module_of(frame.function.id))
    return frame.world.annotations.of_value(kind)[0]


def _type_named(text: str) -> TypeExpr | None:
    if not _DOTTED.fullmatch(text):
        return None
    first, *rest = text.split(".")
    found: TypeExpr = TypeName(first)
    for name in rest:
        found = TypeAttribute(found, name)
    return found


def note_tested(frame: Frame, state: State, value: Value, kind: Value) -> None:
    """``isinstance(client, OpenAI)``: of something that nobody knows."""
    for each in _kinds(frame, state, kind):
        types = named_types(frame, each)
        if not leads_to_client(frame, types):
            continue
        if not value.objects():
            _declare(frame, state, value, types)
        for obj in value.objects():
            if obj.kind in UNKNOWN_KINDS and obj.cls is None and not is_known(frame, state, obj):
                frame.hints[obj] = types


def _declare(frame: Frame, state: State, value: Value, types: Types) -> None:
    """Of what is no object: the variables that hold it hold the client, too."""
    said = with_client(frame, state, value, types, f"{frame.function.id}@tested")
    for name, held in state.variables.items():
        if held is value and said is not value:
            state.variables[name] = said


def _kinds(frame: Frame, state: State, kind: Value) -> Iterable[Value]:
    only = kind.only_object()
    if only is not None and only.api == TUPLE:
        return [each for _, each in indexed(frame, state, only)]
    return [kind]
