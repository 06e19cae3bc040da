"""The argument parser: every command with its options, and errors that name the nearest valid word."""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn

from datause_lint.errors import Problem, nearest
from datause_lint.findings.exit_status import FAILED
from datause_lint.policy.entries import Severity
from datause_lint.reporters.maps.formats import MAP_FORMATS

TABLES = (
    "category",
    "use",
    "source",
    "record",
    "sink",
    "guard",
    "sanitizer",
    "propagator",
    "api",
    "aborts",
    "rule",
    "waiver",
)
_SEVERITIES = tuple(severity.name.lower() for severity in Severity)


class Parser(argparse.ArgumentParser):
    """Exits with the status of a run that could not be made, and guesses what was meant."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(allow_abbrev=False, **keywords)

    def error(self, message: str) -> NoReturn:
        problem = Problem(message, suggestion=self._guess(message))
        self.exit(FAILED, f"{self.prog}: error: {problem}\nsee: {self.prog} --help\n")

    def _guess(self, message: str) -> str | None:
        if unknown := re.search(r"unrecognized arguments: (--[\w-]+)", message):
            shown = [action for action in self._actions if action.help != argparse.SUPPRESS]
            return nearest(unknown[1], [name for action in shown for name in action.option_strings])
        if choice := re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message):
            return nearest(choice[1], re.findall(r"[\w-]+", choice[2]))
        return None


def parse(arguments: list[str], version: str) -> argparse.Namespace:
    """The arguments of a command line; ``command`` is the command's name. Exits on ``--help`` and on errors."""
    parser = build_parser(version)
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        command: Parser = options.parser
        command.error(f"unrecognized arguments: {' '.join(unknown)}")
    return options


def build_parser(version: str) -> Parser:
    parser = Parser(
        prog="datause-lint",
        description="Finds personal data that is used for AI without the consent of the person it is about.",
    )
    parser.add_argument("--version", action="version", version=f"datause-lint {version}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    _add_check(commands)
    _add_map(commands)
    _add_explain(commands)
    _add_rules(commands)
    return parser


def _add_check(commands: argparse._SubParsersAction[Parser]) -> None:
    check = _command(commands, "check", "scan Python code and report")
    check.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: the working folder)")
    check.add_argument(
        "--stdin-filename", metavar="FILE", help="with PATH -: check standard input as the content of FILE"
    )
    _add_policy_options(check)
    output = check.add_argument_group("report")
    output.add_argument("--format", metavar="FORMAT", help="text (default), concise, json, sarif, or one of a plugin")
    output.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="[FORMAT:]FILE",
        help="write the report to FILE; with FORMAT, write that one too (repeatable)",
    )
    output.add_argument("--statistics", action="store_true", help="add what differs from run to run: seconds")
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 although there are findings")
    _add_display_options(output)
    choice = check.add_argument_group("what to report")
    choice.add_argument("--select", action="append", metavar="RULE", help="only these rules (repeatable, or a,b)")
    choice.add_argument("--ignore", action="append", metavar="RULE", help="not these rules (repeatable, or a,b)")
    choice.add_argument("--min-severity", choices=_SEVERITIES, help="nothing below it (default: note)")
    _add_scan_options(check)


def _add_map(commands: argparse._SubParsersAction[Parser]) -> None:
    mapping = _command(commands, "map", "list every flow of personal data into AI, with the checks that permit it")
    mapping.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: the working folder)")
    _add_policy_options(mapping)
    output = mapping.add_argument_group("map")
    output.add_argument("--format", choices=MAP_FORMATS, default="table", help="default: table")
    output.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="[FORMAT:]FILE",
        help="write the map to FILE; with FORMAT, write that one too (repeatable)",
    )
    output.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    _add_scan_options(mapping)


def _add_scan_options(parser: Parser) -> None:
    files = parser.add_argument_group("what to scan")
    files.add_argument(
        "--exclude", action="append", default=[], metavar="PATTERN", help="as in .gitignore (repeatable)"
    )
    files.add_argument("--include-tests", action="store_true", default=None, help="test code too")
    files.add_argument("--jobs", type=_positive, metavar="N", help="processes (default: one for each processor)")
    files.add_argument("--no-cache", action="store_true", help=argparse.SUPPRESS)
    files.add_argument("--cache-dir", metavar="DIR", help=argparse.SUPPRESS)


def _add_explain(commands: argparse._SubParsersAction[Parser]) -> None:
    explain = _command(commands, "explain", "say what a rule forbids, or why a line is, or is not, a finding")
    explain.add_argument("subject", metavar="RULE|FILE:LINE")
    explain.add_argument(
        "paths", nargs="*", metavar="PATH", help="of a line: the program (default: the working folder)"
    )
    _add_policy_options(explain)
    _add_display_options(explain.add_argument_group("report"))
    _add_scan_options(explain)


def _add_rules(commands: argparse._SubParsersAction[Parser]) -> None:
    rules = _command(commands, "rules", "look at the loaded policy, and test it")
    verbs = rules.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=Parser)
    listing = _command(verbs, "list", "every entry by table, with its origin")
    listing.add_argument(
        "tables", nargs="*", metavar="TABLE", choices=[*TABLES, []], help=f"one of {', '.join(TABLES)}"
    )
    show = _command(verbs, "show", "one entry in full")
    show.add_argument("id", metavar="ID")
    validate = _command(verbs, "validate", "load the packs and name every error in them")
    validate.add_argument("files", nargs="*", metavar="FILE", help="packs beside those of the configuration")
    test = _command(verbs, "test", "run the examples beside packs, and compare with their # expect: comments")
    test.add_argument(
        "paths", nargs="*", metavar="PATH", help="packs, or folders of examples (default: all loaded packs)"
    )
    mutate = _command(verbs, "mutate", "spoil each check that a clean verdict rests on, and see whether it is found")
    mutate.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: the working folder)")
    mutate.add_argument("--verbose", action="store_true", help="name the mutants that are found, too")
    for command in (listing, show, validate, test, mutate):
        _add_policy_options(command)
    _add_scan_options(mutate)


def _command(commands: argparse._SubParsersAction[Parser], name: str, help: str) -> Parser:
    parser = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
    parser.set_defaults(parser=parser)
    return parser


def _add_policy_options(parser: Parser) -> None:
    policy = parser.add_argument_group("policy")
    policy.add_argument("--policy", action="append", default=[], metavar="FILE", help="a rule pack (repeatable)")
    policy.add_argument("--no-default-policy", action="store_true", help="without the packs of the tool itself")
    policy.add_argument("--config", metavar="FILE", help="pyproject.toml or datause.toml (default: the nearest one)")
    policy.add_argument(
        "--plugin", action="append", default=[], metavar="NAME", help="a module, or a FILE.py (repeatable)"
    )


def _add_display_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    noise = group.add_mutually_exclusive_group()
    noise.add_argument("--quiet", action="store_true", help="only findings and errors")
    noise.add_argument("--verbose", action="store_true", help="every flow in full, and what the run rests on")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)
