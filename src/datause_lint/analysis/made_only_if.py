"""What holds of every instance of a class, since none could have been made otherwise: ``__init__`` raises.

Known in methods that nobody in the program calls; whoever makes an instance himself knows it from the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.atoms import FunctionAtom
from datause_lint.analysis.facts import Fact
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.renaming import moved
from datause_lint.analysis.summaries import NO_CALLER
from datause_lint.ir.instructions import Load, SetAttribute
from datause_lint.ir.module import FunctionIR, FunctionKind
from datause_lint.names import ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.state import State
    from datause_lint.analysis.summary import Summary
    from datause_lint.analysis.world import World

MAKERS: Final = ("__init__", "__post_init__")
PLAIN: Final = frozenset({"abc.ABC", "builtins.object", "typing.Protocol", "typing.Generic"})


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
    known = world.remembered("made only if", cls, lambda: tuple(_proven_by_making(world, cls)))
    state.learn(frozenset(moved(each, instance, receiver) for each in known))


def _proven_by_making(world: World, cls: ClassId) -> Iterator[Fact]:
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
        yield from _about_instances(world, cls, makers[0].function, summary)


def _about_instances(world: World, cls: ClassId, maker: FunctionId, summary: Summary) -> Iterator[Fact]:
    function = world.function(maker)
    assert function is not None
    made, instance = world.objects.parameter(maker, function.parameters[0].name), world.objects.any_instance(cls)
    kept: dict[Obj, Obj] = {made: instance}
    for (holder, key), value in summary.writes.items():
        only = value.only_object()
        surely = holder is made and key.startswith(".") and (holder, key) in summary.strong
        if surely and only is not None and len(value.atoms) == 1:
            kept[only] = instance.child(key)
    for fact in summary.proves:
        if type(fact) is not Fact or fact.subject is None or not fact.uses or fact.subject.root not in kept:
            continue
        said = moved(fact, fact.subject.root, kept[fact.subject.root])
        assert type(said) is Fact and said.subject is not None
        field = said.subject
        while field.base is not None and field.base is not instance:
            field = field.base
        if field.base is instance and not _is_set_by_others(world, cls, field.key[1:], maker):
            yield said


def _is_set_by_others(world: World, cls: ClassId, name: str, maker: FunctionId) -> bool:
    """Whether another function, in the modules that know most of the class, puts something else there."""
    family = {cls, *world.hierarchy(cls), *world.subclasses(cls)}
    modules = [world.module(home) for home in sorted({world.module_of(each) for each in family})]
    return any(
        function.id != maker and _sets(function, name, of_family=function.owner_class in family)
        for module in modules
        if module is not None
        for function in module.functions.values()
    )


def _sets(function: FunctionIR, name: str, *, of_family: bool) -> bool:
    """Whether the function sets the attribute; a method of another class, of something else than its own instance."""
    own = function.parameters[0].name if function.owner_class is not None and function.parameters else ""
    itself: set[int] = set()
    for block in function.blocks:
        for instruction in block.instructions:
            if isinstance(instruction, Load) and instruction.name == own:
                itself.add(instruction.target)
            elif (
                isinstance(instruction, SetAttribute)
                and instruction.name == name
                and (of_family or instruction.base not in itself)
            ):
                return True
    return False
