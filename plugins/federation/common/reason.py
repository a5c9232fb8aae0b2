"""Why an extract or a record was not taken as it came: one type from conforming to mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from federation.common.letters import in_texts, shown
from federation.common.vocabulary import Consequence, ReasonCode

PUBLIC = ("code", "consequence", "column", "records", "message")


@dataclass(frozen=True)
class Reason:
    """One reason, about an extract as a whole or about some of its records.

    `code` is a ReasonCode; `:column` follows where single records are meant, `:expectation` where
    one could not be measured. For an expectation that failed it is the expectation's id.
    `parameters` are the values that made the message, as JSON can write them.
    """

    code: str
    consequence: Consequence
    column: str = ""
    message: str = ""  # English
    records: int = 0  # 0 where no single record is meant
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> "Reason":
        """The same in letters that can be kept and shown everywhere."""
        return replace(
            self,
            column=shown(self.column),
            message=shown(self.message),
            parameters=in_texts(dict(self.parameters), shown),
        )

    @property
    def kind(self) -> ReasonCode:
        """Which of the closed list it is."""
        return kind_of(self.code)

    @property
    def public(self) -> dict[str, Any]:
        """What commands print as JSON."""
        return {name: getattr(self, name) for name in PUBLIC}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Reason":
        """Return the reason that JSON holds; one of an older hub has no parameters."""
        return cls(**{**values, "consequence": Consequence(values["consequence"])})


def kind_of(code: str) -> ReasonCode:
    """Return which of the closed list a code is; the id of an expectation is a failed one."""
    name, _ = split_code(code)
    return ReasonCode(name) if name in _CODES else ReasonCode.FAILED_EXPECTATION


def split_code(code: str) -> tuple[str, str]:
    """Return a code's name and what it is about: a column, an expectation, a task, or nothing."""
    name, _, about = code.partition(":")
    return name, about


def coded(name: str, about: str) -> str:
    """Return the code of a name and what it is about, as `split_code` takes it apart."""
    return f"{name}:{about}" if about else str(name)


def reasons_from(values: Iterable["Reason | Mapping[str, Any]"]) -> list[Reason]:
    """Return reasons that may have been read as JSON."""
    return [entry if isinstance(entry, Reason) else Reason.from_json(entry) for entry in values]


def rejecting(reasons: Iterable[Reason]) -> list[Reason]:
    """Return the reasons that reject an extract."""
    return [reason for reason in reasons if reason.consequence == Consequence.REJECT]


def blanks_values(reasons: Iterable[Reason]) -> bool:
    """Whether single values of an extract's records may be left empty, for any of the reasons.

    One that is waived still leaves out what the warehouse cannot hold.
    """
    return any(reason.parameters.get("blanks") for reason in reasons)


_CODES = frozenset(ReasonCode)
