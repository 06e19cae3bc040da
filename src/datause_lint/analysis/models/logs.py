"""``logging``: what loggers are told reaches the handlers that were added to them, and to those above them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from datause_lint.analysis.access import DICT, TUPLE, indexed, stored_value, surely_holds
from datause_lint.analysis.adding import add_element, add_opaque
from datause_lint.analysis.disk import put_into
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import ELEMENT, MAYBE, Kind, Obj, attribute, index
from datause_lint.analysis.special_methods import special_methods
from datause_lint.analysis.state import join_states
from datause_lint.analysis.values import EMPTY, NONE, Value, const, join_all, of

ADAPTER: Final = "logging.LoggerAdapter()"
LOGGERS: Final = ("logging.getLogger()", "logging.Logger()")
VERBS: Final = tuple("debug info warning warn error exception critical fatal log".split())
STREAMS: Final = frozenset({"logging.StreamHandler()"})
FILES: Final = frozenset(
    {"logging.FileHandler()", "logging.handlers.RotatingFileHandler()", "logging.handlers.TimedRotatingFileHandler()"}
)
QUEUES: Final = "logging.handlers.QueueHandler()"
MEMORY: Final = "logging.handlers.MemoryHandler()"
LISTENER: Final = "logging.handlers.QueueListener"
HANDLERS: Final = (*sorted(STREAMS | FILES), "logging.Handler()", QUEUES, MEMORY)
FORMATTER: Final = "@formatter"  # of a handler
FILTER: Final = index("filter")  # of a handler
LISTENERS: Final = "@listeners"  # of a queue: the handlers of those who listen to it


@models("logging.getLogger")
def logger(call: ModelCall) -> Value:
    made = call.external("logging.getLogger()")
    name = call.optional(0, "name")
    if name is not None:
        call.state.store(made, "@argument0", name)
    return of(made)


@models(*(f"{each}.{verb}" for each in LOGGERS for verb in ("addHandler", "addFilter")))
def add_handler(call: ModelCall) -> Value:
    for name in _names(call):
        attach_handler(call, name, call.argument(0))
    return NONE


@models("logging.basicConfig")
def configured(call: ModelCall) -> Value:
    handlers = call.arguments.keywords.get("handlers")
    if handlers is not None:
        attach_handler(call, "", call.elements(handlers))
    return NONE


def attach_handler(call: ModelCall, name: str, handler: Value) -> None:
    held = _handlers(call.frame)
    call.state.store_weakly(held, index(name), handler)
    call.frame.world.publisher.publish(call.frame, call.state, held, index(name), handler)


@models(*(f"{each}.{verb}" for each in (*LOGGERS, "logging") for verb in VERBS))
def logged(call: ModelCall) -> Value:
    handlers = _listening(call, _names(call))
    if handlers.atoms:
        record = _record(call)
        for handler in handlers.objects():
            _tell(call, handler, of(record))
    return NONE


# ── adapters ──────────────────────────────────────────────────────────────────────────────────────────────────────


@models("logging.LoggerAdapter")
def adapter(call: ModelCall) -> Value:
    made = call.external(ADAPTER)
    for place, name in enumerate(("logger", "extra")):
        call.state.store(made, attribute(name), call.argument(place, name))
    return of(made)


@models(*(f"{ADAPTER}.{verb}" for verb in VERBS))
def adapted(call: ModelCall) -> Value:
    """What ``process`` makes of it is told to the logger."""
    _keep_parts(call)
    first = 1 if call.path.endswith(".log") else 0
    given = list(call.arguments.positional)
    named = call.new(DICT, "~kwargs")
    for name, value in call.arguments.keywords.items():
        call.state.store(named, index(name), value)
    processed = call.special(call.receiver, "process", given=[*given[first : first + 1], of(named)])
    if processed is not None and len(given) > first:
        given[first] = call.read(processed, index(0))
    arguments = replace(call.arguments, positional=given)
    if processed is None:
        arguments.keywords = {**arguments.keywords, "extra": call.read(call.receiver, attribute("extra"))}
    loggers = call.read(call.receiver, attribute("logger"))
    path = f"{LOGGERS[0]}.{call.path.rpartition('.')[2]}"
    return logged(ModelCall(call.frame, call.state, path, loggers, arguments, call.span, call.caller))


def _keep_parts(call: ModelCall) -> None:
    """Of an adapter of the program's own that leaves its making to the library."""
    for obj in call.receiver.objects():
        for place, name in enumerate(("logger", "extra")):
            found = [stored_value(call.frame, call.state, obj, f"@argument{key}") for key in (place, f":{name}")]
            stated = [each for each in found if each is not None]
            if stated and not obj.symbolic and stored_value(call.frame, call.state, obj, attribute(name)) is None:
                call.state.store(obj, attribute(name), stated[0])


