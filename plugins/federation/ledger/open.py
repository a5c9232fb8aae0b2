"""Opening the ledger: connect, migrate, hand out."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from federation.common.errors import HubError
from federation.common.settings import Settings
from federation.ledger.embedded import embedded_postgres
from federation.ledger.ledger import Ledger

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 7_700_001


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Ledger]:
    """Yield the migrated ledger of this hub.

    Raises HubError when its database cannot be reached.
    """
    server = (
        nullcontext(settings.database_url)
        if settings.database_url
        else embedded_postgres(settings.home.postgres)
    )
    with server as url:
        engine = create_engine(
            sqlalchemy_url(str(url)),
            connect_args={"connect_timeout": 10, "options": "-c search_path=hub"},
        )
        try:
            migrate(engine)
            yield Ledger(engine)
        except OperationalError as error:
            raise HubError(
                "the ledger's database cannot be reached",
                where=_without_password(engine),
                todo=f"check HUB_DATABASE ({str(error.orig).splitlines()[0]})",
            ) from error
        finally:
            engine.dispose()


def sqlalchemy_url(url: str) -> str:
    """Return the URL with the driver that the hub uses."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgresql", "postgres") else url


def _without_password(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def migrate(engine: Engine) -> None:
    """Apply the numbered migrations that this database lacks, each once, also with several hubs
    starting."""
    with engine.begin() as con:
        con.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        con.execute(text("CREATE SCHEMA IF NOT EXISTS hub"))
        con.execute(
            text(
                "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, applied_at "
                "TIMESTAMPTZ DEFAULT now())"
            )
        )
        applied: set[str] = set(con.execute(text("SELECT name FROM migration")).scalars())
        for file in sorted(MIGRATIONS.glob("*.sql")):
            if file.name not in applied:
                _apply(con, file)


def _apply(con: Connection, file: Path) -> None:
    con.exec_driver_sql(file.read_text("utf-8"))
    con.execute(text("INSERT INTO migration (name) VALUES (:name)"), {"name": file.name})
