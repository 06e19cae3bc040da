"""Documents of MongoDB: what a query proves of those that it finds.

A query is read as the condition of SQL that says the same: ``{"ai_consent": True, "left": None}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from datause_lint.analysis import identifiers, sql
from datause_lint.analysis.access import DICT, LIST, TUPLE, known_keys, read, stored_value, surely_holds
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.models.containers import call_method
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, OPAQUE, Kind, Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.tables import facts_of
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, NONE, Value, of
from datause_lint.analysis.wiring import Framework

FINDING: Final = frozenset({"find", "find_one"})
AGGREGATE: Final = "aggregate"
LEAVING_DOCUMENTS: Final = frozenset({"$match", "$limit", "$skip", "$sort", "$sample", "$project", "$unset", "$unwind"})
"""Stages of a pipeline behind which each document is one of those before it, or a part of it."""

SAME_CURSOR: Final = frozenset({"sort", "limit", "skip", "batch_size", "hint", "max_time_ms", "collation", "clone"})
OF_DICTS: Final = frozenset({"get", "items", "keys", "values", "copy", "pop", "update", "setdefault"})
COMPARED: Final = {"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
JOINED: Final = {"$and": " AND ", "$or": " OR ", "$nor": " OR "}
PLAIN: Final = re.compile(r"[A-Za-z_]\w*")
UNKNOWN: Final = ":unknown = 1"


class Documents(Framework):
    def model_of(self, path: str) -> Model | None:
        if not path.startswith("pymongo."):
            return None
        name = path.rpartition(".")[2]
        if name in SAME_CURSOR and ".find()" in path:
            return _same_cursor
        if name == "to_list" and (".find()" in path or f".{AGGREGATE}()" in path):
            return _to_list
        if name == AGGREGATE:
            return _aggregate
        if name in OF_DICTS and (".find_one" in path or ".find()" in path):
            return _of_document
        return _find if name in FINDING else None

    def method_of(self, name: str) -> Model | None:
        """On a receiver of which nothing is known, the query speaks for itself."""
        return _find if name in FINDING else _aggregate if name == AGGREGATE else None


def _same_cursor(call: ModelCall) -> Value:
    return call.receiver


def _to_list(call: ModelCall) -> Value:
    return call.container(LIST, call.elements(call.receiver))


def _of_document(call: ModelCall) -> Value:
    """``document.get("ai_consent")``: a document is a dict."""
    name = call.path.rpartition(".")[2]
    value, _ = call_method(call.frame, call.state, name, call.receiver, call.arguments, call.span, call.caller)
    return value


def _find(call: ModelCall) -> Value:
    """``find_one({"_id": key, "ai_consent": True})``: a call like any other, of which the query says more."""
    asked = call.optional(0, "filter")
    query = asked.only_object() if asked is not None else None
    if asked is None or query is None or query.api != DICT or query.kind is not Kind.NEW:
        return UNMODELLED
    name = call.path.rpartition(".")[2]
    api = None if call.path.startswith("?.") else call.path
    given = Arguments([asked])  # not which fields are wanted
    found, _ = unknown_call(call.frame, call.state, api, EMPTY, given, call.span, call.caller, call.receiver, name)
    proven = _proven_by(call, list(_conditions(call.frame, call.state, query)))
    made = found.objects()[:1]
    if not proven or not made:
        return found
    if name == "find":
        return _of_each(call, found, proven)
    facts = facts_of(call.frame, proven, made[0], call.span)
    carried = {atom: truths | facts for atom, truths in found.atoms.items()}
    return Value({**carried, **NONE.atoms}, Implied(true=facts, some=facts))


def _aggregate(call: ModelCall) -> Value:
    """``aggregate([{"$match": {"ai_consent": True}}, {"$limit": 5}])``."""
    asked = call.optional(0, "pipeline")
    conditions = _demanded(call.frame, call.state, asked) if asked is not None else []
    proven = _proven_by(call, conditions)
    if not proven:
        return UNMODELLED
    api = None if call.path.startswith("?.") else call.path
    found, _ = unknown_call(
        call.frame, call.state, api, EMPTY, Arguments(), call.span, call.caller, call.receiver, AGGREGATE
    )
    return _of_each(call, found, proven)


def _demanded(frame: Frame, state: State, pipeline: Value) -> list[str]:
    """What its stages demand of each document, where all of them leave the documents what they are."""
    found: list[str] = []
    for stage in _listed(frame, state, pipeline):
        only = stage.only_object()
        keys = known_keys(frame, state, only) if only is not None and only.api == DICT else []
        if only is None or only.kind is not Kind.NEW or len(keys) != 1 or keys[0] not in LEAVING_DOCUMENTS:
            return []
        told = read(frame, state, of(only), index(keys[0]))
        if keys[0] == "$project" and not _is_choice(frame, state, told):
            return []
        if keys[0] == "$match":
            found.append(_all_of(frame, state, told))
    return found


def _is_choice(frame: Frame, state: State, fields: Value) -> bool:
    """``{"email": 1, "name": True}``: nothing is put under another name, or computed."""
    only = fields.only_object()
    if only is None or only.api != DICT or stored_value(frame, state, only, ELEMENT) is not None:
        return False
    chosen = [read(frame, state, fields, index(key)).constant() for key in known_keys(frame, state, only)]
    return all(each is not None and isinstance(each.value, (bool, int)) for each in chosen)


def _proven_by(call: ModelCall, conditions: list[str]) -> sql.Proofs:
    """What holds of each document for which all the conditions do."""
    if not conditions:
        return frozenset()
    text = f"SELECT * FROM documents WHERE {' AND '.join(conditions)}"
    selection = sql.read(text, {}, call.frame.world.policy)
    return selection.proven if selection is not None else frozenset()


def _of_each(call: ModelCall, found: Value, proven: sql.Proofs) -> Value:
    for made in found.objects()[:1]:
        document = made.child(ELEMENT)
        call.state.store(made, ELEMENT, Value({document: facts_of(call.frame, proven, document, call.span)}))
    return found


# ── the query as a condition ──────────────────────────────────────────────────────────────────────────────────────


def _conditions(frame: Frame, state: State, query: Obj) -> Iterator[str]:
    """What the entries of the query demand, each by itself. That something is not known is said, too: it may stand in
    a ``$nor``."""
    for key in known_keys(frame, state, query):
        value = read(frame, state, of(query), index(key))
        column = _column(key) if isinstance(key, str) and surely_holds(frame, state, query, index(key)) else None
        if key in JOINED:
            yield _joined(frame, state, str(key), value)
        else:
            yield _of_field(frame, state, column, value) if column is not None else UNKNOWN
    if any(stored_value(frame, state, query, key) is not None for key in (ELEMENT, OPAQUE)):
        yield UNKNOWN


def _joined(frame: Frame, state: State, operator: str, value: Value) -> str:
    """``{"$or": [{…}, {…}]}``."""
    parts = _listed(frame, state, value)
    if not parts:
        return UNKNOWN
    text = JOINED[operator].join(f"({_all_of(frame, state, part)})" for part in parts)
    return f"NOT ({text})" if operator == "$nor" else f"({text})"


def _listed(frame: Frame, state: State, value: Value) -> list[Value]:
    """The members of a display, each by itself; nothing where there may be others."""
    only = value.only_object()
    if only is None or only.kind is not Kind.NEW or only.api not in (LIST, TUPLE):
        return []
    if stored_value(frame, state, only, ELEMENT) is not None:
        return []
    return [read(frame, state, of(only), index(place)) for place in known_keys(frame, state, only)]


def _all_of(frame: Frame, state: State, value: Value) -> str:
    query = value.only_object()
    known = query is not None and query.api == DICT and query.kind is Kind.NEW
    return " AND ".join(_conditions(frame, state, query)) or UNKNOWN if known and query is not None else UNKNOWN


def _column(key: str) -> str | None:
    """``settings.ai_consent`` is a field of the document's person; ``owner.ai_consent`` one of somebody else."""
    *holders, name = key.split(".")
    if any(identifiers.is_person(holder) and not holder.endswith("profile") for holder in holders):
        return None
    return name if PLAIN.fullmatch(name) else None


