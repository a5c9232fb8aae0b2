"""An extract's footer against its contract: what is missing, extra, renamed or retyped, column
by column."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

import pyarrow as pa

from federation.common.reason import Reason
from federation.common.vocabulary import Consequence, ReasonCode
from federation.conform.arrow_types import arrow_type, can_hold, members_beyond, written


def compare(
    delivered: Mapping[str, pa.DataType],
    promised: Mapping[str, str],
    optional: Collection[str] = (),
) -> list[Reason]:
    """Return the findings on columns, in the contract's order.

    Both arguments map column names to Arrow types. A missing, renamed or retyped column rejects the
    extract; a column, or a member of a struct, that the contract does not know is a warning,
    because it changes no promised value. An optional one may be missing.
    """
    types = {name: arrow_type(kind) for name, kind in promised.items()}
    read = [name for name in promised if name in delivered]
    extra = [name for name in delivered if name not in promised]
    findings = []
    for name in promised:
        if name not in delivered and name not in optional:
            twin = _renamed_to(name, types[name], extra, delivered)
            if twin:
                extra.remove(twin)
            findings.append(_missing(name, twin))
    findings += [
        _retyped(name, delivered[name], promised[name])
        for name in read
        if not can_hold(types[name], delivered[name])
    ]
    findings += [_unexpected(name, _not_carried(name, read)) for name in extra]
    for name in read:
        for member in members_beyond(types[name], delivered[name], name):
            message = f"member {member!r} is not in the contract; not carried"
            findings.append(_unexpected(member, message))
    return findings


def _missing(name: str, twin: str | None) -> Reason:
    if not twin:
        message = f"column {name!r} is missing"
        return Reason(ReasonCode.MISSING_COLUMN, Consequence.REJECT, name, message)
    return Reason(
        ReasonCode.RENAMED_COLUMN,
        Consequence.REJECT,
        name,
        f"column {name!r} seems to be renamed to {twin!r}",
        parameters={"renamed_to": twin},
    )


def _retyped(name: str, delivered: pa.DataType, promised: str) -> Reason:
    return Reason(
        ReasonCode.RETYPED_COLUMN,
        Consequence.REJECT,
        name,
        f"column {name!r} is {written(delivered)}, promised was {promised}",
        parameters={"delivered": written(delivered), "promised": promised},
    )


def _unexpected(name: str, message: str) -> Reason:
    return Reason(ReasonCode.UNEXPECTED_COLUMN, Consequence.WARN, name, message)


def _not_carried(name: str, read: Collection[str]) -> str:
    """Say why a column is not read; of two that differ in case only, which one is."""
    twin = next((other for other in read if other.casefold() == name.casefold()), None)
    if twin is None:
        return f"column {name!r} is not in the contract; not carried"
    return (
        f"column {name!r} differs from {twin!r} in case only; {twin!r} is read, as the contract "
        f"writes it, and {name!r} is not carried"
    )


def _renamed_to(
    name: str, kind: pa.DataType, extra: list[str], delivered: Mapping[str, pa.DataType]
) -> str | None:
    same_type = {_simple(other): other for other in extra if can_hold(kind, delivered[other])}
    close = get_close_matches(_simple(name), same_type, n=1, cutoff=0.7)
    return same_type[close[0]] if close else None


def _simple(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


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
