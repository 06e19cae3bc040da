"""What makes two findings of different runs the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from datause_lint.names import CategoryKey, RuleId


def fingerprint(rule: RuleId, path: str, function: str, sink: str, data: Iterable[CategoryKey]) -> str:
    """32 hexadecimal digits that hold while the finding's rule, path, function, sink and categories do.

    No line number enters it, so it outlives edits elsewhere in the file.
    """
    parts = (rule, path, function, sink, *sorted(set(data)))
    encoded = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(encoded).hexdigest()[:32]
