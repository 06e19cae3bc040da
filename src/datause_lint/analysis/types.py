"""What is known about the class of things: annotations resolved, class hierarchies linearised."""

from __future__ import annotations

from typing import Final, NamedTuple

from datause_lint.analysis.atoms import ApiAtom, ClassAtom
from datause_lint.analysis.objects import ELEMENT, KEYS, index
from datause_lint.names import ApiPath, ClassId


class Type(NamedTuple):
    """An instance of a class of the program, or of one outside of it; ``arguments`` of a generic one."""

    cls: ClassId | None
    api: ApiPath | None
    arguments: tuple[tuple[Type, ...], ...] = ()

    @property
    def path(self) -> str:
        """As the policy names an instance of it."""
        if self.api is None or self.api.endswith("[]"):
            return self.api or ""  # an element of something: what it is has no name of its own
        return f"{self.api}()"


Types = tuple[Type, ...]

# Generic classes by what their type arguments describe.
MAPPINGS: Final = frozenset(
    {"dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict", "Dict", "DefaultDict", "ChainMap"}
)
TUPLES: Final = frozenset({"tuple", "Tuple"})
TRANSPARENT: Final = frozenset({"Optional", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly"})
SAYING_NOTHING: Final = frozenset({"builtins.object", "typing.Any", "typing_extensions.Any", "_typeshed.Incomplete"})
"""What may be anything: of it an annotation says as little as none."""
MARKERS: Final = frozenset(f"ninja.{name}" for name in ("Body", "Cookie", "File", "Form", "Header", "Path", "Query"))
"""Generic types that say where a request brings a parameter: ``Form[str]``."""
AWAITABLES: Final = frozenset({"Awaitable", "Coroutine", "Future", "Task"})
SCALARS: Final = frozenset(
    {"builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.bytes", "builtins.complex"}
)


TEXTS: Final = frozenset({"builtins.str", "builtins.bytes"})


def holds_texts(kind: Type) -> bool:
    """A text, or a dict or list of anything but numbers: what somebody sends, as it comes."""
    if kind.api in TEXTS or kind.api in SAYING_NOTHING:
        return True
    if kind.cls is not None or last_name(kind.api or "") not in ("dict", "list", "Dict", "List", "tuple", "Tuple"):
        return False
    held = kind.arguments[-1] if kind.arguments else ()
    return not held or any(map(holds_texts, held))


def last_name(path: str) -> str:
    return path.rpartition(".")[2]


def names_class(path: str) -> bool:
    """Of what a call outside the program has given: whether a class stands there, as names go, or a method of one."""
    head, _, name = path.removesuffix("()").rpartition(".")
    return name[:1].isupper() or (last_name(head)[:1].isupper() and not head.endswith("()"))


def element_types(types: Types, key: str) -> Types:
    """The types of what instances hold under a key, as far as their type arguments tell."""
    found: dict[Type, None] = {}
    for kind in types:
        if not kind.arguments:
            continue
        name = last_name(kind.api or "")
        if name in MAPPINGS:
            chosen = kind.arguments[0] if key == KEYS else kind.arguments[-1]
        elif name in TUPLES and not (len(kind.arguments) == 2 and kind.arguments[1] == ()):
            position = _position(key, len(kind.arguments))
            chosen = kind.arguments[position] if position is not None else sum(kind.arguments, ())
        elif name in AWAITABLES or key == "@result":
            chosen = kind.arguments[-1]
        else:
            chosen = kind.arguments[0]
        found.update(dict.fromkeys(chosen))
    return tuple(found)


def elements_by_key(types: Types) -> dict[str, Types]:
    """What instances hold, by key: each place of a tuple of so many, one key for all elements of anything else."""
    found: dict[str, Types] = {}
    for kind in types:
        if not kind.arguments:
            continue
        in_places = last_name(kind.api or "") in TUPLES and not (len(kind.arguments) == 2 and kind.arguments[1] == ())
        keys = [index(place) for place in range(len(kind.arguments))] if in_places else [ELEMENT]
        for key in keys:
            found[key] = (*found.get(key, ()), *element_types((kind,), key))
    return found


def _position(key: str, length: int) -> int | None:
    for position in range(length):
        if key in (index(position), index(position - length)):
            return position
    return None


def is_element_key(key: str) -> bool:
    return key.startswith("[") or key in (ELEMENT, KEYS)


def type_of_atom(atom: object) -> Type | None:
    """The type whose instances an annotation means that evaluates to the atom."""
    if type(atom) is ClassAtom:
        return Type(atom.cls, None)
    if type(atom) is ApiAtom:
        return Type(None, atom.path)
    return None
