"""``datause-lint rules``: look at the loaded policy, test it, and test the gate that it makes."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from datause_lint.cli.requests import policy_request
from datause_lint.cli.streams import say, write_out
from datause_lint.cli.toml_text import toml_table
from datause_lint.driver.examples import OWN_POLICY, Outcome, find_examples, run_example
from datause_lint.driver.pipeline import Setup, prepare
from datause_lint.errors import Problem, UsageError, nearest
from datause_lint.findings.exit_status import CLEAN, FOUND
from datause_lint.policy.entries import Guard, Rule, Sink, Source, Waiver
from datause_lint.policy.loader import default_pack_files
from datause_lint.policy.merge import NamedEntry, Policy
from datause_lint.policy.unmatched import unmatched


def run(options: Namespace) -> int:
    verbs: dict[str, Callable[[Namespace], int]] = {
        "list": _list,
        "show": _show,
        "validate": _validate,
        "test": _test,
        "mutate": _mutate,
    }
    return verbs[options.verb](options)


class Row(NamedTuple):
    id: str
    says: str
    origin: str


def _list(options: Namespace) -> int:
    tables = _rows_by_table(_policy(options))
    write_out("\n".join(_laid_out(table, tables[table]) for table in options.tables or tables if tables.get(table)))
    return CLEAN


def _rows_by_table(policy: Policy) -> dict[str, list[Row]]:
    tables = {
        "category": [Row(key, category.label, "") for key, category in sorted(policy.categories.items())],
        "use": [Row(key, use.label, "") for key, use in sorted(policy.uses.items())],
    }
    for named in policy.entries:
        origin = named.entry.origin
        tables.setdefault(named.table, []).append(Row(named.id, _says(named), f"{origin.file}:{origin.line}"))
    return tables


def _says(named: NamedEntry) -> str:
    entry = named.entry
    if isinstance(entry, Rule):
        return entry.title
    if isinstance(entry, Sink):
        return f"{entry.use}, {entry.recipient}"
    if isinstance(entry, Source):
        return entry.category
    if isinstance(entry, Guard):
        return f"{entry.kind.value}: {', '.join(entry.allows) or 'by purpose'}"
    if isinstance(entry, Waiver):
        return f"{entry.rule} until {entry.expires.isoformat()}: {entry.reason}"
    return ""


def _laid_out(table: str, rows: Sequence[Row]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([f"{table} ({len(rows)})", *lines]) + "\n"


def _show(options: Namespace) -> int:
    policy = _policy(options)
    texts = [_entry_text(named) for named in policy.entries if named.id == options.id]
    keyed: dict[str, Mapping[str, object]] = {}
    for category in (category for key, category in policy.categories.items() if key == options.id):
        names = {"names": list(category.names), "not_names": list(category.not_names)}
        keyed["category"] = {"label": category.label, **names}
    for use in (use for key, use in policy.uses.items() if key == options.id):
        keyed["use"] = {"label": use.label, "maps_to": list(use.maps_to)}
    texts += [toml_table(f'[{table}."{options.id}"]', values) for table, values in keyed.items()]
    if not texts:
        known = {named.id for named in policy.entries} | policy.categories.keys() | policy.uses.keys()
        raise UsageError(
            Problem(f"nothing in the policy has the id {options.id}", suggestion=nearest(options.id, known))
        )
    write_out("\n".join(texts))
    return CLEAN


def _entry_text(named: NamedEntry) -> str:
    origin = named.entry.origin
    return f"# {origin.file}:{origin.line}\n" + toml_table(f"[[{named.table}]]", {"id": named.id, **named.written})


def _validate(options: Namespace) -> int:
    policy = _policy(_with_packs(options, options.files))
    for remark in unmatched(policy):
        say(f"{remark}")
    for pack in policy.packs:
        counts = Counter(named.table for named in policy.entries if named.pack == pack.name)
        holds = ", ".join(f"{number} {table}" for table, number in sorted(counts.items())) or "no entries"
        write_out(f"{pack.file}: {pack.name}: {holds}\n")
    return CLEAN


def _test(options: Namespace) -> int:
    paths = [Path(path) for path in options.paths]
    setup = prepare(policy_request(_with_packs(options, [path for path in options.paths if path.endswith(".toml")])))
    examples = find_examples(paths or _packs_under_test(options, setup))
    if not examples:
        raise UsageError("no examples: a folder examples beside a pack holds them, with # expect: RULE comments")
    failed = 0
    for example in examples:
        outcome = run_example(_with_own_policy(options, setup, example), example)
        failed += bool(outcome.differences)
        write_out("".join(f"{line}\n" for line in _told(outcome)))
    write_out(f"{len(examples) - failed} passed, {failed} failed\n")
    return FOUND if failed else CLEAN


def _with_own_policy(options: Namespace, setup: Setup, example: Path) -> Setup:
    """A folder may bring the policy that its program needs: ``policy.toml``, beside the packs under test."""
    policy = example / OWN_POLICY
    if not policy.is_file():
        return setup
    packs = [path for path in options.paths if path.endswith(".toml")]
    return prepare(policy_request(_with_packs(options, [*packs, str(policy)])))


def _mutate(options: Namespace) -> int:
    from datause_lint.cli import mutate  # which no other verb needs

    return mutate.run(options)


def _packs_under_test(options: Namespace, setup: Setup) -> list[Path]:
    """The packs of whoever runs the test, where there are any; else the tool's own."""
    own = [*setup.extensions.rule_packs, *setup.configuration.policy, *map(Path, options.policy)]
    return own or list(default_pack_files())


def _told(outcome: Outcome) -> Iterator[str]:
    yield f"{'FAIL' if outcome.differences else 'ok  '}  {outcome.example.as_posix()} ({outcome.expected} expected)"
    for difference in outcome.differences:
        yield f"      {difference}"


def _with_packs(options: Namespace, files: Sequence[str]) -> Namespace:
    return Namespace(**{**vars(options), "policy": [*options.policy, *files]})


def _policy(options: Namespace) -> Policy:
    return prepare(policy_request(options)).policy.policy
