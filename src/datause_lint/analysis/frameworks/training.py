"""Libraries that train models: how data comes out of data sets and loaders, and into training steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from datause_lint.analysis.access import LIST, TUPLE
from datause_lint.analysis.arguments import Arguments, add_double_star
from datause_lint.analysis.atoms import Atom, BoundAtom, FunctionAtom
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frameworks.dataframes.frames import frames_in
from datause_lint.analysis.frameworks.dataframes.sources import frame_of_rows
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, Obj, index
from datause_lint.analysis.obligations import reach_sink
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.analysis.wiring import Framework

MODELS: dict[str, Model] = {}
LOADERS: Final = (
    "torch.utils.data.DataLoader", "torch.utils.data.dataloader.DataLoader", "torch_geometric.loader.DataLoader",
    "torchdata.stateful_dataloader.StatefulDataLoader",
)  # fmt: skip
SAME_SET: Final = (
    "torch.utils.data.Subset", "torch.utils.data.dataset.Subset", "accelerate.Accelerator().prepare_data_loader",
)  # fmt: skip


class Training(Framework):
    def model_of(self, path: str) -> Model | None:
        return MODELS.get(path)

    def never_decorates(self, path: str) -> bool:
        return path in MODELS


def model(*paths: str) -> Callable[[Model], Model]:
    def register(function: Model) -> Model:
        for path in paths:
            MODELS[path] = function
        return function

    return register


# ── data sets and loaders of torch ────────────────────────────────────────────────────────────────────────────────


@model(*LOADERS)
def loader(call: ModelCall) -> Value:
    """Its batches are made of the data set's items, by the collate function where there is one."""
    items = items_of(call, call.argument(0, "dataset"))
    collate = call.arguments.keywords.get("collate_fn")
    if collate is not None and collate.atoms and not _is_none(collate):
        batch = call.container(LIST, items, "~batch")
        made = call.maybe(collate, batch)
        items = made if made.atoms else items
    result = call.external(f"{LOADERS[0]}()", part="~loader")
    call.state.store(result, ELEMENT, items)
    call.state.store(result, "@argument:dataset", call.argument(0, "dataset"))
    return of(result)


def _is_none(value: Value) -> bool:
    constant = value.constant()
    return constant is not None and constant.value is None


def items_of(call: ModelCall, dataset: Value) -> Value:
    """What a data set gives: by its own class's methods, or as any collection does."""
    parts: list[Value] = []
    for obj in dataset.objects():
        own = _by_method(call, obj, "__getitem__", [EMPTY])
        if own is None:
            own = _by_method(call, obj, "__iter__", [])
            own = elements(call.frame, call.state, own) if own is not None else None
        if own is None and frames_in(call.frame, call.state, of(obj)):
            rows = call.frame.world.wiring.iterate(call.frame, call.state, of(obj), call.span)
            own = elements(call.frame, call.state, rows) if rows is not None else None
        parts.append(own if own is not None else elements(call.frame, call.state, of(obj)))
    others: dict[Atom, Truths] = {atom: carried for atom, carried in dataset.atoms.items() if type(atom) is not Obj}
    return join_all([*parts, Value(others)])


def _by_method(call: ModelCall, obj: Obj, name: str, given: list[Value]) -> Value | None:
    """What a method of the program gives that the object's class defines; None where it does not."""
    bound: dict[Atom, Truths] = {}
    for kind in types_of(call.frame, call.state, obj):
        found = call.frame.world.class_attribute(kind.cls, name) if kind.cls is not None else None
        for atom in found[0].atoms if found is not None else ():
            if isinstance(atom, FunctionAtom):
                bound[BoundAtom(atom.function, atom.environment, obj)] = NOTHING
    return call.maybe(Value(bound), *given) if bound else None


