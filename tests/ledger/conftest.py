"""A database of its own for tests of migrations."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.ledger.open import sqlalchemy_url
from sqlalchemy import create_engine, make_url, text


@pytest.fixture
def fresh(postgres: str) -> Iterator[Settings]:
    """Settings with an empty database that nobody else uses."""
    name = f"fresh_{uuid4().hex[:8]}"
    server = create_engine(sqlalchemy_url(postgres), isolation_level="AUTOCOMMIT")
    with server.connect() as con:
        con.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(postgres).set(database=name)
    yield Settings(Home(Path()), url.render_as_string(hide_password=False), None)
    with server.connect() as con:
        con.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()
