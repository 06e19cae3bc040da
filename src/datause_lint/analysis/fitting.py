"""Whether a method that is found by nothing but its name can be what a call means.

Of an object of which nothing is known, ``cursor.execute(…)``, every method of that name on a way to a sink may be
meant. What the call hands over says which are not: Python would raise a ``TypeError``, or a text would stand where a
record is wanted.
"""

from __future__ import annotations

from datause_lint.analysis.access import CONTAINERS
from datause_lint.analysis.arguments import POSITIONAL, Arguments
from datause_lint.analysis.atoms import Atom, BoundAtom, Data, Label, MethodAtom
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.types import Type
from datause_lint.analysis.values import Value, is_text
from datause_lint.ir.module import FunctionIR, Parameter, ParameterKind


def fitting(frame: Frame, targets: list[Atom], arguments: Arguments) -> list[Atom]:
    """The targets without the methods that were guessed by their name and that do not fit the call."""
    unknown = {(each.receiver, each.name) for each in targets if isinstance(each, MethodAtom) and each.receiver}
    if not unknown:
        return targets
    return [
        each
        for each in targets
        if not isinstance(each, BoundAtom)
        or (each.receiver, _name(each)) not in unknown
        or _fits(frame, each, arguments)
    ]


def _name(target: BoundAtom) -> str:
    return target.function.rpartition(".")[2].partition("#")[0]


def _fits(frame: Frame, target: BoundAtom, arguments: Arguments) -> bool:
    function = frame.world.function(target.function)
    if function is None or function.decorators or not function.parameters:  # a decorator may hand on something else
        return True
    parameters = function.parameters[1:]
    return (
        not _is_short(parameters, arguments)
        and not _is_long(parameters, arguments)
        and not any(_is_no_such(frame, function, each, value) for each, value in _pairs(parameters, arguments))
    )


def _is_short(parameters: tuple[Parameter, ...], arguments: Arguments) -> bool:
    """Whether one is missing that has no default."""
    if arguments.more is not None or arguments.more_keywords is not None:
        return False
    given = {each.name for each, _ in _pairs(parameters, arguments)}
    return any(
        not each.has_default
        and each.name not in given
        and each.kind not in {ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD}
        for each in parameters
    )


def _is_long(parameters: tuple[Parameter, ...], arguments: Arguments) -> bool:
    """Whether one is handed over that no parameter takes."""
    kinds = {each.kind for each in parameters}
    places = sum(each.kind in POSITIONAL for each in parameters)
    names = {each.name for each in parameters if each.kind is not ParameterKind.POSITIONAL_ONLY}
    by_name = set(arguments.keywords) - arguments.maybe - names
    return (len(arguments.positional) > places and ParameterKind.VAR_POSITIONAL not in kinds) or (
        bool(by_name) and ParameterKind.VAR_KEYWORD not in kinds
    )


def _pairs(parameters: tuple[Parameter, ...], arguments: Arguments) -> list[tuple[Parameter, Value]]:
    by_place = [each for each in parameters if each.kind in POSITIONAL]
    pairs = list(zip(by_place, arguments.positional, strict=False))
    pairs.extend((each, arguments.keywords[each.name]) for each in parameters if each.name in arguments.keywords)
    return pairs


def _is_no_such(frame: Frame, function: FunctionIR, parameter: Parameter, value: Value) -> bool:
    """Whether it is a text or a container, where the parameter is declared as an instance of a class of the program."""
    atoms = [each for each in value.atoms if not isinstance(each, (Label, Data))]  # what stands in the text
    if parameter.annotation is None or not atoms or not all(_is_plain(each) for each in atoms):
        return False
    declared = frame.world.annotations.declared(parameter.annotation, frame.world.module_of(function.id))
    return bool(declared) and all(_is_own_class(frame, each) for each in declared)


def _is_plain(atom: Atom) -> bool:
    if type(atom) is Obj:
        return atom.kind is Kind.NEW and atom.api in CONTAINERS
    return is_text(atom)


def _is_own_class(frame: Frame, kind: Type) -> bool:
    """Not one that derives from a text or a container, nor an enum, whose members may be texts."""
    if kind.cls is None:
        return False
    return not any(
        base.startswith(("builtins.", "enum.", "collections.")) for base in frame.world.outer_bases(kind.cls)
    )
