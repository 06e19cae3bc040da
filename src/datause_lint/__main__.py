"""``python -m datause_lint``."""

from __future__ import annotations

import os
import sys

# Python puts the working folder first on the path. It is what gets scanned: nothing of it may be imported.
if not getattr(sys.flags, "safe_path", False) and sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from datause_lint.cli.main import start  # the path comes first

if __name__ == "__main__":
    start()
