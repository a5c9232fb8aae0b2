"""The registry of fault kinds: what each does to an extract, and what the gate must say of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from federation_demo.faults.native import Native

FAMILIES = ("schema", "calendar", "key", "encoding", "foreign", "volume", "value", "bytes")
Planter = Callable[[Native], Native | None]  # None: the fault has no place in this extract
BytePlanter = Callable[[bytes, Path], bytes | None]


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    `codes` are the reasons that point at it, `verdicts` those that are right.
    """

    name: str
    family: str
    label: str
    codes: frozenset[str]
    verdicts: frozenset[str]
    planter: Planter | None = None
    bytes_planter: BytePlanter | None = None


KINDS: dict[str, Kind] = {}
REJECTED, WARNED = frozenset({"rejected"}), frozenset({"accepted_with_warning"})
EITHER = REJECTED | WARNED


def fault(family: str, codes: str, verdicts: frozenset[str]) -> Callable[[Planter], Planter]:
    """Register a function that plants a fault; its name is the kind, its docstring the label."""

    def register(planter: Planter) -> Planter:
        _add(
            Kind(
                planter.__name__,
                family,
                _label(planter),
                frozenset(codes.split()),
                verdicts,
                planter,
            )
        )
        return planter

    return register


def byte_fault(codes: str) -> Callable[[BytePlanter], BytePlanter]:
    """Register a function that breaks a written file; such an extract is always rejected."""

    def register(planter: BytePlanter) -> BytePlanter:
        name = planter.__name__
        _add(
            Kind(
                name,
                "bytes",
                _label(planter),
                frozenset(codes.split()),
                REJECTED,
                bytes_planter=planter,
            )
        )
        return planter

    return register


def _label(planter: Callable[..., object]) -> str:
    return (planter.__doc__ or "").strip().rstrip(".")


def _add(kind: Kind) -> None:
    assert kind.family in FAMILIES
    assert kind.name not in KINDS
    KINDS[kind.name] = kind
