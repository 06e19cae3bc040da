"""The standard library, where more happens than data passing through."""

from __future__ import annotations

from dataclasses import replace

from datause_lint.analysis.access import (
    BOUND,
    DICT,
    EACH,
    LIST,
    TUPLE,
)
from datause_lint.analysis.adding import (
    add_element,
)
from datause_lint.analysis.arguments import Arguments, add_double_star, add_star, known_length
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, FunctionAtom
from datause_lint.analysis.models.collections import compare
from datause_lint.analysis.models.containers import update
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import ELEMENT, Obj, attribute, index
from datause_lint.analysis.surely_in import surely_in
from datause_lint.analysis.values import EMPTY, NONE, Value, join, join_all, of
from datause_lint.names import ApiPath

MAXIMAL_STEPS = 8  # of a fold, that are taken one by one
CONJUNCTIONS = frozenset(
    {"operator.and_", "operator.iand", "operator.__and__", "_operator.and_", "sqlalchemy.and_", "sqlalchemy.sql.and_"}
)

# ── functools ─────────────────────────────────────────────────────────────────────────────────────────────────────


@models("functools.partial", "functools.partialmethod")
def partial(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    call.state.store(made, "@partial", call.argument(0))
    keep_arguments(call, made, call.arguments.without(1))
    for name, key in (("func", "@partial"), ("args", "@args"), ("keywords", "@kwargs")):
        call.state.store(made, attribute(name), call.read(of(made), key))
    return of(made)


def keep_arguments(call: ModelCall, made: Obj, arguments: Arguments) -> None:
    """Arguments as a tuple and a dict, for a call that comes later."""
    positional, named = call.new(TUPLE, "~args"), call.new(DICT, "~kwargs")
    for position, value in enumerate(arguments.positional):
        call.state.store(positional, index(position), value)
    for name, value in arguments.keywords.items():
        call.state.store(named, index(name), value)
    if arguments.more is not None:
        call.state.store(positional, ELEMENT, arguments.more)
    if arguments.more_keywords is not None:
        call.state.store(named, ELEMENT, arguments.more_keywords)
    call.state.store(made, "@args", of(positional))
    call.state.store(made, "@kwargs", of(named))


@models("functools.partial()")
def call_partial(call: ModelCall) -> Value:
    results: list[Value] = []
    for obj in call.receiver.objects():
        arguments = Arguments()
        add_star(call.frame, call.state, arguments, call.read(of(obj), "@args"))
        add_double_star(call.frame, call.state, arguments, call.read(of(obj), "@kwargs"))
        held = call.read(of(obj), "@partial")
        inner = Value({atom: carried for atom, carried in held.atoms.items() if atom is not obj})  # too deep to be told
        results.append(call.call_with(inner, arguments.followed_by(call.arguments)))
    return join_all(results)


@models("weakref.WeakMethod")
def held_weakly(call: ModelCall) -> Value:
    made = call.external("weakref.WeakMethod()")
    call.state.store(made, "@function", call.argument(0, "meth"))
    return of(made)


@models("weakref.WeakMethod()")
def still_there(call: ModelCall) -> Value:
    return join(call.read(call.receiver, "@function"), NONE)


@models("functools.wraps")
def wraps(call: ModelCall) -> Value:
    made = call.external("functools.wraps()")
    call.state.store(made, "@wrapped", call.argument(0))
    return of(made)


@models("functools.wraps()")
def wrapped(call: ModelCall) -> Value:
    """The wrapper, which takes over the marks of what it wraps."""
    for obj in call.receiver.objects():
        for inner in call.read(of(obj), "@wrapped").atoms:
            for outer in call.argument(0).atoms:
                if isinstance(inner, FunctionAtom) and isinstance(outer, FunctionAtom):
                    call.frame.world.note_wrapper(outer, inner)
        for outer in call.argument(0).atoms:
            if isinstance(outer, FunctionAtom):
                holder = call.frame.world.objects.function_object(outer.function)
                call.state.store_weakly(holder, attribute("__wrapped__"), call.read(of(obj), "@wrapped"))
                call.frame.world.publish_if_shared(call.frame, call.state, holder)
    return call.argument(0)


@models("functools.update_wrapper")
def update_wrapper(call: ModelCall) -> Value:
    return call.argument(0)


@models("functools.singledispatch", "functools.singledispatchmethod")
def dispatcher(call: ModelCall) -> Value:
    """A function by the class of its first argument: any of the implementations may run."""
    made = call.external(f"{call.path}()")
    call.state.store(made, "@implementations", call.argument(0, "func"))
    return of(made)


@models("functools.singledispatch().register", "functools.singledispatchmethod().register")
def register_implementation(call: ModelCall) -> Value:
    """``@f.register`` and ``@f.register(list)``; the latter gives a decorator, which is the same thing once more."""
    given = Value(
        {atom: carried for each in call.arguments.all() for atom, carried in each.atoms.items() if _is_code(atom)}
    )
    for obj in call.receiver.objects():
        call.state.store(obj, "@implementations", join(call.read(of(obj), "@implementations"), given))
        call.frame.world.publish_if_shared(call.frame, call.state, obj)
    return given if given.atoms else of(*(ApiAtom(ApiPath(call.path), obj) for obj in call.receiver.objects()))


def _is_code(atom: Atom) -> bool:
    return isinstance(atom, (FunctionAtom, BoundAtom))


@models("functools.singledispatch()")
def dispatched(call: ModelCall) -> Value:
    implementations = join_all([call.read(of(obj), "@implementations") for obj in call.receiver.objects()])
    return call.call_with(implementations, call.arguments)


@models("functools.reduce")
def reduce(call: ModelCall) -> Value:
    function, given, start = call.argument(0), call.argument(1), call.optional(2, "initial")
    length = known_length(call.frame, call.state, given)
    if length is None or length > MAXIMAL_STEPS:
        return _with_sure(call, function, given, _folded(call, function, call.elements(given), start))
    steps = [call.read(given, index(place)) for place in range(length)]
    folded = start if start is not None else steps.pop(0) if steps else EMPTY
    for each in steps:
        folded = call.call(function, folded, each)
    return folded


def _with_sure(call: ModelCall, function: Value, given: Value, folded: Value) -> Value:
    """``reduce(operator.and_, conditions)``: in whatever order, what surely is among them is demanded."""
    paths = [atom.path for atom in function.atoms if isinstance(atom, ApiAtom)]
    listed = given.only_object()
    if listed is None or len(paths) != len(function.atoms) or not paths or not set(paths) <= CONJUNCTIONS:
        return folded
    for each in surely_in(call.state, listed):
        folded = call.call(function, folded, each)
    return folded


@models("itertools.accumulate")
def accumulated(call: ModelCall) -> Value:
    """What a fold has come to at each of its steps."""
    members = call.elements(call.argument(0, "iterable"))
    function, start = call.optional(1, "func"), call.arguments.keywords.get("initial")
    if function is None or ((stated := function.constant()) is not None and stated.value is None):
        return call.container(LIST, join(members, start) if start is not None else members)
    return call.container(LIST, join(members, _folded(call, function, members, start)))


def _folded(call: ModelCall, function: Value, members: Value, start: Value | None) -> Value:
    folded = start if start is not None else members
    for _ in range(3):
        grown = join(folded, call.call(function, folded, members))
        if grown == folded:
            break
        folded = grown
    call.returns = True
    return folded


# ── itertools, collections ──────────────────────────────────────────────────────────────────────────────


@models("itertools.chain")
def chain(call: ModelCall) -> Value:
    made = call.container(LIST, join_all([call.elements(given) for given in call.arguments.all()]))
    for given in call.arguments.positional:
        call.as_filled(made, given)
    return made


@models("itertools.chain.from_iterable")
def chain_from_iterable(call: ModelCall) -> Value:
    return call.container(LIST, call.elements(call.elements(call.argument(0))))


@models(
    "itertools.islice", "itertools.cycle", "itertools.repeat", "collections.deque",
    "itertools.count", "more_itertools.unique_everseen",
)  # fmt: skip
def same_elements(call: ModelCall) -> Value:
    given = call.argument(0, "iterable")
    if call.path.endswith("repeat"):
        return call.container(LIST, given)
    length = known_length(call.frame, call.state, given)
    if call.path == "collections.deque" and length is not None:
        return _deque(call, given, length)
    return call.container(LIST, call.elements(given))


def _deque(call: ModelCall, given: Value, length: int) -> Value:
    """Of elements whose places are known: the last of them, where it has a bound."""
    stated = call.optional(1, "maxlen") or NONE
    bound = stated.constant()
    if bound is None or not (bound.value is None or isinstance(bound.value, int)):
        return call.container(LIST, call.elements(given))
    made = call.new(LIST)
    first = max(length - bound.value, 0) if bound.value is not None else 0
    for place in range(first, length):
        call.state.store(made, index(place - first), call.read(given, index(place)))
    if bound.value is not None:
        call.state.store(made, BOUND, stated)
    return of(made)


@models("itertools.tee")
def tee(call: ModelCall) -> Value:
    return call.container(TUPLE, call.argument(0))


@models(
    "itertools.pairwise",
    "itertools.combinations",
    "itertools.combinations_with_replacement",
    "itertools.permutations",
    "itertools.batched",
    "more_itertools.chunked",
)
def groups(call: ModelCall) -> Value:
    length = known_length(call.frame, call.state, call.argument(0))
    if call.path == "itertools.pairwise" and length is not None and length <= MAXIMAL_STEPS:
        return _pairs(call, length)
    inner = call.new(LIST, "~group")
    call.state.store(inner, ELEMENT, call.elements(call.argument(0, "iterable")))
    return call.container(LIST, of(inner))


def _pairs(call: ModelCall, length: int) -> Value:
    """Of neighbours."""
    made = call.new(LIST)
    for place in range(length - 1):
        pair = call.new(TUPLE, f"~pair{place}")
        for side in (0, 1):
            call.state.store(pair, index(side), call.read(call.argument(0), index(place + side)))
        call.state.store(made, index(place), of(pair))
    return of(made)


@models("itertools.compress")
def compressed(call: ModelCall) -> Value:
    """The elements whose selectors are true, or may be."""
    given, selectors = call.argument(0, "data"), call.argument(1, "selectors")
    lengths = [known_length(call.frame, call.state, each) for each in (given, selectors)]
    if None in lengths:
        return call.container(LIST, call.elements(given))
    kept = [
        call.read(given, index(place))
        for place in range(min(length for length in lengths if length is not None))
        if call.read(selectors, index(place)).may_be_true()
    ]
    return call.container(LIST, join_all(kept))


@models("itertools.groupby")
def grouped(call: ModelCall) -> Value:
    members = call.elements(call.argument(0, "iterable"))
    key = call.optional(1, "key")
    pair = call.new(TUPLE, "~pair")
    name = call.call(key, call.each(call.argument(0, "iterable"), "~key")) if key is not None else members
    call.state.store(pair, index(0), name)
    group = call.new(LIST, "~group")
    call.state.store(group, ELEMENT, members)
    call.state.store(pair, index(1), of(group))
    call.done("~key")
    return call.container(LIST, of(pair))


@models(
    "collections.defaultdict", "collections.OrderedDict", "weakref.WeakValueDictionary", "weakref.WeakKeyDictionary",
)  # fmt: skip
def special_dict(call: ModelCall) -> Value:
    made = call.new(DICT)
    given = list(call.arguments.positional)
    if call.path.endswith("defaultdict") and given:
        factory = given.pop(0)
        if factory.constant() is None:
            each = call.maybe(factory)  # it is called when a key is missing
            call.state.store(made, ELEMENT, each)
            call.state.store(made, EACH, each)
    arguments = replace(call.arguments, positional=given)
    update(ModelCall(call.frame, call.state, "?.update", of(made), arguments, call.span, call.caller))
    return of(made)


# ── queues ────────────────────────────────────────────────────────────────────────────────────────────────────────


@models(
    "queue.Queue",
    "asyncio.Queue",
    "queue.SimpleQueue",
    "queue.LifoQueue",
    "queue.PriorityQueue",
    "multiprocessing.Queue",
)
def queue(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    call.state.store(made, ELEMENT, EMPTY)
    return of(made)


@models(
    *(
        f"{kind}().{name}"
        for kind in (
            "queue.Queue",
            "asyncio.Queue",
            "queue.SimpleQueue",
            "queue.LifoQueue",
            "queue.PriorityQueue",
            "multiprocessing.Queue",
        )
        for name in ("put", "put_nowait")
    )
)
def put(call: ModelCall) -> Value:
    if call.path.startswith("queue.PriorityQueue"):
        compare(call, call.argument(0, "item"), call.read(call.receiver, ELEMENT))
    add_element(call.frame, call.state, call.receiver, call.argument(0, "item"))
    return NONE


@models(
    *(
        f"{kind}().{name}"
        for kind in (
            "queue.Queue",
            "asyncio.Queue",
            "queue.SimpleQueue",
            "queue.LifoQueue",
            "queue.PriorityQueue",
            "multiprocessing.Queue",
        )
        for name in ("get", "get_nowait")
    )
)
def take(call: ModelCall) -> Value:
    return call.read(call.receiver, ELEMENT)


@models("importlib.import_module", "builtins.__import__")
def import_module(call: ModelCall) -> Value:
    constant = call.argument(0, "name").constant()
    if constant is None or not isinstance(constant.value, str):
        return EMPTY
    name, importer = constant.value, call.frame.module.name
    if name.startswith("."):
        package = call.argument(1, "package").constant()
        dots = len(name) - len(name.lstrip("."))
        above = str(package.value).split(".") if package is not None else importer.split(".")[:-1]
        name = ".".join([*above[: len(above) - dots + 1], name.lstrip(".")])
    return call.frame.world.module_value(name, importer)