@model("torch.utils.data.TensorDataset", "torch.utils.data.StackDataset", "tensorflow.data.Dataset.from_tensor_slices")
def tensors(call: ModelCall) -> Value:
    """Items are tuples of one element of each argument."""
    item = call.new(TUPLE, "~item")
    for position, value in enumerate(call.arguments.positional):
        inner = elements(call.frame, call.state, value)
        call.state.store(item, index(position), inner if inner.atoms else value)
    if call.arguments.more is not None:
        call.state.store(item, ELEMENT, call.arguments.more)
    made = call.external("torch.utils.data.TensorDataset()", part="~set")
    call.state.store(made, ELEMENT, of(item))
    return of(made)


@model(*SAME_SET)
def same_set(call: ModelCall) -> Value:
    return call.argument(0, "dataset")


@model("torch.utils.data.ConcatDataset", "torch.utils.data.ChainDataset")
def concatenated(call: ModelCall) -> Value:
    made = call.external("torch.utils.data.ConcatDataset()", part="~set")
    call.state.store(made, ELEMENT, items_of(call, elements(call.frame, call.state, call.argument(0, "datasets"))))
    return of(made)


@model("torch.utils.data.random_split")
def random_split(call: ModelCall) -> Value:
    """Parts that hold items of one data set."""
    return call.container(LIST, call.argument(0, "dataset"), "~parts")


# ── Lightning ─────────────────────────────────────────────────────────────────────────────────────────────────────


@model("lightning.Trainer().fit", "lightning.Trainer().validate", "lightning.Trainer().test")
def lightning_fit(call: ModelCall) -> Value:
    """The trainer asks the model, or the data module, for its loaders, and hands every batch to the training step."""
    module = call.argument(0, "model")
    sources = [module, *(call.arguments.keywords[word] for word in ("datamodule",) if word in call.arguments.keywords)]
    given = call.optional(1, "train_dataloaders")
    batches = [items_of(call, given)] if given is not None else []
    for source in [*sources, *([given] if given is not None else [])]:
        for obj in source.objects():
            for hook in ("prepare_data", "setup"):
                _by_method(call, obj, hook, [EMPTY] if hook == "setup" else [])
            made = _by_method(call, obj, "train_dataloader", [])
            if made is not None:
                batches.append(items_of(call, made))
    batch = join_all(batches)
    for obj in module.objects():
        _by_method(call, obj, "training_step", [batch, EMPTY])
    if call.path.endswith(".fit") and call.frame.collecting:
        for sink in call.frame.world.policy.sinks_at(call.path):
            reach_sink(call.frame, call.state, sink, data_of(call.frame, call.state, batch), call.span, call.path)
    return EMPTY


# ── data sets of Hugging Face ─────────────────────────────────────────────────────────────────────────────────────


@model(
    "datasets.Dataset.from_generator",
    "datasets.IterableDataset.from_generator",
    "tensorflow.data.Dataset.from_generator",
)
def from_generator(call: ModelCall) -> Value:
    """The rows are what the generator yields, called with ``gen_kwargs``."""
    arguments = Arguments()
    named = call.arguments.keywords.get("gen_kwargs")
    if named is not None:
        add_double_star(call.frame, call.state, arguments, named)
    positional = call.arguments.keywords.get("args")
    if positional is not None:
        arguments.more = elements(call.frame, call.state, positional)
    produced = call.call_with(call.argument(0, "generator"), arguments)
    call.returns = True
    produced = awaited(call.frame, call.state, produced).value if produced.objects() else produced
    return frame_of_rows(call, produced, "datasets.Dataset")


# ── scikit-learn ──────────────────────────────────────────────────────────────────────────────────────────────────


@model(
    *(f"sklearn.model_selection.{kind}().split" for kind in (
        "KFold", "StratifiedKFold", "GroupKFold", "ShuffleSplit", "StratifiedShuffleSplit", "TimeSeriesSplit",
        "RepeatedKFold", "RepeatedStratifiedKFold", "LeaveOneOut", "GroupShuffleSplit", "StratifiedGroupKFold",
    )),
)  # fmt: skip
def indices(call: ModelCall) -> Value:
    """Numbers of rows: they say nothing of anybody."""
    pair = call.new(TUPLE, "~pair")
    call.state.store(pair, index(0), EMPTY)
    call.state.store(pair, index(1), EMPTY)
    return call.container(LIST, of(pair), "~folds")
