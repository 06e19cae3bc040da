"""Syntax that is newer than the running Python."""

from __future__ import annotations

import ast


def parse_newer(text: str, error: SyntaxError) -> ast.Module:
    raise error