# ── handlers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _listening(call: ModelCall, names: Iterable[str]) -> Value:
    """The handlers of the loggers, and of those above them by name."""
    known = indexed(call.frame, call.state, _handlers(call.frame))
    heard = [value for key, value in known for name in names if f"{name}.".startswith(f"{key[2:-2]}.") or key == "['']"]
    return join_all(heard)


def _record(call: ModelCall) -> Obj:
    made, given = call.external("logging.LogRecord()", part="~record"), call.arguments.positional
    first = 1 if call.path.endswith(".log") else 0
    arguments = call.new(TUPLE, "~args")
    for place, value in enumerate(given[first + 1 :]):
        call.state.store(arguments, index(place), value)
    if call.arguments.more is not None:
        call.state.store(arguments, ELEMENT, call.arguments.more)
    call.state.store(made, attribute("msg"), given[first] if len(given) > first else EMPTY)
    call.state.store(made, attribute("args"), of(arguments))
    call.state.store(made, attribute("levelname"), const(call.path.rpartition(".")[2].upper()))
    _add_error(call, made)
    extra = call.arguments.keywords.get("extra", EMPTY)
    for obj in extra.objects():
        for key, value in indexed(call.frame, call.state, obj):
            call.state.store(made, attribute(key[2:-2]), value)
    return made


def _add_error(call: ModelCall, record: Obj) -> None:
    """What is told by ``exception()``, or with ``exc_info``, has the text of the error that is being handled."""
    stated = call.arguments.keywords.get("exc_info")
    if stated is None and not call.path.endswith(".exception"):
        return
    error = call.frame.in_flight(call.state)
    if stated is not None and (stated.objects() or not stated.may_be_true()):
        error = of(*stated.objects())
    triple = call.new(TUPLE, "~error")
    for place, value in enumerate((EMPTY, error, EMPTY)):
        call.state.store(triple, index(place), value)
    call.state.store(record, attribute("exc_info"), of(triple))
    call.state.store(record, attribute("exc_text"), call.shown(error, "__str__", "__repr__"))


@models("logging.LogRecord().getMessage")
def message(call: ModelCall) -> Value:
    return join_all([call.data(call.read(call.receiver, attribute(name))) for name in ("msg", "args")])


def _tell(call: ModelCall, handler: Obj, record: Value) -> None:
    """What a filter changes in the record, this handler sees; the others may have been told before."""
    before = call.state.copy()
    _filter(call, handler, record)
    _hand_over(call, handler, record)
    call.returns = True
    call.go_on(join_states(before, call.state))


def _filter(call: ModelCall, handler: Obj, record: Value) -> None:
    """By the one filter that the handler is known to have, or by any."""
    filters = stored_value(call.frame, call.state, handler, FILTER) or EMPTY
    method = special_methods(call.frame, call.state, filters, "filter")
    added_before = call.state.stored(handler, FILTER) is not None and handler.kind is Kind.EXTERNAL
    if not method.atoms:
        return
    if added_before and len(filters.atoms) == 1 and surely_holds(call.frame, call.state, handler, FILTER):
        call.call(method, record)
    else:
        call.maybe(method, record)


