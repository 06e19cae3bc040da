"""What can be told of a framework: plain, validated data. The analysis draws the conclusions.

Paths are API paths of the policy language, of the framework's code or of the program's. Arguments are named as there:
``"0"`` by position, ``"payload"`` by name, ``"payload|0"`` by either, ``"self"`` for the receiver; a place in one is
``"0.payload"`` or ``"0[]"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from datause_lint.policy.notation import api_path, argument_ref, dotted_key, exact_api_path, input_place

ALL: Mapping[str, str] = {"*": "*"}
"""Every argument of the one call is handed on to the other, as it is."""

Outcome = Literal["returned", "true", "none"]


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """The framework calls the function, or the method of every subclass: ``"acme_bot.Skill().handle"``.

    - ``parameters``: of which classes the framework hands instances over, by position (without ``self``) or name.
    - ``delivers``: the category of what people wrote that it hands over in the other parameters, where they are texts.
    - ``person``: the parameter, or the place in one, that is whoever makes the request: ``"0.author"``; or several.

    Raises ValueError for what is no path, no parameter, or no category.
    """

    function: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    delivers: str = ""
    person: str | tuple[str, ...] = ()

    def __post_init__(self) -> None:
        api_path(self.function)
        _check_handed_over(self)


@dataclass(frozen=True, slots=True)
class Registration:
    """A call that hands a function to the framework, as in ``bus.subscribe("paid", handle)``, or a decorator.

    - ``function``: the argument that is the function; without one, ``call`` is a decorator, with arguments or none.
    - ``called_by``: the call that makes the framework call the function: ``"acme_bus.Bus().publish"``. Without one, the
      function is called from outside of the program: an entry point.
    - ``key`` and ``chosen_by``: arguments of ``call`` and of ``called_by``. The function is not called where both are
      known to be constants, or classes and their instances, that differ; nor where the receivers of the two differ.
      ``*`` in a key stands for any text, and the key of a class for those below it, too.
    - ``arguments``: what the function gets, from the place in ``called_by``: ``{"0": "1", "user": "0.user"}``.
      ``{"*": "*"}`` is all that the call is given, but for ``chosen_by``.
    - ``returns``: whether the call gives back what the function returns.
    - ``named``: only functions of that name (``on_message``).
    - ``parameters``, ``delivers``, ``person``: what the framework itself hands over, as in ``EntryPoint``.

    Raises ValueError for what is no path, or no argument.
    """

    call: str
    function: str = ""
    called_by: str = ""
    key: str = ""
    chosen_by: str = ""
    arguments: Mapping[str, str] = field(default_factory=lambda: ALL)
    returns: bool = False
    named: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    delivers: str = ""
    person: str | tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for path in filter(None, (self.call, self.called_by)):
            api_path(path)
        for argument in filter(None, (self.function, self.key, self.chosen_by)):
            argument_ref(argument)
        if bool(self.key) != bool(self.chosen_by):
            raise ValueError("key and chosen_by go together: the one argument is compared with the other")
        if self.chosen_by and not self.called_by:
            raise ValueError("chosen_by is an argument of called_by, which is not given")
        _check_arguments(self.arguments)
        _check_handed_over(self)


@dataclass(frozen=True, slots=True)
class CallEdge:
    """Calling ``function`` calls ``target`` too: a function of the program, by its path.

    Raises ValueError for what is no path, or no argument.
    """

    function: str
    target: str
    arguments: Mapping[str, str] = field(default_factory=lambda: ALL)
    returns: bool = True

    def __post_init__(self) -> None:
        api_path(self.function)
        exact_api_path(self.target)
        _check_arguments(self.arguments)


@dataclass(frozen=True, slots=True)
class RunsBefore:
    """The framework runs ``check`` before ``handler``, which runs only if the check did as ``outcome`` says.

    Each of the two is the path of a function, or the ``call`` of a ``Registration``: then it is all that was registered
    by it, on the same receiver. The check gets ``arguments`` of the handler.

    Raises ValueError for what is no path, no argument, or no outcome.
    """

    check: str
    handler: str
    outcome: Outcome = "returned"
    arguments: Mapping[str, str] = field(default_factory=lambda: ALL)

    def __post_init__(self) -> None:
        api_path(self.check)
        api_path(self.handler)
        _check_arguments(self.arguments)
        if self.outcome not in get_args(Outcome):
            raise ValueError(f"outcome is one of {', '.join(get_args(Outcome))}, not {self.outcome!r}")


FrameworkFact = EntryPoint | Registration | CallEdge | RunsBefore


def calls_named(facts: Iterable[FrameworkFact]) -> list[str]:
    """The paths of the calls that the facts speak of."""
    found: dict[str, None] = {}
    for fact in facts:
        if isinstance(fact, Registration):
            found.update(dict.fromkeys(filter(None, (fact.call, fact.called_by))))
        elif isinstance(fact, CallEdge):
            found[fact.function] = None
    return list(found)


def people_of(fact: EntryPoint | Registration) -> tuple[str, ...]:
    return (fact.person,) if isinstance(fact.person, str) else tuple(fact.person)


def _check_arguments(arguments: Mapping[str, str]) -> None:
    for parameter, place in arguments.items():
        _check_name(parameter)
        input_place(place)


def _check_handed_over(fact: EntryPoint | Registration) -> None:
    for parameter, path in fact.parameters.items():
        _check_name(parameter)
        exact_api_path(path)
    if fact.delivers:
        dotted_key(fact.delivers)
    for place in people_of(fact):
        input_place(place)


def _check_name(parameter: str) -> None:
    if parameter != "*" and not parameter.isdecimal() and not parameter.isidentifier():
        raise ValueError(f'"{parameter}" is no parameter: write a position ("0"), a name, or "*"')
