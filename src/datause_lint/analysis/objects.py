"""Abstract objects: what a reference can stand for.

An object is *symbolic* when it stands for something that the caller of the analysed function, or a container whose
making was not seen, holds: its fields come into being when they are read. It is *allocated* when the analysed code made
it. Objects are interned, so that equality is identity, and are handed to the caller's frame by substitution.
"""

from __future__ import annotations

import re
from enum import IntEnum, auto
from typing import Final

from datause_lint.ir.instructions import Constant
from datause_lint.names import ApiPath, ClassId, FunctionId, ModuleName

ELEMENT: Final = "[]"  # some element of a container, by iteration or an index that is not constant
KEYS: Final = "{}"  # some key of a dict
SHUFFLED: Final = "@shuffled"  # in what a caller holds: places of elements mean nothing any more
ANYWHERE: Final = "@anywhere"  # in what a caller holds: what was put at some place, or under some key
OPAQUE: Final = "*"  # what was put into an object of which nothing is known
SENT: Final = "@sent"  # what a generator's body is sent, as a parameter of it
BEHIND: Final = "@behind"  # what a manager has yielded, as it is when its body goes on, as a parameter of it
RETURNED: Final = "@returned"  # what a generator's body returns
RESULT: Final = "@result"  # of a coroutine or future: what awaiting it gives
FAILED: Final = "@failed"  # of a coroutine or future: what awaiting it may raise
PROVES: Final = "@proves"  # of a coroutine or future: what is known once it was awaited
OF: Final = "@of"  # of the current element of a loop: the elements that it stands for
IN: Final = "@in"  # of the current element of a loop: the collection that the loop runs over
WHOLE: Final = "@all_of"  # of a container: the one all of whose elements it has, in whatever order
ASKED: Final = "@asked"  # of a container: that some answer is about whoever was in it when it was given
COMPLETE: Final = "@complete"  # of a container made of others: nothing of what they hold was left out
NARROWED: Final = "@as:"  # followed by a class: the same object, where it is an instance of that class
PART: Final = "@part:"  # followed by bounds: the same object, of which some elements are left out
INSIDE: Final = "|"  # between the bounds of a part, and those of a part of it
OUTCOME: Final = (
    "@is:"  # followed by true, false, none or some: what a test of the object, which the caller knows, gave
)
FULL: Final = "@full"  # of a container that was made empty: whether something is in it
KEYS_OF: Final = "@keys_of"  # of a dict: the fields of classes that its keys are the numbers in
BY_KEY: Final = "@by_key"  # of a dict: what a value's truth proves of whoever its key stands for, who is here the dict
OWN_KEY: Final = "@own_key"  # of a pair of key and value: which field of the value the key is, or ""
MADE_OF: Final = "@made_of"  # of a row of the past: which of its items are which fields of the one record it is made of
SURELY: Final = "@surely"  # of a list: what has been appended on every path
WRITTEN_BY: Final = (
    "@written_by"  # of a row whose columns are not known: whose it is says whether its content is somebody's
)
BASES: Final = "@bases"  # of a class: what it derives from, in order
MAYBE: Final = "@maybe:"  # followed by the key of an item or attribute: on some path nothing was put there
DELETED: Final = "@deleted:"  # followed by the key of an attribute: it has been deleted
CHILD: Final = "@child:"  # followed by a key: something was put into what is held there
KEY: Final = "@key"  # of something fetched: the ids it was fetched by
OWN_NUMBER: Final = "@own_number"  # of something fetched: that they are the number of its own in its table
COPIED: Final = "@copied"  # of a packed tuple or dict of arguments: the one of the caller's that has the same in it
LENGTH: Final = "@length"  # of a row: how many columns it has, when that is known
ROW: Final = "@row"  # of a table: what stands for each of its rows
MANY: Final = "@many"  # of an object that stands for each element of a collection: that it does
NOTHING_CAPTURED: Final = ModuleName("@nothing captured")  # stands for the variables around a function that uses none
TASKS: Final = "@tasks"  # of a task group: what those of its tasks prove that were started on every path
WITHIN: Final = "@within"  # of a context manager: what a policy says holds in its body, and no longer
USED_AS: Final = "@used_as"  # of a parameter without annotation: the classes that those declare to whom it is handed on
STARS: Final = "@stars"  # of a module: those all of whose names it imports
SELF: Final = "@self"  # of a bound method that was handed in: its receiver
ENVIRONMENT: Final = "@env"  # of a function that was handed in: its captured variables

