"""What is a part of a person's record, ``user.profile``, and no person itself: it is about him."""

from __future__ import annotations

from datause_lint.analysis import identifiers
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind, Obj, name_in
from datause_lint.analysis.state import State
from datause_lint.analysis.types import SCALARS, Type, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.names import ClassId

PARTS_OF_PEOPLE = ("profile", "settings", "preferences", "details", "account")
PARTS_OF_VALUES = ("settings", "preferences", "privacy", "consent", "consents")
DICTS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "JSON", "JSONB", "JSONField"})


def owner_of_part(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """``user.profile`` is about the user: a part, not another person."""
    assert obj.base is not None
    name = obj.key[1:] if obj.key.startswith(".") else ""
    if not name or (identifiers.is_person(name) and not name.endswith("profile")):
        return [obj.base] if not name and _is_part_of_mapping(frame, state, obj) else []
    kinds = types_of(frame, state, obj)
    if kinds and all(_holds_values(kind) or (kind.cls is not None and _is_value(frame, kind.cls)) for kind in kinds):
        return [obj.base]
    if not identifiers.is_person(_noun(frame, state, obj.base)):
        return []
    if any(kind.cls is not None and not identifiers.is_person(kind.cls.rpartition(":")[2]) for kind in kinds):
        return [obj.base]
    return [obj.base] if not kinds and name in PARTS_OF_PEOPLE else []


def _is_part_of_mapping(frame: Frame, state: State, obj: Obj) -> bool:
    """``row["settings"]``; ``user.settings["privacy"]["ai"]``, where nobody stands in the settings."""
    name = name_in(obj.key)
    if name in PARTS_OF_VALUES:
        return True
    if not name or not obj.key.startswith("[") or obj.base is None or _names_somebody(name):
        return False
    kinds = types_of(frame, state, obj.base)
    is_field = obj.base.base is not None and obj.base.key.startswith(".")
    if kinds:
        return is_field and all(map(_holds_values, kinds))
    return not is_field and _is_part_of_mapping(frame, state, obj.base)


def _names_somebody(name: str) -> bool:
    return identifiers.is_person(name) or identifiers.relation_of_id(name) is not None


def _holds_values(kind: Type) -> bool:
    """``settings: Mapped[dict]``, ``dict[str, Any]``: a column of a record, and nobody stands in it."""
    inner = [each for given in kind.arguments for each in given]
    return last_name(kind.api or "") in DICTS and all(each.cls is None and _is_plain(each) for each in inner)


def _is_plain(kind: Type) -> bool:
    return kind.api in SCALARS or _holds_values(kind)


def _is_value(frame: Frame, cls: ClassId) -> bool:
    return frame.world.wiring.is_value_class(frame.world, cls) and not frame.world.records.is_somebody(frame, cls)


def _noun(frame: Frame, state: State, obj: Obj) -> str:
    for kind in types_of(frame, state, obj):
        if kind.cls is not None:
            return kind.cls.rpartition(":")[2].rpartition(".")[2]
        if kind.api is not None:
            return kind.api.rpartition(".")[2]
    key = obj.key
    return key.rpartition("(")[2][:-1] if obj.kind is Kind.PARAMETER else key.strip(".[]'")
