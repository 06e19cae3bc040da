"""``xml.etree``: elements that the program makes, with their attributes, their text, and the elements in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from datause_lint.analysis.access import DICT, LIST
from datause_lint.analysis.adding import add_element, add_opaque
from datause_lint.analysis.disk import put_into
from datause_lint.analysis.items import read_item
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.merging import merge_dict
from datause_lint.analysis.models.containers import put_item, with_default
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import ELEMENT, Obj, attribute, index
from datause_lint.analysis.values import EMPTY, NONE, Value, join, join_all, of

MADE: Final = "xml.etree.ElementTree.Element()"
TAG, ATTRIBUTES, TEXT, TAIL = map(attribute, ("tag", "attrib", "text", "tail"))
MAXIMAL_ELEMENTS: Final = 64  # that are looked at below one


@models("xml.etree.ElementTree.Element")
def element(call: ModelCall) -> Value:
    return of(_made(call, call.argument(0, "tag"), call.optional(1, "attrib")))


@models("xml.etree.ElementTree.SubElement")
def element_inside(call: ModelCall) -> Value:
    made = _made(call, call.argument(1, "tag"), call.optional(2, "attrib"))
    add_element(call.frame, call.state, call.argument(0, "parent"), of(made))
    return of(made)


def _made(call: ModelCall, tag: Value, attributes: Value | None) -> Obj:
    made, held = call.external(MADE), call.new(DICT, "~attributes")
    if attributes is not None:
        merge_dict(call.frame, call.state, of(held), attributes)
    for name, value in call.arguments.keywords.items():
        if name not in ("tag", "attrib", "parent"):
            call.state.store(held, index(name), value)
    if call.arguments.more_keywords is not None:
        add_element(call.frame, call.state, of(held), call.arguments.more_keywords)
    for key, value in ((TAG, tag), (ATTRIBUTES, of(held)), (TEXT, NONE), (TAIL, NONE), (ELEMENT, EMPTY)):
        call.state.store(made, key, value)
    return made


# ── attributes ────────────────────────────────────────────────────────────────────────────────────────────────────


@models(f"{MADE}.get")
def attribute_of(call: ModelCall) -> Value:
    found = read_item(call.frame, call.state, call.read(call.receiver, ATTRIBUTES), call.argument(0, "key"), call.span)
    default = call.optional(1, "default")
    return with_default(found, default if default is not None else NONE)


@models(f"{MADE}.set")
def attribute_set(call: ModelCall) -> Value:
    put_item(call, call.read(call.receiver, ATTRIBUTES), call.argument(0, "key"), call.argument(1, "value"))
    return NONE


# ── elements in it ────────────────────────────────────────────────────────────────────────────────────────────────


@models(f"{MADE}.append")
def appended(call: ModelCall) -> Value:
    add_element(call.frame, call.state, call.receiver, call.argument(0))
    return NONE


@models(f"{MADE}.insert")
def inserted(call: ModelCall) -> Value:
    add_element(call.frame, call.state, call.receiver, call.argument(1))
    return NONE


@models(f"{MADE}.extend")
def extended(call: ModelCall) -> Value:
    add_element(call.frame, call.state, call.receiver, call.elements(call.argument(0)))
    return NONE


@models(f"{MADE}.find")
def found(call: ModelCall) -> Value:
    return join(_below(call), NONE)


@models(f"{MADE}.findall", f"{MADE}.iterfind")
def found_all(call: ModelCall) -> Value:
    return call.container(LIST, _below(call))


@models(f"{MADE}.iter")
def walked(call: ModelCall) -> Value:
    return call.container(LIST, join(call.receiver, _below(call)))


@models(f"{MADE}.findtext")
def text_found(call: ModelCall) -> Value:
    default = call.optional(1, "default")
    return join_all([call.read(_below(call), TEXT), default if default is not None else NONE])


@models(f"{MADE}.itertext")
def all_texts(call: ModelCall) -> Value:
    inner = join(call.receiver, _below(call))
    return call.container(LIST, join(call.read(inner, TEXT), call.read(inner, TAIL)))


@models("xml.etree.ElementTree.ElementTree().write")
def written(call: ModelCall) -> Value:
    """Into a stream, or the file at a path."""
    target, data = call.argument(0, "file_or_filename"), call.data(call.receiver)
    add_opaque(call.frame, call.state, target, data)
    put_into(call.frame, call.state, target, data)
    return NONE


def _below(call: ModelCall) -> Value:
    """Whatever stands in the element, or in what stands in it."""
    return join_all(list(_walk(call, call.receiver)))


def _walk(call: ModelCall, base: Value) -> Iterator[Value]:
    seen: dict[Obj, None] = {}
    pending = base
    while pending.atoms and len(seen) < MAXIMAL_ELEMENTS:
        inner = elements(call.frame, call.state, pending)
        yield inner
        pending = of(*(each for each in inner.objects() if each not in seen))
        seen.update(dict.fromkeys(pending.objects()))
    if pending.atoms:
        yield call.data(pending)
