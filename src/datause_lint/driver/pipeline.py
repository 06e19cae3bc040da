"""A run from beginning to end: the stages in the order in which they happen."""

from __future__ import annotations
