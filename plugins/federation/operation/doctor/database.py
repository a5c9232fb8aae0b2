"""The ledger's database: does it answer, may its role do its work and no more, what is its time."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, Select, column, func, select, table

from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.ledger import open_database
from federation.ledger.embedded import is_made
from federation.ledger.migrate import head, lacking
from federation.ledger.open import refuse_lost
from federation.ledger.tables import SCHEMA, metadata
from federation.operation.doctor.finding import Finding

_OLDEST = 140_000  # PostgreSQL 14, the oldest that its makers still mend
_FAR, _VERY_FAR = 5.0, 60.0  # seconds between two clocks
_SEQUENCES = table("pg_sequences", column("schemaname"), column("sequencename"))
_ROLES = table("pg_roles", column("rolname"), column("rolsuper"))


def database(settings: Settings) -> Iterator[Finding]:
    """Yield whether the ledger can be used as it is, and whether the role may do too much."""
    refuse_lost(settings)
    if not settings.database_url and not is_made(settings.home.postgres):
        says = "the embedded PostgreSQL is made by the first pass"
        yield Finding("database", Soundness.OK, says)
        return
    with open_database(settings) as engine:
        with engine.connect() as con:
            yield _server(con)
        missing = lacking(engine)
        if missing:
            says = f"the ledger lacks {', '.join(missing)}"
            own = not settings.database_url
            soundness = Soundness.OK if own else Soundness.FAIL
            todo = "" if own else "run `hub migrate` as the owner of the database"
            yield Finding("database", soundness, says, todo)
        elif settings.database_url:
            yield from _rights(engine)


def _server(con: Connection) -> Finding:
    number = int(str(con.execute(select(func.current_setting("server_version_num"))).scalar()))
    says = f"PostgreSQL {number // 10_000}.{number % 10_000} answers"
    if number < _OLDEST:
        return Finding("database", Soundness.WARN, says, "upgrade it: its makers mend it no more")
    return Finding("database", Soundness.OK, says)


def _rights(engine: Engine) -> Iterator[Finding]:
    with engine.connect() as con:
        lacks = sorted(_lacking_rights(con))
        creates = con.execute(select(func.has_schema_privilege(SCHEMA, "CREATE"))).scalar()
        own = _ROLES.c.rolname == func.current_user()
        is_super = con.execute(select(_ROLES.c.rolsuper).where(own)).scalar()
    role = engine.url.username
    if lacks:
        says = f"the role {role} lacks {', '.join(lacks)}"
        yield Finding(
            "database", Soundness.FAIL, says, "grant it (dags/production.md, least rights)"
        )
    elif creates or is_super:
        what = "is a superuser" if is_super else f"may create in the schema {SCHEMA}"
        todo = "let passes use a role that may only add rows (dags/production.md, least rights)"
        yield Finding("database", Soundness.WARN, f"the role {role} {what}", todo)
    else:
        says = f"the role {role} may add rows to the ledger {head()}, and change nothing"
        yield Finding("database", Soundness.OK, says)


def _lacking_rights(con: Connection) -> Iterator[str]:
    for known in metadata.sorted_tables:
        for right in ("SELECT", "INSERT"):
            if not con.execute(select(func.has_table_privilege(str(known), right))).scalar():
                yield f"{right} on {known}"
    of_ledger = _SEQUENCES.c.schemaname == SCHEMA
    names: Select[tuple[str]] = select(_SEQUENCES.c.sequencename).where(of_ledger)
    for name in con.execute(names).scalars().all():
        right_to_read = func.has_sequence_privilege(f"{SCHEMA}.{name}", "SELECT")
        if not con.execute(select(right_to_read)).scalar():
            yield f"SELECT on {SCHEMA}.{name}"


def clock(settings: Settings) -> Iterator[Finding]:
    """Yield how far this machine's clock is from the database server's: both date the ledger."""
    if not settings.database_url:
        yield Finding("clock", Soundness.OK, "the database has the clock of this machine")
        return
    with open_database(settings) as engine, engine.connect() as con:
        before = datetime.now(UTC)
        theirs = con.execute(select(func.clock_timestamp())).scalar()
        after = datetime.now(UTC)
    assert isinstance(theirs, datetime)
    seconds = abs((theirs - (before + (after - before) / 2)).total_seconds())
    yield Finding("clock", *_on_the_clock(seconds))


def _on_the_clock(seconds: float) -> tuple[Soundness, str, str]:
    says = f"{seconds:.1f} s from the clock of the database server"
    if seconds <= _FAR:
        return Soundness.OK, says, ""
    todo = "let both machines follow a time server (NTP)"
    return (Soundness.FAIL if seconds > _VERY_FAR else Soundness.WARN), says, todo
