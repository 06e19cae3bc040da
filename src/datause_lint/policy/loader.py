"""From files to tables: where the packs lie, and the stages that they pass."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from datause_lint.errors import PolicyError, Problem
from datause_lint.policy.merge import merge
from datause_lint.policy.pack_reader import read_pack
from datause_lint.policy.tables import PolicyTables
from datause_lint.toml_document import TomlDocument, parse_toml, read_toml


@dataclass(frozen=True, slots=True)
class PackText:
    """A pack that is no file: ``name`` stands for the file in messages."""

    name: str
    text: str


PackSource = Path | PackText


def load_policy(files: Sequence[PackSource], *, default_packs: bool) -> PolicyTables:
    """The policy that the packs make together with the tool's own. Without these, only the keys of their categories and
    uses are there. A file that is named twice counts once.

    Raises PolicyError with every problem of every pack.
    """
    problems: list[Problem] = []
    own_sources, given_sources = _default_sources(), _without_repetitions(files)
    order = [shown_as for _, shown_as in (*own_sources, *given_sources)]
    own, given = _read_documents(own_sources, problems), _read_documents(given_sources, problems)
    all_parsed = not problems
    own_packs = [read_pack(document, problems) for document in own]
    packs = [read_pack(document, problems) for document in given]
    if not all_parsed:  # what the other packs define is unknown: no word on references
        raise _policy_error(problems, order)
    digest = _digest([*own, *given], default_packs)
    if default_packs:
        policy = merge([*own_packs, *packs], [], digest, problems)
    else:
        policy = merge(packs, own_packs, digest, problems)
    if problems:
        raise _policy_error(problems, order)
    return PolicyTables(policy)


def _policy_error(problems: Iterable[Problem], files: Sequence[str]) -> PolicyError:
    """Each problem once, file by file, in the order of lines."""
    return PolicyError(*sorted(dict.fromkeys(problems), key=lambda problem: (files.index(problem.file), problem.line)))


_EXAMPLES = "examples"  # the folder beside packs in which programs have policies of their own


def default_pack_files() -> tuple[Path, ...]:
    """The packs that come with the tool, sorted: beside the modules in a wheel, at the repository's root in a checkout.

    Raises PolicyError when there are none: a run without them would find nothing and look clean.
    """
    folder = _rules_folder()
    packs = (file for file in folder.rglob("*.toml") if _EXAMPLES not in file.relative_to(folder).parts)
    files = tuple(sorted(packs, key=lambda file: file.relative_to(folder).parts))
    if not files:
        raise PolicyError(Problem("the tool's own rule packs are missing: install it again", str(folder)))
    return files


def _rules_folder() -> Path:
    package = Path(__file__).resolve().parents[1]
    installed = package / "rules"
    return installed if installed.is_dir() else package.parents[1] / "rules"


def _default_sources() -> list[tuple[PackSource, str]]:
    folder = _rules_folder().parent
    return [(file, file.relative_to(folder).as_posix()) for file in default_pack_files()]


def _without_repetitions(files: Iterable[PackSource]) -> list[tuple[PackSource, str]]:
    found: dict[PackSource, tuple[PackSource, str]] = {}
    for file in files:
        if isinstance(file, PackText):
            found.setdefault(file, (file, file.name))
        else:
            found.setdefault(file.resolve(), (file, file.as_posix()))
    return list(found.values())


def _read_documents(sources: Iterable[tuple[PackSource, str]], problems: list[Problem]) -> list[TomlDocument]:
    documents = []
    for source, shown_as in sources:
        try:
            if isinstance(source, PackText):
                documents.append(parse_toml(source.text, shown_as, PolicyError))
            else:
                documents.append(read_toml(source, shown_as, PolicyError))
        except PolicyError as error:
            problems += error.problems
    return documents


def _digest(documents: Iterable[TomlDocument], default_packs: bool) -> str:
    """Of the packs' texts, not of where they lie: a checkout elsewhere shares its caches."""
    digest = hashlib.sha256(b"all" if default_packs else b"keys")
    for document in documents:
        text = document.text.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(text) + text)
    return digest.hexdigest()
