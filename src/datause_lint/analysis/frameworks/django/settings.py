"""``settings.LLM_BACKEND``: what the program's module of settings says, so far as it is no switch.

Which file of settings holds, and what a server puts in its place, is not known: so a switch, ``True`` or ``None``, says
nothing, and a key is a secret whatever stands there; the name of a class, an address, or a dict of options, says what
is meant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import DICT, LIST, TUPLE
from datause_lint.analysis.atoms import Atom, ClassAtom, Const, FunctionAtom
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.values import Value, join_all

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

SETTINGS: Final = "django.conf.settings."
_TELLING: Final = re.compile(r"[A-Za-z_]\w*([.:]\w+)+|\w+://\S+")
MAXIMAL_FILES: Final = 6  # of settings, that set one name


def stated(world: World, path: str) -> Value | None:
    """What the files of settings put under a name; None where they leave it open."""
    name = path.removeprefix(SETTINGS)
    if not path.startswith(SETTINGS) or not name.isidentifier():
        return None
    homes = [each for each in world.program.mentioning((name,)) if "settings" in each.split(".")[-2:]]
    found = [world.global_value(home, name) for home in homes[:MAXIMAL_FILES]]
    value = join_all([each for each in found if each is not None])
    return Value(value.atoms) if value.atoms and all(map(_says_what_is_meant, value.atoms)) else None


def _says_what_is_meant(atom: Atom) -> bool:
    if isinstance(atom, Const):
        return isinstance(atom.value, str) and _TELLING.fullmatch(atom.value) is not None
    return isinstance(atom, (ClassAtom, FunctionAtom)) or (type(atom) is Obj and atom.api in (DICT, LIST, TUPLE))