OWN_NUMBERS: Final = frozenset({".id", ".pk", ".uuid", ".guid"})  # fields that hold a record's own number

MAXIMAL_DEPTH: Final = 6  # of an access path: fields of fields below it are the same as the field itself
MAXIMAL_CHAIN: Final = 4  # of call sites that tell two objects of one allocation apart
MAXIMAL_RECURRING: Final = 8  # access paths from one object that come by a name twice: with more, it is a tree
DEPTH_OF_A_TREE: Final = 2  # what stands deeper in it is one with its holder
REPEATED: Final = 3  # ``node = node.parent()``, in a loop: from there on, what it gives is what it is asked
MAXIMAL_CYCLE: Final = 4  # of such steps, one after the other


def attribute(name: str) -> str:
    return "." + name


def index(constant: Constant) -> str:
    """``True`` is the key that 1 is, and the second place of a list."""
    return f"[{int(constant) if constant is True or constant is False else constant!r}]"


def constant_in(key: str) -> str | int | None:
    """The index or key that the place is named by."""
    text = key[1:-1]
    if text[:1] in "'\"":
        return _unquote(text)
    try:
        return int(text)
    except ValueError:
        return None


def _unquote(text: str) -> str:
    body = text[1:-1]
    return body.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in body else body


def may_be_same_place(one: str, other: str) -> bool:
    """Whether one key is counted from the front of a list, and the other from its end."""
    return one.startswith("[-") != other.startswith("[-") and "'" not in one and "'" not in other


def name_in(key: str) -> str:
    """The name of an attribute, or of an item whose key is a text; empty for any other place."""
    return key[1:] if key.startswith(".") else key[2:-2] if key.startswith("['") else ""


class Kind(IntEnum):
    PARAMETER = auto()
    FIELD = auto()  # symbolic: what an object holds, where nothing was seen to be put there
    NEW = auto()  # allocated by a display, an instantiation, a definition
    EXTERNAL = auto()  # the result of a call of code outside the program
    CURRENT = auto()  # the element of this round of a loop
    PAST = auto()  # some element of an earlier round: never one, always any
    EARLIER = auto()  # some object that the same place has made before: never one, always any
    MODULE = auto()
    CLASS = auto()
    FUNCTION = auto()
    ANY_INSTANCE = auto()  # what is known of every instance of a class
    REQUESTER = auto()  # the person who makes the request that is being answered


SYMBOLIC: Final = frozenset({Kind.PARAMETER, Kind.FIELD, Kind.CURRENT, Kind.PAST})
ALLOCATED: Final = frozenset({Kind.NEW, Kind.EXTERNAL, Kind.EARLIER})
STATIC: Final = frozenset({Kind.MODULE, Kind.CLASS, Kind.FUNCTION, Kind.ANY_INSTANCE})


