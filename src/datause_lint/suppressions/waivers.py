"""Exceptions on record in the policy: each with a reason, an owner and a last day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase

from datause_lint.errors import PolicyError, Problem
from datause_lint.findings.finding import Finding, Notice, SuppressedBy, Suppression
from datause_lint.policy.entries import Waiver


@dataclass
class Waivers:
    """The policy's waivers on a day, and what each of them matched."""

    waivers: tuple[Waiver, ...]
    today: date
    _matched: dict[int, int] = field(default_factory=dict)  # index of a waiver -> how many findings
    _path_tests: dict[str, Callable[[str], bool]] = field(default_factory=dict)

    def suppression_of(self, finding: Finding) -> Suppression | None:
        """The first waiver in force that is about the finding. Every waiver that is about it counts as used."""
        suppression: Suppression | None = None
        for index, waiver in enumerate(self.waivers):
            if self._is_about(waiver, finding):
                self._matched[index] = self._matched.get(index, 0) + 1
                if suppression is None and self._in_force(waiver):
                    suppression = Suppression(SuppressedBy.WAIVER, f"{waiver.reason} (owner {waiver.owner})")
        return suppression

    def notices(self) -> Iterator[Notice]:
        """Unused and expired waivers, once every finding has been asked about."""
        for index, waiver in enumerate(self.waivers):
            matched = self._matched.get(index, 0)
            if not matched:
                message = f"unused waiver of {waiver.rule} ({waiver.reason}): no finding is its subject; remove it"
                yield Notice(waiver.origin.file, waiver.origin.line, message)
            elif not self._in_force(waiver):
                back = "1 finding is" if matched == 1 else f"{matched} findings are"
                message = (
                    f"the waiver of {waiver.rule} ({waiver.reason}) expired on {waiver.expires.isoformat()}: "
                    f"{back} back; ask {waiver.owner}"
                )
                yield Notice(waiver.origin.file, waiver.origin.line, message)

    def _in_force(self, waiver: Waiver) -> bool:
        return self.today <= waiver.expires

    def _is_about(self, waiver: Waiver, finding: Finding) -> bool:
        return (
            waiver.rule == finding.rule
            and (waiver.fingerprint is None or waiver.fingerprint == finding.fingerprint)
            and (waiver.sink is None or fnmatchcase(finding.sink, waiver.sink))
            and (waiver.recipient is None or fnmatchcase(finding.recipient, waiver.recipient))
            and (waiver.path is None or self._path_test(waiver, waiver.path)(finding.location.path))
        )

    def _path_test(self, waiver: Waiver, pattern: str) -> Callable[[str], bool]:
        if pattern not in self._path_tests:
            self._path_tests[pattern] = _path_test(waiver, pattern)
        return self._path_tests[pattern]


def _path_test(waiver: Waiver, pattern: str) -> Callable[[str], bool]:
    """Raises PolicyError for what is no pattern."""
    from pathspec import GitIgnoreSpec  # imported only here: few policies have a waiver by path

    try:
        return GitIgnoreSpec.from_lines([pattern]).match_file
    except (ValueError, re.error) as error:
        message = f"path {pattern!r} is no pattern as in .gitignore: {error}"
        raise PolicyError(Problem(message, waiver.origin.file, waiver.origin.line, "waiver")) from None
