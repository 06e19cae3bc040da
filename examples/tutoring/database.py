"""Sessions."""

from __future__ import annotations

import os
from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///tutoring.db"))
new_session = sessionmaker(engine, expire_on_commit=False)


def session() -> Iterator[Session]:
    """The session of one request."""
    with new_session() as opened:
        yield opened