class Obj:
    """One abstract object. ``cls`` and ``api`` say what it is an instance of, where that is known for certain."""

    __slots__ = (
        "_children",
        "_table",
        "allocation",
        "api",
        "as_data",
        "as_parts",
        "base",
        "chain",
        "cls",
        "depth",
        "key",
        "kind",
        "of_a_round",
        "owner",
        "plain",
        "root",
        "static",
        "symbolic",
    )

    def __init__(
        self,
        table: Objects,
        kind: Kind,
        base: Obj | None,
        key: str,
        cls: ClassId | None,
        api: ApiPath | None,
        chain: tuple[str, ...],
    ) -> None:
        self._table = table
        self._children: dict[str, Obj] = {}  # reads ask for nothing as often: a shorter way than the interning table
        self.kind = kind
        self.base = base
        self.key = key
        self.cls = cls
        self.api = api
        self.chain = chain
        self.as_data: object = None  # the atom that stands for its data, once somebody has asked for it
        self.as_parts: object = None  # and for what was read from it
        self.depth: int = base.depth + 1 if base is not None else 0
        self.root: Obj = base.root if base is not None and kind is Kind.FIELD else self
        self.static: bool = kind in STATIC
        self.symbolic: bool = kind in SYMBOLIC
        self.of_a_round: bool = kind in (Kind.CURRENT, Kind.PAST)
        self.owner: str = key.partition("(")[0] if kind is Kind.PARAMETER else ""
        """The function whose parameter it is."""
        self.plain: Obj = base if base is not None and key.startswith((NARROWED, PART)) else self
        """The object itself, of whatever class, and with all its elements."""
        self.allocation: Obj = table.unchained(self)
        """The object as the function that made it knows it."""

    def child(self, key: str) -> Obj:
        """What it holds under ``key``, where nothing was seen to be put there."""
        found = self._children.get(key)
        if found is None:
            found = self._children[key] = self._table.field(self, key)
        return found

    def narrowed(self, cls: ClassId) -> Obj:
        """The same object, where it is an instance of the class."""
        return self if self.cls is not None else self.plain.child(NARROWED + cls)

    def part(self, bounds: str) -> Obj:
        """The same object, without some of its elements. Parts of parts of parts have no names of their own: what
        cuts itself shorter in a loop would get ever longer ones."""
        inside = f"{self.key.removeprefix(PART)}{INSIDE}{bounds}" if self.is_part else bounds
        return self.plain.child(PART + INSIDE.join(inside.split(INSIDE)[:2]))

    @property
    def is_part(self) -> bool:
        return self.plain is not self and self.key.startswith(PART)

    @property
    def in_an_element(self) -> bool:
        """Whether it is something that an element of a loop holds."""
        return self.kind is Kind.FIELD and self.root.of_a_round

    def past(self, level: int = 1) -> Obj:
        """The same object as seen from a later round: of the loop that made it, or, by level, of those around it."""
        return self._table.past(self, level)

    def __repr__(self) -> str:
        if self.kind is Kind.FIELD:
            return f"{self.base!r}{self.key}"
        what = f":{self.cls or self.api}" if self.cls or self.api else ""
        return f"<{self.kind.name.lower()} {self.key}{what}>"


_PAST_OF: Final = re.compile(r"(?:(?:new|external|current) )*")


def own_name(obj: Obj) -> str:
    """The name of an object of the past, without what says that it is one."""
    return obj.key[_PAST_OF.match(obj.key).end() :] if obj.kind in (Kind.PAST, Kind.EARLIER) else obj.key  # type: ignore[union-attr]  # matches always


def _at_rest(api: ApiPath) -> ApiPath:
    """``text = text.replace(…).strip()``, in a loop: its path goes on with the steps that it ends with."""
    start = api.rfind(".")
    for _ in range(MAXIMAL_CYCLE):
        steps = api[start:]
        if start < 0 or len(steps) <= 1:
            return api
        if api.endswith(steps * REPEATED):
            return ApiPath(api[: -len(steps)])
        start = api.rfind(".", 0, start)
    return api


def is_part_of(obj: Obj, whole: Obj | None) -> bool:
    """Whether the object was read of the other one: ``client.chat.completions`` of ``client``."""
    holder = obj.base
    while holder is not None and holder is not whole:
        holder = holder.base
    return holder is not None


def rerooted(obj: Obj, root: Obj) -> Obj:
    """The same access path, from another object."""
    return root if obj.base is None or obj.kind is not Kind.FIELD else rerooted(obj.base, root).child(obj.key)


def _comes_by(obj: Obj, key: str) -> bool:
    step: Obj | None = obj if not key.startswith("@") else None
    while step is not None and step.kind is Kind.FIELD:
        if step.key == key:
            return True
        step = step.base
    return False


def shortened(chain: tuple[str, ...]) -> tuple[str, ...]:
    """The call sites that count, of those through which an object's place was reached."""
    return chain if len(chain) <= MAXIMAL_CHAIN else (*chain[: MAXIMAL_CHAIN - 1], chain[-1])


