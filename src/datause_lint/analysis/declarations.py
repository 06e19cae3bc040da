"""Personal data that code or policy declares by name: parameters, annotations, comments."""

from __future__ import annotations

from datause_lint.analysis.atoms import Atom, Label
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import constructor_argument
from datause_lint.analysis.values import Value
from datause_lint.findings.finding import Role, Step
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import DirectiveKind, ModuleIR, Parameter
from datause_lint.names import CategoryKey
from datause_lint.policy.entries import Confidence

PERSONAL_DATA = "datause_lint.PersonalData()"


def declare_parameters(frame: Frame, state: State) -> None:
    """Labels what the policy, an annotation or a comment says that a parameter is."""
    for parameter in frame.function.parameters:
        categories = _of_parameter(frame, parameter)
        if not categories:
            continue
        obj = frame.world.objects.parameter(frame.function.id, parameter.name)
        labels: dict[Atom, Truths] = {
            label(frame, category, obj, parameter.name, parameter.span): NOTHING for category in categories
        }
        if parameter.name in frame.function.cells:
            before = state.stored(frame.cells, attribute(parameter.name))
            state.store(frame.cells, attribute(parameter.name), _with(before, labels))
        else:
            state.variables[parameter.name] = _with(state.variables[parameter.name], labels)


def _with(value: Value | None, labels: dict[Atom, Truths]) -> Value:
    atoms: dict[Atom, Truths] = {**(value.atoms if value is not None else {}), **labels}
    return Value(atoms)


def _of_parameter(frame: Frame, parameter: Parameter) -> list[CategoryKey]:
    world = frame.world
    found: dict[CategoryKey, None] = {}
    for path in world.paths_of(frame.function.id):
        for source in world.policy.parameter_sources(path, parameter.name):
            found[source.category] = None
    if parameter.annotation is not None:
        found.update(dict.fromkeys(annotated(frame, parameter)))
    found.update(dict.fromkeys(_in_line(frame.module, parameter.span.line)))
    return list(found)


def annotated(frame: Frame, parameter: Parameter) -> list[CategoryKey]:
    """``Annotated[str, PersonalData("user.contact.email")]``."""
    assert parameter.annotation is not None
    _, metadata = frame.world.annotations.of(parameter.annotation, frame.world.module_of(frame.function.id))
    found: list[CategoryKey] = []
    for value in metadata:
        for obj in value.objects():
            if obj.api == PERSONAL_DATA:
                argument = constructor_argument(frame, obj, 0, "category")
                constant = argument.constant() if argument is not None else None
                if constant is not None:
                    found.append(CategoryKey(str(constant.value)))
    return found


def _in_line(module: ModuleIR, line: int) -> list[CategoryKey]:
    return [
        CategoryKey(directive.category)
        for directive in module.directives
        if directive.kind is DirectiveKind.DATA and directive.line == line
    ]


def declared_in_line(frame: Frame, value: Value, name: str, span: Span) -> Value:
    """``handle = …  # datause: data=user.contact.email``."""
    if not frame.module.directives:
        return value
    categories = _in_line(frame.module, span.line)
    if not categories or "." in name:
        return value
    record = frame.world.objects.external(f"{frame.site(span)}~declared", None)
    frame.world.places[record] = frame.location(span)
    labels: dict[Atom, Truths] = {label(frame, category, record, name, span): NOTHING for category in categories}
    return Value({**value.atoms, **labels}, value.implied, value.probes)


def label(frame: Frame, category: CategoryKey, record: Obj, name: str, span: Span) -> Label:
    step = Step(Role.SOURCE, frame.location(span), f"{name} is declared to be {category}", category)
    return Label(category, step, record, "", ((),), (), Confidence.HIGH)
