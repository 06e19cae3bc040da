"""What a plugin tells the analysis about a framework: plain data, no code that runs inside the engine."""

from __future__ import annotations

from datause_lint.analysis.framework_facts import CallEdge, EntryPoint, FrameworkFact, Registration, RunsBefore

__all__ = ["CallEdge", "EntryPoint", "FrameworkFact", "Registration", "RunsBefore"]
