"""What a record was fetched by: the id that a function of the program was given stands for the person it gives back."""

from __future__ import annotations

from datause_lint.analysis import identifiers
from datause_lint.analysis.access import stored_value
from datause_lint.analysis.atoms import Label
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import KEY, Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import EMPTY, Value
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR, Parameter, ParameterKind

# What identifies a person, beside ids.
NATURAL_KEYS = frozenset({"username", "email", "login", "slug", "email_address", "user_name", "handle"})

PREPOSITIONS = frozenset("of for by with from to in at on".split())
ANYBODY = frozenset("user account person profile customer client member".split())  # in whatever role


def identify(
    frame: Frame, state: State, function: FunctionIR, inputs: dict[Obj, Value], result: Value, span: Span
) -> None:
    """Notes of the one record that the call fetched which id it was fetched by, where its own code does not tell."""
    parameter = _key_of(frame, function)
    key = inputs.get(frame.world.objects.parameter(function.id, parameter.name)) if parameter is not None else None
    if parameter is None or key is None or not key_objects(key):
        return
    somebody_else = _is_of_somebody_else(function, _relation(parameter))
    for obj in _fetched(frame, state, result, frame.site(span)):
        known = stored_value(frame, state, obj, KEY)
        if somebody_else:  # ``referrer_of(account_id)``, unless another function of the program knows better
            if known is not None and len(obj.chain) == 1 and key_objects(known) == key_objects(key):
                state.store(obj, KEY, EMPTY)
        elif known is None or not known.atoms:
            state.store(obj, KEY, key)


def _fetched(frame: Frame, state: State, result: Value, site: str) -> list[Obj]:
    """The record that the callee gives back, and the one that code outside the program gave to it."""
    records = [atom.record for atom in data_of(frame, state, result).atoms if isinstance(atom, Label)]
    found: dict[Obj, None] = {}
    for objects in (result.objects(), records):
        made = dict.fromkeys(obj.root for obj in objects if _is_record(obj.root, site))
        found.update(made if len(made) == 1 else {})
    return list(found)


def _is_record(obj: Obj, site: str) -> bool:
    place = obj.chain[0] if obj.chain else obj.key
    return place == site and (obj.kind is Kind.EXTERNAL or obj.cls is not None)


def _key_of(frame: Frame, function: FunctionIR) -> Parameter | None:
    """The parameter that identifies what the function gives: the only id, or the id of what it is named for."""
    candidates = [each for each in function.parameters if _is_key(each)]
    if len(candidates) > 1:
        nouns = _nouns(frame, function)
        candidates = [each for each in candidates if _relation(each) in nouns]
    return candidates[0] if len(candidates) == 1 else None


def _is_key(parameter: Parameter) -> bool:
    if parameter.kind in (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD):
        return False
    return identifiers.relation_of_id(parameter.name) is not None or parameter.name in NATURAL_KEYS


def _relation(parameter: Parameter) -> str:
    """The noun of ``account_id``; empty where the name does not say whose id it is."""
    found = identifiers.words(identifiers.relation_of_id(parameter.name) or "")
    return identifiers.singular(found[-1]) if found else ""


def _nouns(frame: Frame, function: FunctionIR) -> frozenset[str]:
    """The words of the function's name, and of the class that it gives back."""
    found = dict.fromkeys(identifiers.singular(word) for word in identifiers.words(function.name))
    for kind in (
        frame.world.annotations.declared(function.returns, frame.world.module_of(function.id))
        if function.returns
        else ()
    ):
        name = kind.cls.rpartition(":")[2] if kind.cls is not None else last_name(kind.api or "")
        found.update(dict.fromkeys(identifiers.words(name)))
    return frozenset(found)


def _is_of_somebody_else(function: FunctionIR, relation: str) -> bool:
    """``referrer_of(account_id)``: named for a person in some role, who is not the one that the id stands for."""
    head = ""
    for word in identifiers.words(function.name):
        if word in PREPOSITIONS:
            break
        if identifiers.is_person(word):
            head = identifiers.singular(word)
    return head not in {"", relation, *ANYBODY}
