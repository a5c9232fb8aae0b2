"""The mail server: can it be reached and logged in to; nothing is sent."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import suppress

from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.operation.doctor.finding import Finding

_WHERE = "AIRFLOW_CONN_SMTP_HUB"


def mail(settings: Settings) -> Iterator[Finding]:
    """Yield whether the mail server takes a session: encrypted as the connection says, logged
    in."""
    from federation.reporting.mail.mail import Smtp

    try:
        smtp = Smtp.from_settings(settings)
    except (ValueError, TypeError, KeyError, AttributeError):  # without the text: it has a password
        says = f"{_WHERE} cannot be read"
        yield Finding("mail", Soundness.FAIL, says, "write it as dags/README.md shows")
        return
    if smtp is None:
        says = f"no mail server: mails are files in {settings.home.outbox}"
        yield Finding("mail", Soundness.WARN, says, f"set {_WHERE}, if people are to be mailed")
        return
    yield _session(smtp.host, smtp.port, smtp.connect)


def _session(host: str, port: int, connect: Callable[[], smtplib.SMTP]) -> Finding:
    where = f"{host}:{port}"
    try:
        session = connect()
    except smtplib.SMTPAuthenticationError as error:
        says = f"{where} refuses the login ({error.smtp_code})"
        return Finding("mail", Soundness.FAIL, says, f"correct login and password of {_WHERE}")
    except (OSError, ValueError, smtplib.SMTPException) as error:
        says = f"{where} takes no session: {type(error).__name__}: {error}"
        return Finding(
            "mail", Soundness.FAIL, says, f"correct {_WHERE}, or ask who runs the server"
        )
    with suppress(OSError, smtplib.SMTPException):
        session.quit()
    return Finding("mail", Soundness.OK, f"{where} takes mails of the hub")
