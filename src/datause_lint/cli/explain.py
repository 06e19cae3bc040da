"""``datause-lint explain RULE``: the rule's page, or what the policy says of a rule that has none.

``datause-lint explain FILE:LINE``: why the line is, or is not, a finding.
"""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from datause_lint.cli.requests import existing_paths, policy_request, report_context, scan_request
from datause_lint.cli.streams import say, write_out
from datause_lint.driver.pipeline import prepare
from datause_lint.errors import Problem, UsageError, nearest
from datause_lint.findings.exit_status import CLEAN, FOUND, INCOMPLETE
from datause_lint.policy.entries import Rule, Unless

_HELPS = {
    Unless.CONSENT: "a guard of the policy proves the person's consent on every path",
    Unless.SANITIZED: "a sanitizer of the policy takes the data out",
    Unless.NEVER: "nothing: this is always forbidden",
}


_LINE = re.compile(r"(?P<file>.+):(?P<line>[0-9]+)")


def run(options: Namespace) -> int:
    line = _LINE.fullmatch(options.subject)
    if line is not None:
        return _explain_line(options, Path(line["file"]), int(line["line"]))
    if options.paths:
        raise UsageError("only of a line, FILE:LINE, does the explanation depend on a PATH")
    rules = {rule.id: rule for rule in prepare(policy_request(options)).policy.rules}
    wanted = options.subject.casefold()
    rule = next((rule for identifier, rule in rules.items() if identifier.casefold() == wanted), None)
    if rule is None:
        raise UsageError(Problem(f"unknown rule {options.subject}", suggestion=nearest(options.subject, rules)))
    write_out(_page(rule) or "\n".join(_described(rule)) + "\n")
    return 0


def _explain_line(options: Namespace, file: Path, line: int) -> int:
    """1 where the line has a part in a finding, else 0, or 3 where some file could not be analysed."""
    from datause_lint.driver.explanation import explain_line
    from datause_lint.reporters.explanation import explain_text

    paths = existing_paths(options.paths) or [Path(".")]
    existing_paths([str(file)])
    setup = prepare(policy_request(options, paths))
    explanation, done = explain_line(setup, scan_request(options, paths), file, line)
    write_out(explain_text(explanation, report_context(options, setup, done)))
    for error in explanation.errors:
        say(f"{error.path}:{error.line}: error: {error.message}" if error.line else f"{error.path}: {error.message}")
    if any(finding.suppressed is None for finding in explanation.findings):
        return FOUND
    return INCOMPLETE if explanation.errors else CLEAN


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
