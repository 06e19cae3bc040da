"""``datause-lint explain RULE``: the rule's page, or what the policy says of a rule that has none."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from datause_lint.cli.requests import policy_request
from datause_lint.cli.streams import write_out
from datause_lint.driver.pipeline import prepare
from datause_lint.errors import Problem, UsageError, nearest
from datause_lint.policy.entries import Rule, Unless

_HELPS = {
    Unless.CONSENT: "a guard of the policy proves the person's consent on every path",
    Unless.SANITIZED: "a sanitizer of the policy takes the data out",
    Unless.NEVER: "nothing: this is always forbidden",
}


def run(options: Namespace) -> int:
    rules = {rule.id: rule for rule in prepare(policy_request(options)).policy.rules}
    rule = next((rule for identifier, rule in rules.items() if identifier.casefold() == options.rule.casefold()), None)
    if rule is None:
        raise UsageError(Problem(f"unknown rule {options.rule}", suggestion=nearest(options.rule, rules)))
    write_out(_page(rule) or "\n".join(_described(rule)) + "\n")
    return 0


def _page(rule: Rule) -> str | None:
    """The page of a rule of the tool's own packs."""
    if not rule.origin.file.startswith("rules/"):
        return None
    file = _pages_folder() / f"{rule.id}.md"
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _pages_folder() -> Path:
    """Beside the modules in a wheel, among the documents in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "pages"
    return installed if installed.is_dir() else package.parents[1] / "docs" / "rules"


def _described(rule: Rule) -> Iterator[str]:
    yield f"{rule.id}: {rule.title}"
    yield ""
    yield f"data:      {', '.join(rule.data)}"
    yield f"use:       {', '.join(rule.use)}"
    yield f"recipient: {', '.join(rule.recipient)}"
    yield f"severity:  {rule.severity.name.lower()} ({rule.unproven_severity.name.lower()} where a guard is unproven)"
    yield f"unless:    {_HELPS[rule.unless]}"
    if rule.help:
        yield ""
        yield rule.help.strip()
    if rule.references:
        yield ""
        yield f"see: {', '.join(rule.references)}"
    yield ""
    yield f"({rule.origin.file}:{rule.origin.line})"
