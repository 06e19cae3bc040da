"""One decision for each finding: reported, or suppressed and by what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from datause_lint.findings.finding import Finding, Notice
from datause_lint.ir.module import Directive
from datause_lint.policy.compiled import CompiledPolicy
from datause_lint.suppressions.inline import InlineIgnores, unknown_categories
from datause_lint.suppressions.waivers import Waivers


def apply_suppressions(
    findings: Iterable[Finding],
    directives: Mapping[str, tuple[Directive, ...]],
    policy: CompiledPolicy,
    today: date,
) -> tuple[list[Finding], list[Notice]]:
    """The findings in their order, each with what suppresses it, and what is wrong with the suppressions.

    An ignore in the code comes before a waiver of the policy; both count as used.
    """
    ignores = InlineIgnores(directives, frozenset(rule.id for rule in policy.rules))
    waivers = Waivers(policy.waivers, today)
    decided = []
    for finding in findings:
        ignored, waived = ignores.suppression_of(finding), waivers.suppression_of(finding)
        decided.append(replace(finding, suppressed=ignored or waived))
    notices = [*ignores.notices(), *waivers.notices(), *unknown_categories(directives, policy.categories)]
    return decided, notices
