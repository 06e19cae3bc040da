"""Loading plugins, and asking their hooks once, before the run. Whatever goes wrong in one ends the run by its name."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar, get_args

from datause_lint.errors import DatauseError
from datause_lint.plugins.entry_points import GROUP, installed_plugins
from datause_lint.plugins.facts import FrameworkFact

if TYPE_CHECKING:
    import pluggy

    from datause_lint.findings.finding import Report
    from datause_lint.reporters.base import Context, Reporter

Item = TypeVar("Item")


class PluginError(DatauseError):
    """A plugin that does not load, does not answer, or answers something else than its hook says."""


@dataclass(frozen=True, slots=True)
class Extensions:
    """What all plugins together add, in the order in which they were loaded."""

    names: tuple[str, ...] = ()
    rule_packs: tuple[Path, ...] = ()
    facts: tuple[FrameworkFact, ...] = ()
    reporters: Mapping[str, Reporter] = field(default_factory=dict)


def load_plugins(named: Sequence[str] = ()) -> Extensions:
    """The installed plugins, and those named: dotted names of modules, or files that end in ``.py``.

    Raises PluginError.
    """
    installed = installed_plugins()
    if not installed and not named:
        return Extensions()
    manager = _new_manager()
    for entry in installed:
        _register(manager, entry.name, entry.load)
    for name in named:
        _register(manager, name, partial(_import, name))
    return _ask(manager)


def _new_manager() -> pluggy.PluginManager:
    import pluggy

    from datause_lint.plugins import hookspecs

    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    return manager


def _register(manager: pluggy.PluginManager, name: str, load: Callable[[], object]) -> None:
    if manager.has_plugin(name):
        return
    with _blamed_on(name, "does not load"):
        plugin = load()
    if manager.is_registered(plugin):
        return
    with _blamed_on(name, "does not fit the hooks"):
        manager.register(plugin, name=name)
        manager.check_pending()
    if not manager.get_hookcallers(plugin):
        raise PluginError(f"plugin {name}: it has no hook; mark its functions with pluggy.HookimplMarker({GROUP!r})")


def _import(name: str) -> ModuleType:
    if not name.endswith(".py"):
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(f"{GROUP}_plugin_{Path(name).stem}", name)
    if spec is None or spec.loader is None:
        raise ImportError(f"{name} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _ask(manager: pluggy.PluginManager) -> Extensions:
    packs: list[Path] = []
    facts: list[FrameworkFact] = []
    reporters: dict[str, Reporter] = {}
    for name, plugin in manager.list_name_plugin():
        others = [other for _, other in manager.list_name_plugin() if other is not plugin]
        for answer in _answers(manager, "datause_rule_packs", name, others):
            packs += _list_of(Path, answer, "datause_rule_packs", name)
        for answer in _answers(manager, "datause_framework_facts", name, others):
            facts += _checked_facts(answer, name)
        for answer in _answers(manager, "datause_reporters", name, others):
            for format_name, reporter in _checked_reporters(answer, name).items():
                if format_name in reporters:
                    raise PluginError(f"plugin {name}: another plugin has the reporter {format_name!r} already")
                reporters[format_name] = _ReporterOf(name, reporter)
    names = tuple(name for name, _ in manager.list_name_plugin())
    return Extensions(names, tuple(packs), tuple(facts), reporters)


def _answers(manager: pluggy.PluginManager, hook: str, name: str, others: list[object]) -> list[object]:
    """What one plugin answers: asked alone, so that a failure has a name."""
    with _blamed_on(name, f"{hook} failed"):
        answers: list[object] = manager.subset_hook_caller(hook, remove_plugins=others)()
        return answers


def _list_of(kind: type[Item], answer: object, hook: str, plugin: str) -> list[Item]:
    if not isinstance(answer, (list, tuple)) or not all(isinstance(item, kind) for item in answer):
        raise PluginError(f"plugin {plugin}: {hook} must return a list of {kind.__name__}, not {answer!r:.200}")
    return list(answer)


def _checked_facts(answer: object, plugin: str) -> list[FrameworkFact]:
    kinds = get_args(FrameworkFact)
    if not isinstance(answer, (list, tuple)) or not all(isinstance(item, kinds) for item in answer):
        names = ", ".join(kind.__name__ for kind in kinds)
        raise PluginError(
            f"plugin {plugin}: datause_framework_facts must return a list of {names}, not {answer!r:.200}"
        )
    return list(answer)


def _checked_reporters(answer: object, plugin: str) -> dict[str, Reporter]:
    if not isinstance(answer, dict) or not all(
        isinstance(key, str) and callable(value) for key, value in answer.items()
    ):
        raise PluginError(f"plugin {plugin}: datause_reporters must return a dict of callables by name")
    return answer


@dataclass(frozen=True, slots=True)
class _ReporterOf:
    """A plugin's reporter: what it raises, or returns in place of text, is blamed on the plugin."""

    plugin: str
    reporter: Reporter

    def __call__(self, report: Report, context: Context) -> str:
        with _blamed_on(self.plugin, "its reporter failed"):
            text = self.reporter(report, context)
        if not isinstance(text, str):
            raise PluginError(f"plugin {self.plugin}: its reporter must return text, not {type(text).__name__}")
        return text


@contextmanager
def _blamed_on(plugin: str, what: str) -> Iterator[None]:
    try:
        yield
    except (Exception, SystemExit) as error:  # the border to code of others: anything may come
        raise PluginError(f"plugin {plugin}: {what}: {type(error).__name__}: {error}") from error
