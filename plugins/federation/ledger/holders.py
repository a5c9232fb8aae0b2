"""Who holds a lock and since when, for the one who waits: it is the name of the holder's
connection."""

import os
import socket
from datetime import datetime

from sqlalchemy import Connection, text

from federation.common.periods import BANGKOK

_LONGEST = 63  # letters of a name in PostgreSQL
_UNKNOWN = "another pass"


def name_holder(connection: Connection) -> None:
    """Give a connection the name under which others hear of its locks; it lasts with the
    connection's session."""
    now = datetime.now(BANGKOK)
    process = f"process {os.getpid()} on {socket.gethostname()[:16]}"
    name = f"{process} since {now:%H:%M:%S} (Bangkok)"[:_LONGEST]
    connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": name})
    connection.commit()


def holder_of(connection: Connection, first: int, second: int) -> str:
    """Return the name of the connection that holds an advisory lock of two keys, or `another
    pass`."""
    query = text(
        """
        SELECT application_name
        FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'advisory' AND granted
          AND classid = CAST(:first AS BIGINT) AND objid = CAST(:second AS BIGINT)
        """
    )
    unsigned = {"first": first % (1 << 32), "second": second % (1 << 32)}
    return str(connection.execute(query, unsigned).scalar() or _UNKNOWN)
