"""Ignores written in the code: ``# datause: ignore[DU101] reason="DPIA-112"``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from datause_lint.errors import Problem, nearest
from datause_lint.findings.finding import Finding, Notice, SuppressedBy, Suppression
from datause_lint.ir.module import Directive, DirectiveKind
from datause_lint.names import RuleId


@dataclass
class InlineIgnores:
    """The directives of the program, by file, and which of their rules suppressed something."""

    directives: Mapping[str, tuple[Directive, ...]]  # path -> its directives
    rules: frozenset[RuleId]  # every rule of the policy
    _used: set[tuple[str, int, int, str]] = field(default_factory=set)

    def suppression_of(self, finding: Finding) -> Suppression | None:
        """The ignore that stands on a line of the finding's call, if one does; it counts as used from then on."""
        place = finding.location
        for directive in self.directives.get(place.path, ()):
            if not _can_suppress(directive) or not place.line <= directive.line <= place.end_line:
                continue
            if not directive.rules or finding.rule in directive.rules:
                self._used.add((place.path, directive.line, directive.column, finding.rule if directive.rules else ""))
                return Suppression(SuppressedBy.IGNORE, directive.reason)
        return None

    def notices(self) -> Iterator[Notice]:
        """What is wrong with the directives, once every finding has been asked about."""
        for path, directives in self.directives.items():
            for directive in directives:
                for message in self._complaints(path, directive):
                    yield Notice(path, directive.line, message)

    def _complaints(self, path: str, directive: Directive) -> Iterator[str]:
        if directive.kind is DirectiveKind.MALFORMED:
            yield (
                f"cannot read this comment, it has no effect: {directive.text!r} "
                '(write: datause: ignore[RULE] reason="…", or: datause: data=CATEGORY)'
            )
        elif directive.kind is DirectiveKind.IGNORE:
            yield from self._complaints_of_ignore(path, directive)

    def _complaints_of_ignore(self, path: str, directive: Directive) -> Iterator[str]:
        unknown = [rule for rule in directive.rules if rule not in self.rules]
        for rule in unknown:
            yield str(Problem(f"the ignore names an unknown rule {rule}", suggestion=nearest(rule, self.rules)))
        if not directive.reason.strip():
            yield 'the ignore gives no reason and has no effect; add: reason="…"'
            return
        for rule in directive.rules or ("",):
            if rule not in unknown and (path, directive.line, directive.column, rule) not in self._used:
                yield f"unused ignore: {rule or 'no rule'} finds nothing at a call on this line; remove the comment"


def _can_suppress(directive: Directive) -> bool:
    return directive.kind is DirectiveKind.IGNORE and bool(directive.reason.strip())


def unknown_categories(directives: Mapping[str, tuple[Directive, ...]], categories: Iterable[str]) -> Iterator[Notice]:
    """``data=`` comments whose category the policy does not know: they would mark data that no rule is about."""
    known = set(categories)
    above = {key.rsplit(".", count)[0] for key in known for count in range(1, key.count(".") + 1)}
    for path, found in directives.items():
        for directive in found:
            if directive.kind is DirectiveKind.DATA and directive.category not in known | above:
                problem = Problem(
                    f"unknown data category {directive.category}", suggestion=nearest(directive.category, known)
                )
                yield Notice(path, directive.line, str(problem))
