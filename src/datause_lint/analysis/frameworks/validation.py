"""What forms of Django and serializers of REST framework have refused, once they have found their data valid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.atoms import Const, FunctionAtom
from datause_lint.analysis.evidence import comparison
from datause_lint.analysis.facts import NOTHING, Fact, Truth, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.renaming import replaced
from datause_lint.analysis.state import State
from datause_lint.analysis.summaries import NO_CALLER
from datause_lint.analysis.typing_of import constructor_argument, types_of
from datause_lint.analysis.values import EMPTY, Value
from datause_lint.analysis.world import World
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR
from datause_lint.names import ClassId

FORM_BOXES: Final = ("django.forms.BooleanField()", "django.forms.fields.BooleanField()")
YES: Final = Const(True, bool)


def proven_of_form(frame: Frame, state: State, form: Obj, span: Span) -> Truths:
    """``form.is_valid()``: boxes that must be ticked, and what its ``clean`` methods refuse."""
    return _proven(frame, state, form, "clean", lambda cls, name: _is_box(frame, cls, name), span)


def proven_of_serializer(frame: Frame, state: State, serializer: Obj, span: Span) -> Truths:
    """``serializer.is_valid(raise_exception=True)``: what its ``validate`` methods refuse."""
    return _proven(frame, state, serializer, "validate", lambda cls, name: False, span)


def enter_validator(frame: Frame, state: State) -> None:
    """``def validate_ai_consent(self, value)``: the value is that field of an instance."""
    function = frame.function
    name = function.name.removeprefix("validate_")
    if function.owner_class is None or name == function.name or len(function.parameters) < 2:
        return
    parameter = function.parameters[1]
    instance = frame.world.objects.any_instance(function.owner_class)
    probes = guards.field_probes(frame, state, instance, name, parameter.span)
    if probes and parameter.name not in function.cells:
        before = state.variables.get(parameter.name, EMPTY)
        state.variables[parameter.name] = Value(before.atoms, before.implied, (*before.probes, *probes))


def _proven(
    frame: Frame, state: State, made: Obj, verb: str, must_be_true: Callable[[ClassId, str], bool], span: Span
) -> Truths:
    classes = [kind.cls for kind in types_of(frame, state, made) if kind.cls is not None]
    if len(classes) != 1 or made.kind is Kind.CLASS:
        return NOTHING
    cls = classes[0]
    found: set[Truth] = set()
    for name in _names(frame.world, cls):
        if must_be_true(cls, name):
            probes = guards.field_probes(frame, state, made, name, span)
            found.update(fact for probe in probes for fact in comparison(probe, [YES])[0])
        elif name == verb or (name.startswith(f"{verb}_") and _always_runs(frame, cls, name)):
            found.update(_by_method(frame, cls, name, made))
    return frozenset(found)


def _names(world: World, cls: ClassId) -> Iterator[str]:
    names: dict[str, None] = {}
    for each in world.hierarchy(cls):
        names.update((key[1:], None) for key in world.shared.keys(world.objects.class_object(each)) if key[0] == ".")
    yield from names


def _declared(world: World, cls: ClassId, name: str) -> list[Obj]:
    found = world.class_attribute(cls, name)
    return found[0].objects() if found is not None else []


def _is_box(frame: Frame, cls: ClassId, name: str) -> bool:
    """A ``BooleanField`` of a form has to be ticked, unless it says that it need not."""
    declared = _declared(frame.world, cls, name)
    return bool(declared) and all(
        each.api in FORM_BOXES and _is_required(constructor_argument(frame, each, 0, "required")) for each in declared
    )


def _is_required(stated: Value | None) -> bool:
    return stated is None or stated.constant() == YES


def _always_runs(frame: Frame, cls: ClassId, method: str) -> bool:
    """A serializer does not ask after a field that is not there, and need not be."""
    if method.startswith("clean_"):
        return True
    declared = _declared(frame.world, cls, method.removeprefix("validate_"))
    optional = [constructor_argument(frame, each, -1, word) for each in declared for word in ("required", "default")]
    return bool(declared) and all(value is None for value in optional)


def _by_method(frame: Frame, cls: ClassId, name: str, made: Obj) -> Iterator[Truth]:
    """What holds whenever the method comes back, of the instance, its values, or the field's value."""
    world = frame.world
    for function in _methods(world, cls, name):
        summary = world.summaries.of(function.id, NO_CALLER) if function.id != frame.function.id else None
        if summary is None or not summary.comes_back:
            continue
        subjects = [world.objects.any_instance(each) for each in world.hierarchy(cls)]
        subjects.extend(world.objects.parameter(function.id, each.name) for each in function.parameters[:2])
        for truth in summary.proves:
            if type(truth) is Fact and truth.subject is not None and truth.subject.root in subjects:
                yield truth._replace(subject=replaced(truth.subject, truth.subject.root, made))


def _methods(world: World, cls: ClassId, name: str) -> Iterator[FunctionIR]:
    found = world.class_attribute(cls, name)
    for atom in found[0].atoms if found is not None else ():
        function = world.function(atom.function) if isinstance(atom, FunctionAtom) else None
        if function is not None:
            yield function
