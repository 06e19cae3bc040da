"""What a plugin tells the analysis about a framework: plain data, no code that runs inside the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

FactKind = Literal["called_by_framework", "calls", "runs_before"]
KINDS: tuple[str, ...] = get_args(FactKind)


@dataclass(frozen=True, slots=True)
class FrameworkFact:
    """One thing that a framework does with functions, which the code alone does not show.

    ``function`` is an API path of the policy language, ``*`` and ``**`` included; what the fact says of the functions
    that it matches depends on the kind:

    - ``called_by_framework``: an entry point; nothing in the program fills its parameters. ``target`` is empty.
    - ``calls``: calling it calls ``target`` too, with the same arguments.
    - ``runs_before``: the framework runs it before ``target``, which runs only when it returned normally.
    """

    function: str
    kind: FactKind
    target: str = ""
