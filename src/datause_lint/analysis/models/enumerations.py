"""``enum``: classes that are made by a call, ``Enum("Colour", {"RED": "r"})``."""

from __future__ import annotations

from datause_lint.analysis.access import known_keys
from datause_lint.analysis.enums import ENUMS
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall, models
from datause_lint.analysis.objects import ELEMENT, attribute, index
from datause_lint.analysis.values import Value, const, of


@models(*(f"enum.{name}" for name in sorted(ENUMS)))
def made_by_call(call: ModelCall) -> Value:
    """Of a dict: other members have numbers for values."""
    given = call.argument(1, "names")
    names = {obj: known_keys(call.frame, call.state, obj) for obj in given.objects()}
    if not names or not all(names.values()):
        return UNMODELLED
    made = call.external(f"{call.path}()")
    for obj, keys in names.items():
        for name in keys:
            member = call.external(f"{call.path}()()", part=f"~{name}")
            call.state.store(member, attribute("value"), call.read(of(obj), index(name)))
            call.state.store(member, attribute("name"), const(str(name)))
            call.state.store_weakly(made, attribute(str(name)), of(member))
            call.state.store_weakly(made, ELEMENT, of(member))
    return of(made)
