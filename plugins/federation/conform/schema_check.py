"""An extract's footer against its contract: what is missing, extra, renamed or retyped, column
by column."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from federation.common.reason import Reason
from federation.common.vocabulary import Consequence, ReasonCode


def compare(
    delivered: Mapping[str, str], promised: Mapping[str, str], optional: Collection[str] = ()
) -> list[Reason]:
    """Return the findings on columns, in the contract's order.

    Both arguments map column names to Arrow types. A missing, renamed or retyped column rejects the
    extract; one that the contract does not know is a warning, because it changes no promised value.
    An optional one may be missing.
    """
    missing = [name for name in promised if name not in delivered and name not in optional]
    extra = [name for name in delivered if name not in promised]
    findings = []
    for name in missing:
        twin = _renamed_to(name, promised[name], extra, delivered)
        if twin:
            extra.remove(twin)
            findings.append(
                Reason(
                    ReasonCode.RENAMED_COLUMN,
                    Consequence.REJECT,
                    name,
                    f"column {name!r} seems to be renamed to {twin!r}",
                    parameters={"renamed_to": twin},
                )
            )
        else:
            findings.append(
                Reason(
                    ReasonCode.MISSING_COLUMN,
                    Consequence.REJECT,
                    name,
                    f"column {name!r} is missing",
                )
            )
    for name, kind in promised.items():
        if name in delivered and canonical(delivered[name]) != canonical(kind):
            findings.append(
                Reason(
                    ReasonCode.RETYPED_COLUMN,
                    Consequence.REJECT,
                    name,
                    f"column {name!r} is {delivered[name]}, promised was {kind}",
                    parameters={"delivered": delivered[name], "promised": kind},
                )
            )
    findings += [
        Reason(
            ReasonCode.UNEXPECTED_COLUMN,
            Consequence.WARN,
            name,
            f"column {name!r} is not in the contract; not carried",
        )
        for name in extra
    ]
    return findings


def _renamed_to(name: str, kind: str, extra: list[str], delivered: Mapping[str, str]) -> str | None:
    same_type = {
        _simple(other): other for other in extra if canonical(delivered[other]) == canonical(kind)
    }
    close = get_close_matches(_simple(name), same_type, n=1, cutoff=0.7)
    return same_type[close[0]] if close else None


def _simple(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def canonical(kind: str) -> str:
    """Return an Arrow type's name without what readers vary: list item names, timestamp units,
    large and dictionary."""
    kind = re.sub(r"dictionary<values=([^,]+),.*>", r"\1", kind)
    kind = (
        kind.replace("large_", "")
        .replace("list<element: ", "list<")
        .replace("list<item: ", "list<")
    )
    return re.sub(r"timestamp\[(s|ms|us|ns)", "timestamp[us", kind).replace("tz=", "")


def compare_measures(
    seen: set[str | None], promised: set[str], ignored: set[str], rows: int
) -> list[Reason]:
    """Return the findings on the names of measures in a long or list layout, as `compare` does
    for columns."""
    findings = [
        Reason(
            ReasonCode.MISSING_MEASURE,
            Consequence.REJECT,
            name,
            f"no row carries the measure {name!r}",
        )
        for name in sorted(promised - seen)
        if rows
    ]
    strange = sorted(str(name) for name in seen - promised - ignored)
    return findings + [
        Reason(
            ReasonCode.UNEXPECTED_MEASURE,
            Consequence.WARN,
            name,
            f"measure {name!r} is not in the contract; not carried",
        )
        for name in strange
    ]
