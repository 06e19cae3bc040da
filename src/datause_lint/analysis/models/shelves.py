"""``shelve`` and ``dbm``: a dict on disk, which is one for all who name its path."""

from __future__ import annotations

from datause_lint.analysis.access import DICT
from datause_lint.analysis.disk import names_of
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import ELEMENT
from datause_lint.analysis.values import Value, of
from datause_lint.names import ApiPath


@models(
    "shelve.open",
    "shelve.DbfilenameShelf",
    *(f"dbm.{kind}open" for kind in ("", "gnu.", "ndbm.", "dumb.", "sqlite3.")),
)
def opened(call: ModelCall) -> Value:
    names = names_of(call.frame, call.state, call.argument(0, "filename"))
    if not names:
        return _with_what_was_kept(call, of(call.new(DICT)))
    shelves = [call.frame.world.objects.external(f"shelf {name}", ApiPath(DICT)) for name in names]
    for shelf in shelves:
        call.frame.world.shared.announce(shelf)
    return _with_what_was_kept(call, of(*shelves))


def _with_what_was_kept(call: ModelCall, shelves: Value) -> Value:
    """Something may stand under any key, from a run before this one."""
    for shelf in shelves.objects():
        call.state.store_weakly(shelf, ELEMENT, of(call.external(part="~kept")))
        call.frame.world.publisher.publish_if_shared(call.frame, call.state, shelf)
    return shelves
