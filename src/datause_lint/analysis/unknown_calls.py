"""What is assumed of a call that nobody says anything about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from datause_lint.analysis import identifiers
from datause_lint.analysis.access import DICT, known_keys, read, stored_value
from datause_lint.analysis.adding import add_opaque
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Atom, BoundAtom, Const, Data, FunctionAtom, Label, Pattern
from datause_lint.analysis.contents import Contents, data_of
from datause_lint.analysis.disk import contents_named
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import Caller
from datause_lint.analysis.objects import KEY, Kind, Obj, attribute, index
from datause_lint.analysis.sinks import asks_others
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import is_id, key_objects
from datause_lint.analysis.values import EMPTY, Value, join, join_all
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath

# First words of methods that keep what they are given in their receiver.
KEEPING = frozenset(
    "add append put push insert update set extend write writelines feed register store save index upsert enqueue "
    "load include attach record send publish emit".split()
)

# Methods that send off a query, or go on with it.
ASKING = frozenset(
    "execute single maybe_single limit order order_by first one one_or_none all fetch fetchone fetch_one fetchall "
    "select scalar scalars mappings result to_dict".split()
)


# What lets a request in. Whom it is let in for, the answer need not say.
LETTING_IN = frozenset(
    "api_key api_token access_token auth auth_token authorization cert cookies credentials default_headers "
    "extra_headers headers".split()
)

# The same of whatever is asked, and kept by what asks: ``session.headers.update(…)``, ``session.auth = …``
WHOEVER_IS_ASKED = frozenset("credential credentials creds".split())
KEPT_TO_BE_LET_IN = tuple(map(attribute, ("auth", "cert", "cookies", "headers")))

# First words of methods that find something by its id.
FETCHING = frozenset("get find fetch retrieve query lookup select read".split())


def unknown_call(
    frame: Frame,
    state: State,
    api: str | None,
    function: Value,
    arguments: Arguments,
    span: Span,
    caller: Caller,
    receiver: Value = EMPTY,
    name: str = "",
) -> tuple[Value, State | None]:
    """Passes the data of the receiver and the arguments on to the result, and calls the functions it is given."""
    let_in = _letting_in(frame, api, arguments)
    called = _callbacks(frame, state, arguments, span, caller, constructor=_is_constructor(api))
    held = Contents(frame, state)
    in_files = contents_named(frame, state, join_all(arguments.all()))  # ``PdfReader("upload.pdf")``
    given = join_all([*_all_but(arguments, let_in), *_data_parts(function), called, in_files])
    data = held.of(join_all([given, receiver]))
    if api is not None and asks_others(frame, api):
        data = _without(data, _kept_to_be_let_in(frame, state, held, receiver), held.of(given))
    everything = not data.atoms or _is_constructor(api) or _makes_another(frame, api)
    remembered = dict(_told(held, arguments, let_in, everything=everything))
    _keep(frame, state, receiver, arguments, name)
    for obj in receiver.objects():  # a cursor that runs another query holds others
        state.forget_everybody(obj)
    made = frame.world.objects.external(frame.site(span), ApiPath(f"{api}()") if api else None)
    state.allocate(made)
    frame.world.places[made] = frame.location(span)
    state.store_all(made, remembered)
    named = _named_ids(frame, state, arguments)
    key = _fetch_key(arguments, named)
    if key is not None and named and _is_fetching(name):
        of_key = held.of(key).atoms  # by which something is found: it is not what is found
        data = Value({atom: carried for atom, carried in data.atoms.items() if atom not in of_key})
    if key is None and name in ASKING:
        key = key_of_query(frame, state, receiver)
    if key is not None:
        state.store(made, KEY, key)
    results = [obj for obj in called.objects() if not _is_constructor(api) or _may_be_proxied(frame, obj)]
    objects: dict[Atom, Truths] = dict.fromkeys(results, NOTHING)
    return Value({made: frozenset(), **data.atoms, **objects}), state


def _letting_in(frame: Frame, api: str | None, arguments: Arguments) -> frozenset[str]:
    if api is None:
        return frozenset()
    names = LETTING_IN | WHOEVER_IS_ASKED if asks_others(frame, api) else WHOEVER_IS_ASKED
    return names.intersection(arguments.keywords)


def _kept_to_be_let_in(frame: Frame, state: State, held: Contents, receiver: Value) -> Value:
    """What the client sends with every request."""
    clients = Value({atom: carried for atom, carried in receiver.atoms.items() if type(atom) is Obj})
    return (
        held.of(join_all([read(frame, state, clients, key) for key in KEPT_TO_BE_LET_IN])) if clients.atoms else EMPTY
    )


def _without(data: Value, taken: Value, given: Value) -> Value:
    """The data but for what was taken, unless the call is given that, too."""
    return Value(
        {atom: carried for atom, carried in data.atoms.items() if atom not in taken.atoms or atom in given.atoms}
    )


def _all_but(arguments: Arguments, names: frozenset[str]) -> list[Value]:
    keywords = {name: value for name, value in arguments.keywords.items() if name not in names}
    return replace(arguments, keywords=keywords).all()


def _data_parts(function: Value) -> list[Value]:
    return [Value({atom: carried}) for atom, carried in function.atoms.items() if isinstance(atom, (Label, Data))]


def _is_constructor(api: str | None) -> bool:
    """A class, by the case of its name: what it makes may keep whatever it was given."""
    return api is not None and api.rpartition(".")[2][:1].isupper()


def _makes_another(frame: Frame, api: str | None) -> bool:
    """``model.start_chat(history=…)`` is another way to make a ``ChatSession``."""
    return api is not None and _is_constructor(frame.world.policy.canonical(f"{api}()").removesuffix("()"))


def _may_be_proxied(frame: Frame, obj: Obj) -> bool:
    """``Lazy(make_client)`` may stand for the client; ``FastAPI(lifespan=run)`` is no generator."""
    return obj.cls is not None or (obj.api is not None and frame.world.policy.leads_to_sink(obj.api))


def _told(
    held: Contents, arguments: Arguments, let_in: frozenset[str], *, everything: bool
) -> Iterator[tuple[str, Value]]:
    """What the call was given. Data is in the result already: a method's result need not hold it a second time, but
    the text around it (the host of a URL)."""
    named = [*((f"@argument{n}", v) for n, v in enumerate(arguments.positional))]
    named.extend((f"@argument:{name}", value) for name, value in arguments.keywords.items())
    only_texts = {f"@argument:{name}" for name in let_in}
    for key, value in named:
        if (everything and key not in only_texts) or not held.of(value).atoms:
            yield key, value
            continue
        texts = Value({atom: NOTHING for atom in value.atoms if isinstance(atom, (Const, Pattern))})
        if texts.atoms:
            yield key, texts


def _keep(frame: Frame, state: State, receiver: Value, arguments: Arguments, name: str) -> None:
    """A method that by its verb keeps what it is given: later reads of the receiver give it back."""
    verbs = identifiers.words(name)
    if name != "__init__" and (not verbs or verbs[0] not in KEEPING):
        return
    kept = Value({atom: carried for atom, carried in receiver.atoms.items() if type(atom) is Obj and _may_keep(atom)})
    if kept.atoms:
        add_opaque(frame, state, kept, data_of(frame, state, join_all(arguments.all())))


def _may_keep(obj: Obj) -> bool:
    """Not a client or logger that the whole module shares."""
    return ":<module>@" not in (obj.root.chain[0] if obj.root.chain else obj.root.key)


def _fetch_key(arguments: Arguments, named: list[Value]) -> Value | None:
    """The id by which something is fetched: the one argument that is an id, also in a dict, or the one at all."""
    candidates = named or [value for value in arguments.positional if is_id(value)]
    if not candidates and len(arguments.all()) == 1:
        candidates = arguments.all()
    return candidates[0] if len(candidates) == 1 and key_objects(candidates[0]) else None


def _named_ids(frame: Frame, state: State, arguments: Arguments) -> list[Value]:
    named = [value for name, value in arguments.keywords.items() if _names_id(name)]
    for value in arguments.all():
        named.extend(_ids_in_dict(frame, state, value))
    return named


def _is_fetching(name: str) -> bool:
    verbs = identifiers.words(name)
    return bool(verbs) and verbs[0] in FETCHING


def _names_id(name: str) -> bool:
    return identifiers.relation_of_id(name.partition("__")[0]) is not None or name in ("username", "email", "slug")


def _ids_in_dict(frame: Frame, state: State, value: Value) -> list[Value]:
    """``find_one({"user_id": user.id})``."""
    only = value.only_object()
    if only is None or only.api != DICT or only.kind is not Kind.NEW:
        return []
    keys = [key for key in known_keys(frame, state, only) if isinstance(key, str) and _names_id(key)]
    return [read(frame, state, value, index(key)) for key in keys]


def key_of_query(frame: Frame, state: State, receiver: Value) -> Value | None:
    """What a query that was put together before asks by: ``table.eq("user_id", user.id).execute()``."""
    only = receiver.only_object()
    return stored_value(frame, state, only, KEY) if only is not None and only.kind is Kind.EXTERNAL else None


def _callbacks(
    frame: Frame, state: State, arguments: Arguments, span: Span, caller: Caller, *, constructor: bool
) -> Value:
    """Functions that are handed over are called: with the arguments that follow them, or with any of the others.

    A proxy stands for what its function gives; what a hook gives, ``App(before=check)``, is nobody's instance.
    """
    results: list[Value] = []
    for position, value in enumerate(arguments.positional):
        functions = _functions(value)
        if functions.atoms:
            following = arguments.positional[position + 1 :]
            elements_too = [join(each, elements(frame, state, each)) if each.objects() else each for each in following]
            result, after = caller(
                frame, state, functions, Arguments(elements_too, {}, arguments.more, arguments.more_keywords), span
            )
            if after is not None:
                state.variables, state.heap = after.variables, after.heap
            results.append(result)
    for value in arguments.keywords.values():
        functions = _functions(value)
        if functions.atoms:
            others = [each for each in arguments.all() if not _functions(each).atoms]
            more = join_all([*others, *(elements(frame, state, each) for each in others)]) if others else None
            result, after = caller(frame, state, functions, Arguments([], {}, more, None), span)
            if after is not None:
                state.variables, state.heap = after.variables, after.heap
            results.append(data_of(frame, state, result) if constructor else result)
    return join_all(results)


def _functions(value: Value) -> Value:
    return Value(
        {atom: carried for atom, carried in value.atoms.items() if isinstance(atom, (FunctionAtom, BoundAtom))}
    )
