"""Methods of constant strings: what takes a name apart, ``"app.jobs.send".rpartition(".")``, spells it, fills it, or
puts an address together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter
from typing import NamedTuple

from datause_lint.analysis.access import LIST, TUPLE
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.at_the_end import known_elements
from datause_lint.analysis.atoms import Const, Pattern
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.guards import field_probes, fold
from datause_lint.analysis.items import read_item
from datause_lint.analysis.models.containers import method
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall, models
from datause_lint.analysis.objects import index, name_in
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.special_methods import SHOWN_BY, item_by_class
from datause_lint.analysis.texts import texts_joined, urls_resolved
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, Value, const, is_text, join, join_all, of

MAXIMAL_PARTS = 16
SPELLED = "@spelled"  # of a text in another spelling: the field that it was read from


@method("partition", "rpartition", "split", "rsplit", of_data=True)
def taken_apart(call: ModelCall) -> Value:
    """The parts of a constant, each at its place; of any other text, its data."""
    name = call.path.rpartition(".")[2]
    text, given = _constant(call, call.receiver), [_constant(call, each) for each in call.arguments.positional]
    parts = _parts(name, text, given) if isinstance(text, str) and not call.arguments.keywords else None
    if parts is None:
        value, _ = unknown_call(
            call.frame, call.state, None, EMPTY, call.arguments, call.span, call.caller, call.receiver, name
        )
        return value
    made = call.new(TUPLE if name.endswith("partition") else LIST)
    for place, part in enumerate(parts):
        call.state.store(made, index(place), const(part))
    return of(made)


def _parts(name: str, text: str, given: list[object]) -> list[str] | None:
    """None where the call is not one that is known to succeed."""
    if name.endswith("partition"):
        if len(given) != 1 or not isinstance(given[0], str) or not given[0]:
            return None
        return list(text.partition(given[0]) if name == "partition" else text.rpartition(given[0]))
    separator = given[0] if given else None
    most = given[1] if len(given) > 1 else -1
    if not (separator is None or (isinstance(separator, str) and separator)) or not isinstance(most, int):
        return None
    parts = text.split(separator, most) if name == "split" else text.rsplit(separator, most)
    return parts if len(parts) <= MAXIMAL_PARTS else None


def _constant(call: ModelCall, value: Value) -> object:
    """The one constant that the value is; an object that equals none where it is not known."""
    found = fold(call.frame, value)
    return found[0].value if found is not None and len(found) == 1 and isinstance(found[0], Const) else object()


@method("lower", "upper", "strip", "lstrip", "rstrip", "casefold", "title", "capitalize", of_data=True)
def same_text(call: ModelCall) -> Value:
    """Of a constant, the constant that it becomes. Evidence of consent in text stays that, however it is spelled."""
    spelled_out = _spelled(call)
    if spelled_out is not None:
        return spelled_out
    only = call.receiver.only_object()
    spelled = call.state.stored(only, SPELLED) if only is not None else None
    only = spelled.only_object() if spelled is not None else only
    taken = call.path.endswith("strip") and all(map(is_text, call.receiver.atoms))
    arguments = Arguments() if taken else call.arguments  # what is taken from the ends is not put there
    value, _ = unknown_call(
        call.frame, call.state, None, EMPTY, arguments, call.span, call.caller, call.receiver, "lower"
    )
    name = name_in(only.key) if only is not None else ""
    if only is None or only.base is None or not name:
        return value
    probes = field_probes(call.frame, call.state, only.base, name, call.span)
    for made in value.objects():
        call.state.store(made, SPELLED, of(only))
    return Value(value.atoms, value.implied, (*value.probes, *probes))


def _spelled(call: ModelCall) -> Value | None:
    """None where the text is not known, or what is taken from its ends."""
    name, given = call.path.rpartition(".")[2], [_constant(call, each) for each in call.arguments.positional]
    known = fold(call.frame, call.receiver) if len(given) == len(call.arguments.all()) <= 1 else None
    if known is None or not all(isinstance(each.value, str) for each in known):
        return None
    if given and not (name.endswith("strip") and (given[0] is None or isinstance(given[0], str))):
        return None
    return of(*(Const(getattr(each.value, name)(*given), str) for each in known))


@method("join", of_data=True)
def put_together(call: ModelCall) -> Value:
    """``"/".join(parts)``, where that makes a URL, or all is known: of other texts the data is all that counts."""
    given = call.argument(0)
    known = known_elements(call.frame, call.state, given)
    parts = known if known is not None else [call.read(given, index(0))]
    if not any(part.atoms for part in parts):
        return UNMODELLED
    found = texts_joined(call.frame, call.receiver, parts, is_whole=known is not None)
    return join(call.data(given), of(*found)) if found else UNMODELLED


@models("urllib.parse.urljoin", "requests.compat.urljoin", "werkzeug.urls.url_join")
def resolve_url(call: ModelCall) -> Value:
    base, path = call.argument(0, "base"), call.argument(1, "url")
    return join(join(call.data(base), call.data(path)), of(*urls_resolved(call.frame, base, path)))


# ── format ────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Field(NamedTuple):
    """``{name.attribute[item]!r}``: the name is a number where it is left out."""

    name: str
    path: tuple[str, ...]  # attributes with a dot in front, items with a bracket
    conversion: str


@method("format", "format_map", of_data=True)
def format_text(call: ModelCall) -> Value:
    """``"…{}…".format(value)``: the constant parts as a pattern, and the data of what the fields name."""
    fields = _fields_named(call)
    filled = _filled(call, fields)
    if filled is not None:
        return filled
    if fields is None:
        shown = [call.shown(value) for value in call.arguments.all()]
    else:
        shown = [call.shown(_value_of(call, field), *SHOWN_BY.get(field.conversion, ())) for field in fields]
    atoms = dict(join_all([call.data(call.receiver), *shown]).atoms)
    for atom in call.receiver.atoms:
        if isinstance(atom, Pattern) or (isinstance(atom, Const) and isinstance(atom.value, str)):
            text = atom.text if isinstance(atom, Pattern) else str(atom.value)
            atoms[Pattern(_BRACES.sub("{}", text[:2000]))] = NOTHING
    return Value(atoms)


def _filled(call: ModelCall, fields: list[_Field] | None) -> Value | None:
    """``"{}_consent".format("ai")``: a text, where each field is just one that is known."""
    text = _constant(call, call.receiver)
    if not fields or not isinstance(text, str) or any(field.path or field.conversion for field in fields):
        return None
    names = [name for name in _BRACES.findall(text) if name[1:-1] in {"", *(field.name for field in fields)}]
    values = [_constant(call, _value_of(call, field)) for field in fields]
    if len(names) != len(fields) or text.count("{") != len(fields) or not all(isinstance(each, str) for each in values):
        return None
    rest = iter(values)
    return of(Const(_BRACES.sub(lambda _: str(next(rest)), text), str))


_BRACES = re.compile(r"\{[^{}]*\}")
_NAME = re.compile(r"(\w*)((?:\.\w+|\[[^\]]*\])*)")
_STEP = re.compile(r"\.\w+|\[[^\]]*")


def _fields_named(call: ModelCall) -> list[_Field] | None:
    """None where the text is not known, or what it is given."""
    text = _constant(call, call.receiver)
    if not isinstance(text, str) or call.arguments.more is not None or call.arguments.more_keywords is not None:
        return None
    try:
        fields = list(_fields_in(text))
    except ValueError:
        return None
    return [field if field.name else field._replace(name=str(place)) for place, field in enumerate(fields)]


def _fields_in(text: str) -> Iterator[_Field]:
    for _, name, more, conversion in Formatter().parse(text):
        if name is None:
            continue
        found = _NAME.fullmatch(name)
        if found is None:
            raise ValueError(name)
        yield _Field(found[1], tuple(_STEP.findall(found[2])), conversion or "")
        yield from _fields_in(more or "")


def _value_of(call: ModelCall, field: _Field) -> Value:
    if call.path.endswith("format_map"):
        value, after = item_by_class(call.frame, call.state, call.argument(0), field.name, call.span, call.caller)
        call.go_on(after)
    elif field.name.isdigit():
        value = call.argument(int(field.name))
    else:
        value = call.arguments.keywords.get(field.name, EMPTY)
    for step in field.path:
        if step.startswith("."):
            value, _ = read_attribute(call.frame, call.state, value, step[1:], call.span, "", call.caller)
        else:
            key = int(step[1:]) if step[1:].isdigit() else step[1:]
            value = read_item(call.frame, call.state, value, const(key), call.span)
    return value
