from __future__ import annotations

from pathlib import Path

import pytest

from datause_lint.policy import loader


@pytest.fixture
def small_packs(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A few entries in place of the tool's own packs, so that a test says all that it depends on."""
    folder = Path(__file__).parent / "packs"
    monkeypatch.setattr(loader, "_rules_folder", lambda: folder)
    return folder
