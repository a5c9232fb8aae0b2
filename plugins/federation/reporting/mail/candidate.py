"""The mail about a candidate, to the people on call alone, once for each candidate."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from federation.common.settings import Settings
from federation.ledger import Ledger
from federation.messages import said
from federation.quality.contacts import on_call
from federation.releases.candidate import Comparison
from federation.reporting.mail.mail import Mail, Smtp, post

_SHOWN = 20  # verdicts and indicators that the mail names


def send_candidate(
    manifest: Mapping[str, Any],
    comparison: Comparison | None,
    ledger: Ledger,
    settings: Settings,
) -> dict[str, int]:
    """Mail the people on call what a candidate changes; return how many mails are in which state.

    `comparison` is None where no release serves yet.
    """
    made_at = datetime.fromisoformat(manifest["created_at"])
    content = {
        "candidate": manifest["release_id"],
        "made_at": said.minute(made_at),
        "comparison": comparison,
        "indicators": list(comparison.indicators.items())[:_SHOWN] if comparison else [],
        "verdicts": comparison.verdicts[:_SHOWN] if comparison else [],
    }
    mails = [
        Mail(
            str(manifest["release_id"]),
            made_at,
            "candidate",
            contact,
            _subject(manifest, comparison),
            "candidate",
            content,
        )
        for contact in on_call()
    ]
    states = post(mails, ledger, settings.home, Smtp.from_settings(settings))
    return {str(state): count for state, count in states.items()}


def _subject(manifest: Mapping[str, Any], comparison: Comparison | None) -> str:
    tables = len(comparison.tables) if comparison else 0
    cells = comparison.cells_moved if comparison else 0
    thai = f"รอบเผยแพร่ทดลอง {manifest['release_id']}: ต่างกัน {tables} ตาราง ตัวชี้วัดเปลี่ยน {cells:,} ค่า"
    differing = said.count(tables, "table differs", "tables differ", "ตาราง").en
    moving = said.count(cells, "indicator value moves", "indicator values move", "ค่า").en
    english = f"candidate: {differing}, {moving}"
    return f"[hub] {thai} / {english}"