def _of_field(frame: Frame, state: State, column: str, value: Value) -> str:
    operand = _literal(value)
    if operand is not None:
        return f"{column} IS NULL" if operand == "NULL" else f"{column} = {operand}"
    only = value.only_object()
    if only is None or only.api != DICT:
        return UNKNOWN
    keys = known_keys(frame, state, only)
    parts = [_compared(frame, state, column, key, read(frame, state, of(only), index(key))) for key in keys]
    return " AND ".join(parts) or UNKNOWN


def _compared(frame: Frame, state: State, column: str, operator: str | int, value: Value) -> str:
    """``{"$ne": False}``, which a document that has no such field satisfies, too."""
    operand = _literal(value)
    if operator == "$eq" and operand is not None:
        return f"{column} IS NULL" if operand == "NULL" else f"{column} = {operand}"
    if operator == "$ne" and operand is not None:
        return f"{column} IS NOT NULL" if operand == "NULL" else f"({column} <> {operand} OR {column} IS NULL)"
    if operator in COMPARED and operand is not None:
        return f"{column} {COMPARED[str(operator)]} {operand}"
    if operator in ("$gt", "$gte", "$lt", "$lte"):
        return f"{column} IS NOT NULL"
    if operator == "$in":
        literals = [_literal(part) for part in _listed(frame, state, value)]
        if literals and all(literal not in (None, "NULL") for literal in literals):
            return f"{column} IN ({', '.join(str(literal) for literal in literals)})"
    return UNKNOWN


def _literal(value: Value) -> str | None:
    constant = value.constant()
    if constant is None:
        return None
    known = constant.value
    if known is None:
        return "NULL"
    if isinstance(known, bool):
        return "TRUE" if known else "FALSE"
    if isinstance(known, int):
        return str(known)
    return "'" + known.replace("'", "''") + "'" if isinstance(known, str) else None
