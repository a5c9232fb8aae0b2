"""Opening the ledger: connect, see that it has the version of this hub, hand out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from federation.common.errors import HubError
from federation.common.letters import in_texts, storable
from federation.common.settings import Settings
from federation.ledger.embedded import embedded_postgres, is_made
from federation.ledger.ledger import Ledger
from federation.ledger.migrate import migrate, refuse_other, refuse_to_migrate, version_of


@contextmanager
def open_ledger(settings: Settings, *, as_it_is: bool = False) -> Iterator[Ledger]:
    """Yield the ledger of this hub.

    The hub's own embedded database is brought to the version of this hub, but not with `as_it_is`,
    for another checkout serves from it; that of `HUB_DATABASE` must have the version (`hub
    migrate`), for the role of a pass may change no schema. Raises HubError when it has not, when
    the database cannot be reached, and when a restore into this home did not end.
    """
    if settings.home.restoring.exists():
        raise HubError(
            "a restore into this HUB_HOME did not end",
            where=str(settings.home.root),
            todo="run `hub restore` again; it begins anew",
        )
    refuse_lost(settings)
    with open_database(settings) as engine:
        if settings.database_url:
            refuse_other(engine)
        else:
            if as_it_is:
                refuse_to_migrate(engine)
            migrate(engine)
        yield Ledger(engine)


def refuse_lost(settings: Settings) -> None:
    """Raise HubError where the hub's own database is gone from beside its releases: an empty one
    would know no decision, no incident and no mail any more."""
    home = settings.home
    if not settings.database_url and home.current.is_symlink() and not is_made(home.postgres):
        raise HubError(
            "the ledger's database is gone, and its releases are here",
            where=str(home.postgres),
            todo=(
                "run `hub restore` with a backup and a new HUB_HOME, or set HUB_DATABASE where the "
                "ledger is on a server; to begin anew without it, take a new HUB_HOME"
            ),
        )


def refuse_empty(settings: Settings, engine: Engine) -> None:
    """Raise HubError where a database that holds no ledger is to become that of a home with
    releases."""
    with engine.connect() as con:
        is_empty = version_of(con) is None
    if is_empty and settings.home.current.is_symlink():
        raise HubError(
            "the database holds no ledger, and releases are here",
            where=str(settings.home.root),
            todo=(
                "correct HUB_DATABASE, or run `hub restore` with a backup and a new HUB_HOME; to "
                "begin anew without it, take a new HUB_HOME"
            ),
        )


@contextmanager
def open_database(settings: Settings) -> Iterator[Engine]:
    """Yield the ledger's database, whatever is in it; raises HubError when it cannot be reached."""
    server = (
        nullcontext(settings.database_url)
        if settings.database_url
        else embedded_postgres(settings.home.postgres)
    )
    with server as url:
        engine = create_engine(
            sqlalchemy_url(str(url)),
            connect_args={"connect_timeout": 10},
            json_serializer=_to_json,
        )
        try:
            yield engine
        except OperationalError as error:
            own = "" if settings.database_url else f"see {settings.home.postgres / 'log'}"
            said = (str(error.orig).splitlines() or [""])[0]
            raise HubError(
                "the ledger's database cannot be reached",
                where=_without_password(engine),
                todo=f"{own or 'check HUB_DATABASE'} ({said})",
            ) from error
        finally:
            engine.dispose()


def _to_json(value: object) -> str:
    return json.dumps(in_texts(value, storable), ensure_ascii=False, default=str)


def sqlalchemy_url(url: str) -> str:
    """Return the URL with the driver that the hub uses.

    Raises HubError, which does not repeat the text, when it is none of PostgreSQL.
    """
    scheme, _, rest = url.partition("://")
    if not rest or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise HubError(
            "this is no URL of a PostgreSQL database",
            where="HUB_DATABASE",
            todo="write it as postgresql://user:password@host:5432/database",
        )
    return f"postgresql+psycopg://{rest}"


def _without_password(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
