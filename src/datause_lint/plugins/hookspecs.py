"""The hooks of a plugin. A plugin is a module with functions of these names, each marked with ``hookimpl``:

    import pluggy

    hookimpl = pluggy.HookimplMarker("datause_lint")

    @hookimpl
    def datause_rule_packs():
        return [Path(__file__).with_name("acme.toml")]

It is found by an entry point of the group ``datause_lint``, or named with ``--plugin``.
"""

from __future__ import annotations

from pathlib import Path

import pluggy

from datause_lint.plugins.facts import FrameworkFact
from datause_lint.reporters.base import Reporter

PROJECT = "datause_lint"
hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def datause_rule_packs() -> list[Path]:  # type: ignore[empty-body]  # a specification has no body
    """TOML files of the policy language, loaded after the packs of the tool and before those of the configuration."""


@hookspec
def datause_framework_facts() -> list[FrameworkFact]:  # type: ignore[empty-body]  # a specification has no body
    """What a framework does with functions: entry points, registrations, call edges and checks that run before."""


@hookspec
def datause_reporters() -> dict[str, Reporter]:  # type: ignore[empty-body]  # a specification has no body
    """More values of ``--format``: from a report and its context to text."""
