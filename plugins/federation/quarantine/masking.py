"""Texts that cities wrote, fit to be shown: whatever looks like a person's name, number or
address is masked.

The Personal Data Protection Act B.E. 2562 (2019) knows no list of patterns; these are the ones that
Thai offices' tables carry: national identification numbers (13 digits), telephone numbers,
addresses of mail, names after a title.
"""

import re

from federation.common.sql import literal

_DIGIT = "[0-9๐-๙]"
PATTERNS = (  # understood alike by Python and by DuckDB (RE2)
    (r"[\w.+-]+@[\w-]+(\.[\w-]+)+", "***@***"),
    (rf"{_DIGIT}(-?{_DIGIT}){{12}}", "*************"),
    (rf"(\+66|0|๐)[- ]?{_DIGIT}([- ]?{_DIGIT}){{7,8}}", "**********"),
    (r"(นางสาว|นาง|นาย|น\.ส\.|ด\.ช\.|ด\.ญ\.|เด็กชาย|เด็กหญิง) ?[ก-๙]+( [ก-๙]+)?", r"\1 ***"),
)
LENGTH = 60  # characters shown


def masked(text: str) -> str:
    """Return the text without what may tell of a person, shortened."""
    for pattern, shown in PATTERNS:
        text = re.sub(pattern, shown, text, flags=re.ASCII)
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def masked_sql(text: str) -> str:
    """Return the SQL expression that masks a text as `masked` does."""
    for pattern, shown in PATTERNS:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(shown)}, 'g')"
    return (
        f"CASE WHEN length({text}) <= {LENGTH} THEN {text} ELSE left({text}, {LENGTH - 1}) || "
        "'…' END"
    )
