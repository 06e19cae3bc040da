"""What holds of every instance of a class, since none could have been made otherwise: ``__init__`` raises, or keeps an
answer.

Known in methods that nobody in the program calls; whoever makes an instance himself knows it from the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from datause_lint.analysis.atoms import Const, FunctionAtom
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING, Fact, Truths
from datause_lint.analysis.guards import truths_of
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.renaming import moved
from datause_lint.analysis.set_by_others import is_set_by_others
from datause_lint.analysis.summaries import NO_CALLER
from datause_lint.analysis.values import Value
from datause_lint.ir.module import FunctionKind
from datause_lint.names import ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.state import State
    from datause_lint.analysis.summary import Summary
    from datause_lint.analysis.world import World

MAKERS: Final = ("__init__", "__post_init__")
PLAIN: Final = frozenset({"abc.ABC", "builtins.object", "typing.Protocol", "typing.Generic"})


class Making(NamedTuple):
    """What is known of any instance of a class, since it was made."""

    proven: Truths
    answers: tuple[tuple[str, Value], ...]  # by the key of an attribute: one whose test proves something


def know_receiver(frame: Frame, state: State) -> None:
    """At the start of a method of which nobody is seen to make the receiver."""
    function, world = frame.function, frame.world
    cls = function.owner_class
    if cls is None or function.kind is not FunctionKind.FUNCTION or not function.parameters:
        return
    if function.parameters[0].name != "self" or function.name in {*MAKERS, "__new__"}:
        return
    receiver = world.objects.parameter(function.id, "self")
    instance = world.objects.any_instance(cls)

    def said(facts: Truths) -> Truths:
        return frozenset(moved(each, instance, receiver) for each in facts)

    for made in world.remembered("made only if", cls, lambda: tuple(_by_making(world, cls))):
        state.learn(said(made.proven))
        for key, answer in made.answers:
            state.store(receiver, key, _answer(answer, receiver.child(key), said))


def _by_making(world: World, cls: ClassId) -> Iterator[Making]:
    """As said of any instance."""
    if not PLAIN.issuperset(world.outer_bases(cls)):
        return  # code outside may make instances in ways of its own: of rows, of what was stored
    for name in MAKERS:
        found = world.class_attribute(cls, name)
        makers = [atom for atom in found[0].atoms if isinstance(atom, FunctionAtom)] if found is not None else []
        if len(makers) != 1 or any(world.defines(each, name) for each in world.subclasses(cls)):
            continue
        summary = world.summaries.of(makers[0].function, NO_CALLER)
        if summary is None or summary.opaque or not summary.comes_back:
            continue
        yield _about_instances(world, cls, makers[0].function, summary)


def _about_instances(world: World, cls: ClassId, maker: FunctionId, summary: Summary) -> Making:
    function = world.function(maker)
    assert function is not None
    made, instance = world.objects.parameter(maker, function.parameters[0].name), world.objects.any_instance(cls)
    kept: dict[Obj, Obj] = {made: instance}
    held: dict[str, Value] = {}
    for (holder, key), value in summary.writes.items():
        if holder is made and key.startswith(".") and (holder, key) in summary.strong:
            held[key] = value
            only = value.only_object()
            if only is not None and len(value.atoms) == 1:
                kept[only] = instance.child(key)

    def said(facts: Truths) -> Truths:
        return frozenset(_said_of_instances(world, cls, maker, facts, kept))

    answers: dict[str, Value] = {}
    for key, value in held.items():
        answer = _answer(value, instance.child(key), said)
        tells = any(answer.implied) or any(answer.atoms.values())
        if tells and not is_set_by_others(world, cls, key[1:], maker):
            answers[key] = answer
    return Making(said(summary.proves), tuple(answers.items()))


def _answer(value: Value, field: Obj, said: Callable[[Truths], Truths]) -> Value:
    """Constants stay what they are, with what goes with each; of anything else, what its test proves."""
    if value.atoms and all(type(atom) is Const for atom in value.atoms):
        atoms = {atom: said(carried) for atom, carried in value.atoms.items()}
        return Value(atoms, Implied(*map(said, value.settled().implied)))
    return Value({field: NOTHING}, Implied(*map(said, truths_of(value))))


def _said_of_instances(
    world: World, cls: ClassId, maker: FunctionId, facts: Truths, kept: Mapping[Obj, Obj]
) -> Iterator[Fact]:
    """What is known of those whom the initialiser keeps, as long as nobody else puts others in their place."""
    instance = world.objects.any_instance(cls)
    for fact in facts:
        if type(fact) is not Fact or fact.subject is None or not fact.uses or fact.subject.root not in kept:
            continue
        said = moved(fact, fact.subject.root, kept[fact.subject.root])
        assert type(said) is Fact and said.subject is not None
        field = said.subject
        while field.base is not None and field.base is not instance:
            field = field.base
        if field.base is instance and not is_set_by_others(world, cls, field.key[1:], maker):
            yield said