class Objects:
    """The interning table."""

    def __init__(self) -> None:
        self._table: dict[tuple[object, ...], Obj] = {}
        self._recurring: dict[Obj, int] = {}  # by the object from which they start: paths that come by a name twice
        self.requester = self._intern(Kind.REQUESTER, None, "requester")

    def _intern(
        self,
        kind: Kind,
        base: Obj | None,
        key: str,
        cls: ClassId | None = None,
        api: ApiPath | None = None,
        chain: tuple[str, ...] = (),
    ) -> Obj:
        name = (kind, base, key, cls, api, chain)
        found = self._table.get(name)
        if found is None:
            found = self._table[name] = Obj(self, kind, base, key, cls, api, chain)
        return found

    def parameter(self, function: FunctionId, name: str) -> Obj:
        return self._intern(Kind.PARAMETER, None, f"{function}({name})")

    def field(self, base: Obj, key: str) -> Obj:
        if base.depth >= (DEPTH_OF_A_TREE if self._is_tree(base.root) else MAXIMAL_DEPTH):
            return base
        if _comes_by(base, key) or (base.depth >= DEPTH_OF_A_TREE and base.root.kind in ALLOCATED):
            self._recurring[base.root] = self._recurring.get(base.root, 0) + 1
        return self._intern(Kind.FIELD, base, key)

    def _is_tree(self, root: Obj) -> bool:
        """A function that calls itself with what its input holds goes down all its branches; what others have made,
        say what was read from JSON, is as deep as the code that looks into it."""
        return self._recurring.get(root, 0) > MAXIMAL_RECURRING

    def new(self, site: str, cls: ClassId | None = None, api: ApiPath | None = None) -> Obj:
        return self._intern(Kind.NEW, None, site, cls, api)

    def external(self, site: str, api: ApiPath | None, cls: ClassId | None = None) -> Obj:
        return self._intern(Kind.EXTERNAL, None, site, cls, _at_rest(api) if api is not None else None)

    def current(self, site: str) -> Obj:
        return self._intern(Kind.CURRENT, None, site)

    def past(self, obj: Obj, level: int = 1) -> Obj:
        name = own_name(obj)
        before = obj.key[: -len(name)] if name else ""
        if before.count(" ") >= level:
            return obj
        kind = Kind.EARLIER if obj.kind in ALLOCATED else Kind.PAST
        word = before.partition(" ")[0] or obj.kind.name.lower()
        return self._intern(kind, None, f"{word} " * level + name, obj.cls, obj.api, obj.chain)

    def original(self, obj: Obj) -> Obj:
        """Of something that was made earlier: as it was known then."""
        word, name = obj.key.partition(" ")[0], own_name(obj)
        kind = Kind.EXTERNAL if word == Kind.EXTERNAL.name.lower() else Kind.NEW
        return self._intern(kind, None, name, obj.cls, obj.api, obj.chain)

    def seen_from(self, obj: Obj, site: str) -> Obj:
        """An object that a callee allocated, as the caller at ``site`` knows it."""
        chain = shortened((site, *obj.chain))
        return self._intern(obj.kind, obj.base, obj.key, obj.cls, obj.api, chain)

    def told_apart(self, obj: Obj, site: str) -> Obj:
        """The same, by all the calls that are known."""
        return self._intern(obj.kind, obj.base, obj.key, obj.cls, obj.api, (site, *obj.chain))

    def unchained(self, obj: Obj) -> Obj:
        """The object of its allocation, by whatever calls it was made."""
        return obj if not obj.chain else self._intern(obj.kind, obj.base, obj.key, obj.cls, obj.api)

    def module(self, name: ModuleName) -> Obj:
        return self._intern(Kind.MODULE, None, name)

    def class_object(self, name: ClassId) -> Obj:
        return self._intern(Kind.CLASS, None, name)

    def function_object(self, name: FunctionId) -> Obj:
        return self._intern(Kind.FUNCTION, None, name)

    def any_instance(self, name: ClassId) -> Obj:
        return self._intern(Kind.ANY_INSTANCE, None, name, cls=name)