def _hand_over(call: ModelCall, handler: Obj, record: Value) -> None:
    for name in ("handle", "emit", "filter"):
        method = special_methods(call.frame, call.state, of(handler), name)
        if method.atoms:
            call.maybe(method, record)
    given = stored_value(call.frame, call.state, handler, "@argument0")
    if given is not None and handler.api in STREAMS:
        add_opaque(call.frame, call.state, given, call.data(_formatted(call, of(handler), record)))
    if given is not None and handler.api in FILES:
        put_into(call.frame, call.state, given, call.data(_formatted(call, of(handler), record)))
    if given is not None and handler.api == QUEUES:
        add_element(call.frame, call.state, given, record)
        _tell_all(call, call.read(given, LISTENERS), record)
    if handler.api == MEMORY:
        _tell_all(call, _told_on(call, handler), record)


def _tell_all(call: ModelCall, handlers: Value, record: Value) -> None:
    for handler in handlers.objects():
        _tell(call, handler, record)


def _told_on(call: ModelCall, memory: Obj) -> Value:
    """The handler that one that keeps records for a while gives them to."""
    found = [stored_value(call.frame, call.state, memory, key) for key in ("@argument2", "@argument:target")]
    return join_all([each for each in found if each is not None])


@models(*(f"{each}.addFilter" for each in HANDLERS))
def add_filter(call: ModelCall) -> Value:
    for obj in call.receiver.objects():
        if call.state.stored(obj, FILTER) is None and len(call.receiver.atoms) == 1:
            call.state.store(obj, FILTER, call.argument(0))
        else:
            call.state.store_weakly(obj, FILTER, call.argument(0))
            call.state.store(obj, MAYBE + FILTER, EMPTY)
        call.frame.world.publisher.publish_if_shared(call.frame, call.state, obj)
    return NONE


@models(*(f"{each}.setFormatter" for each in HANDLERS))
def set_formatter(call: ModelCall) -> Value:
    call.write(call.receiver, FORMATTER, call.argument(0, "fmt"))
    return NONE


@models(*(f"{each}.format" for each in HANDLERS))
def format_record(call: ModelCall) -> Value:
    return _formatted(call, call.receiver, call.argument(0, "record"))


def _formatted(call: ModelCall, handler: Value, record: Value) -> Value:
    """The text that a handler makes of a record: by a formatter of the program's own, or of all that is in it."""
    made = call.special(call.read(handler, FORMATTER), "format", given=[record])
    return made if made is not None else call.data(record)


@models(LISTENER)
def listen(call: ModelCall) -> Value:
    made = call.external(f"{LISTENER}()")
    source, handlers = call.argument(0, "queue"), join_all(call.arguments.positional[1:])
    call.state.store(made, attribute("queue"), source)
    call.state.store(made, attribute("handlers"), handlers)
    call.write(source, LISTENERS, handlers)
    return of(made)


@models(f"{LISTENER}().start", f"{LISTENER}().stop")
def listened(call: ModelCall) -> Value:
    """Whatever stands in the queue by then, the handlers hear of."""
    records = call.elements(call.read(call.receiver, attribute("queue")))
    _tell_all(call, call.read(call.receiver, attribute("handlers")), records)
    return NONE


def _names(call: ModelCall) -> list[str]:
    """What the loggers are called, the root nothing; of one whose name is not known, nothing either."""
    found: list[str] = []
    for obj in call.receiver.objects():
        stated = stored_value(call.frame, call.state, obj, "@argument0")
        names = fold(call.frame, stated) if stated is not None else None
        found.extend(str(each.value) for each in names or ())
    return found or [""]


def _handlers(frame: Frame) -> Obj:
    """What holds them, by the names of loggers: one thing for the whole program."""
    found = frame.world.objects.external("handlers of logs", None)
    frame.world.shared.announce(found)
    return found
