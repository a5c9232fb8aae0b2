"""How long what is kept: the one declared table, for passes and for `hub upkeep`.

What is in use is never removed, however old: releases that serve or are pinned, conformed extracts
that a contract of today or a kept release names. Landing and the ledger are never touched.
"""

from datetime import timedelta

from federation.common.vocabulary import Kept

RELEASES_KEPT = 10  # made to serve; as many more of `--as-of` and `--as-candidate`
CONFORMED = timedelta(days=7)
PROPOSALS = timedelta(days=90)
MAILS = timedelta(days=90)
LEFTOVERS = timedelta(days=2)  # no step takes longer
AIRFLOW_LOGS = timedelta(days=30)
LOG_BYTES = 100_000_000
LOGS_KEPT = 5  # packed, beside the one that grows

# What is kept, for how long: what people are shown, and what dags/production.md says.
RULES: dict[Kept, str] = {
    Kept.RELEASES: f"the newest {RELEASES_KEPT}, and those that serve or are pinned",
    Kept.AS_OF_RELEASES: f"the newest {RELEASES_KEPT} of `hub run --as-of`",
    Kept.CANDIDATES: f"the newest {RELEASES_KEPT} of `hub run --as-candidate`",
    Kept.SITES: "as long as their release",
    Kept.CONFORMED: (
        f"while a contract of today or a kept release names them; others {CONFORMED.days} days"
    ),
    Kept.PROPOSALS: f"while their extract counts or is rejected; others {PROPOSALS.days} days",
    Kept.MAILS: f"in the outbox {MAILS.days} days",
    Kept.LEFTOVERS: f"{LEFTOVERS.days} days",
    Kept.LOGS: f"packed at {LOG_BYTES // 1_000_000} MB, the newest {LOGS_KEPT} of each",
    Kept.AIRFLOW_LOGS: f"{AIRFLOW_LOGS.days} days",
}
