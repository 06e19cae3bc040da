"""What SQL text selects, and what its conditions prove about the people whose rows it gives."""

from __future__ import annotations

from collections.abc import Mapping

from datause_lint.analysis.sql.changing import Changed, Given, changed
from datause_lint.analysis.sql.names import tables_of
from datause_lint.analysis.sql.selection import Column, Proof, Proofs, Selection
from datause_lint.analysis.sql.statement import Statement
from datause_lint.analysis.sql.text import looks_like_sql, parse
from datause_lint.analysis.sql.writing import Created, Written, created, written
from datause_lint.policy.compiled import CompiledPolicy

__all__ = [
    "Changed", "Column", "Created", "Given", "Proof", "Proofs", "Selection", "Written", "changed", "created",
    "looks_like_sql", "read", "tables_of", "written",
]  # fmt: skip


def read(text: str, constants: Mapping[str, object], policy: CompiledPolicy) -> Selection | None:
    """What the statement selects, given the constants that its placeholders stand for; None where it is not known."""
    tree = parse(text)
    if tree is None:
        return None
    try:
        return Statement(constants, policy).select(tree, {}, None)
    except RecursionError:
        return None
