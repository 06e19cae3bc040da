"""Classes of the library that are there to be derived from: which methods of the program's own they call, with what."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import DICT, LIST, TUPLE
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import ELEMENT, index
from datause_lint.analysis.values import EMPTY, NONE, Value, join, of

MARKUP: Final = (
    "handle_starttag", "handle_startendtag", "handle_data", "handle_entityref", "handle_charref", "handle_comment",
    "handle_decl", "handle_pi", "unknown_decl", "handle_endtag",
)  # fmt: skip


@models("html.parser.HTMLParser().feed")
def parsed(call: ModelCall) -> Value:
    """Each handler may hear of the text, after any other."""
    text = call.data(call.argument(0, "data"))
    pair = call.container(TUPLE, text, "~pair")
    given = [text, call.container(LIST, pair, "~attributes")]
    for name in (*MARKUP, *MARKUP):
        call.special(call.receiver, name, given=given if "start" in name else [text])
        call.returns = True
    return NONE


@models("string.Formatter().format", "string.Formatter().vformat")
def formatted(call: ModelCall) -> Value:
    """What the fields are, and how they are shown, is asked of the methods that a class of the program has."""
    template = call.argument(0, "format_string")
    positional, named = _given(call)
    name = call.data(template)
    found = call.special(call.receiver, "get_field", given=[name, positional, named])
    value = call.read(found, index(0)) if found is not None else None
    if value is None:
        value = call.special(call.receiver, "get_value", given=[name, positional, named])
    if value is None:
        value = join(call.elements(positional), call.read(named, ELEMENT))
    for hook in ("convert_field", "format_field"):
        shown = call.special(call.receiver, hook, given=[value, name])
        value = shown if shown is not None else value
    call.special(call.receiver, "check_unused_args", given=[EMPTY, positional, named])
    return join(name, call.shown(value))


def _given(call: ModelCall) -> tuple[Value, Value]:
    """The arguments by position and by name, as the methods see them."""
    if call.path.endswith("vformat"):
        return call.argument(1, "args"), call.argument(2, "kwargs")
    positional, named = call.new(TUPLE, "~args"), call.new(DICT, "~kwargs")
    for place, value in enumerate(call.arguments.positional[1:]):
        call.state.store(positional, index(place), value)
    for name, value in call.arguments.keywords.items():
        call.state.store(named, index(name), value)
    if call.arguments.more is not None:
        call.state.store(positional, ELEMENT, call.arguments.more)
    if call.arguments.more_keywords is not None:
        call.state.store(named, ELEMENT, call.arguments.more_keywords)
    return of(positional), of(named)
