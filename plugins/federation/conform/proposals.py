"""The contract change that an unexpected extract asks for, as a patch that a person applies or not.

A renamed, retyped or removed column breaks the contract: the new version is a major one from the
extract's first day on, and the version of today stays beside it for the periods before. An added
column or measure is a minor change: it is optional, so that earlier files stay valid. What the
extract does not show becomes a question: a TODO, which the hub refuses until it is answered.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches, unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from federation.common.paths import CONTRACTS, Home
from federation.common.reason import Reason
from federation.common.vocabulary import Consequence, ReasonCode
from federation.conform.profile import ColumnProfile, FileProfile
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox
from federation.contracts.edit import ContractText, child, fact
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition
from federation.contracts.vocabulary import TIME_FORMATS

DRIFT = frozenset(
    {
        ReasonCode.MISSING_COLUMN,
        ReasonCode.RENAMED_COLUMN,
        ReasonCode.RETYPED_COLUMN,
        ReasonCode.UNEXPECTED_COLUMN,
        ReasonCode.MISSING_MEASURE,
        ReasonCode.UNEXPECTED_MEASURE,
        ReasonCode.OTHER_ENCODING,
        ReasonCode.UNDECLARED_MARKER,
    }
)
_NOT_NUMBERS = {"NaN": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


@dataclass(frozen=True)
class Proposal:
    """A changed contract: its text, the step of its version, and what changed and why."""

    feed: Feed
    level: str  # minor or major
    version: str
    text: str
    why: tuple[str, ...]

    @property
    def patch(self) -> str:
        """The change as a unified diff that `git apply` and `patch -p1` take, with the reasons
        at its head."""
        folder = CONTRACTS.relative_to(CONTRACTS.parents[1])  # expectations/contracts
        name = (folder / self.feed.city.key / self.feed.file.name).as_posix()
        before = self.feed.file.read_text("utf-8")
        head = [
            f"Proposed contract change: {self.feed} {self.feed.version} -> {self.version} "
            f"({self.level})",
            *(f"- {line}" for line in self.why),
            "Look at it, then apply it in the repository with: git apply FILE (or patch -p1 < "
            "FILE).",
            "",
        ]
        parts = [_diff(name, before, self.text)]
        if self.level == "major":
            old_version = f"{name.removesuffix('.yml')}-{self.feed.version}.yml"
            parts.insert(0, _diff(old_version, "", before))
        return "\n".join(head) + "\n" + "".join(parts)


def _diff(name: str, before: str, after: str) -> str:
    old = f"a/{name}" if before else "/dev/null"
    lines = unified_diff(before.splitlines(True), after.splitlines(True), old, f"b/{name}")
    mode = "" if before else "new file mode 100644\n"
    return f"diff --git a/{name} b/{name}\n{mode}" + "".join(lines)


def with_proposal(
    extract: LandedExtract, findings: Sequence[Reason], sandbox: Sandbox, home: Home
) -> list[Reason]:
    """Return the findings.

    Where the contract could follow the extract, the change is written to a file, which they name.
    """
    if not any(finding.kind in DRIFT for finding in findings):
        return [*findings]
    proposal = propose(extract.feed, extract.partition, extract.file, findings, sandbox)
    if proposal is None:
        return [*findings]
    place = home.proposal(*extract.feed.key, extract.extract_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(f".{os.getpid()}.part")
    part.write_text(proposal.patch, "utf-8")
    part.replace(place)
    return [_naming(finding, home.name_of(place)) for finding in findings]


def _naming(finding: Reason, proposal: str) -> Reason:
    """Return the finding; one that the contract could follow names the file of the change."""
    if finding.kind not in DRIFT:
        return finding
    return replace(
        finding,
        message=f"{finding.message}; a contract change is proposed in {proposal}",
        parameters={**finding.parameters, "proposal": proposal},
    )


def propose(
    feed: Feed, partition: Partition, source: Path, findings: Sequence[Reason], sandbox: Sandbox
) -> Proposal | None:
    """Return the change that makes a contract fit the extract, or None where no change can.

    None can for a key whose column is gone, an extract of a period that an earlier version reads,
    and a file that cannot be profiled.
    """
    effective = str(partition.start)
    in_force_later = feed.effective_from is not None and feed.effective_from >= partition.start
    if (
        in_force_later or feed.file.stem != feed.dataset
    ):  # what is kept beside the newest version is not changed any more
        return None
    profile = sandbox.profile(source, words=200)
    if profile.refusal:
        return None
    change = _Change(feed, ContractText(feed.file.read_text("utf-8")), profile)
    why = [
        line
        for finding in findings
        if finding.kind in DRIFT
        for line in change.follow(finding, findings)
    ]
    if change.impossible or not why:
        return None
    level = "major" if change.breaks else "minor"
    change.finish(_next(feed.version, level), effective if change.breaks else "")
    return Proposal(feed, level, _next(feed.version, level), change.contract.text(), tuple(why))


def propose_for(
    feed: Feed, partition: Partition, source: Path, sandbox: Sandbox
) -> tuple[list[Reason], Proposal | None]:
    """Return the findings on a file that was not sent yet, and the change that it asks for; nothing
    is kept."""
    with TemporaryDirectory(prefix="hub-propose-") as folder:
        answer = sandbox.conform(
            LandedExtract(feed, partition, "propose", source.absolute()),
            Path(folder) / "conformed.parquet",
        )
    return answer.findings, propose(feed, partition, source.absolute(), answer.findings, sandbox)


def _next(version: str, level: str) -> str:
    major, minor, _ = map(int, version.split("."))
    return f"{major + 1}.0.0" if level == "major" else f"{major}.{minor + 1}.0"


class _Change:
    """Edits on one contract, finding by finding; `follow` yields what it changed, in words."""

    def __init__(self, feed: Feed, contract: ContractText, profile: FileProfile) -> None:
        self.feed, self.contract, self.profile = feed, contract, profile
        self.delivered = dict(profile.schema)
        self.breaks = self.impossible = False
        self.optional: list[str] = []
        self.left_out: list[str] = []
        self.ignored: list[str] = []
        self.missing: list[str | float] = []

    def follow(self, finding: Reason, findings: Sequence[Reason]) -> Iterator[str]:
        how = {
            ReasonCode.RENAMED_COLUMN: self._renamed,
            ReasonCode.MISSING_COLUMN: self._removed,
            ReasonCode.RETYPED_COLUMN: self._retyped,
            ReasonCode.UNEXPECTED_COLUMN: self._added,
            ReasonCode.UNEXPECTED_MEASURE: self._more_measures,
            ReasonCode.OTHER_ENCODING: self._encoding,
            ReasonCode.UNDECLARED_MARKER: self._markers,
        }
        if finding.code == ReasonCode.MISSING_MEASURE:
            strangers = [
                one.column for one in findings if one.code == ReasonCode.UNEXPECTED_MEASURE
            ]
            yield from self._renamed_measure(finding.column, strangers)
        else:
            yield from how[finding.kind](finding)

    def finish(self, version: str, effective_from: str) -> None:
        """Write what concerns the contract as a whole."""
        self.contract.replace(child(self.contract.root, "version"), version)
        facts: list[tuple[str, Sequence[str]]] = [
            ("optional_columns", self.optional),
            ("not_published", self.left_out),
            ("ignored_measures", self.ignored),
        ]
        for name, values in facts:
            if values:
                self.contract.add_to_fact(name, values)
        if self.missing:
            self.contract.set_fact("missing", self.missing)
        if effective_from:
            self.contract.set_fact("effective_from", effective_from)

    # -- columns -----------------------------------------------------------------------------------

    def _renamed(self, finding: Reason) -> Iterator[str]:
        twin = finding.parameters["renamed_to"]
        self.breaks = True
        self.contract.rename(finding.column, twin)
        yield f"column {finding.column!r} is taken to be {twin!r} now: see that it holds the same"

    def _removed(self, finding: Reason) -> Iterator[str]:
        name = finding.column
        read = [
            column
            for column in self.feed.national
            if self._reads(column.sources, column.transform, name)
        ]
        layout = vars(self.feed.layout).values()
        required = any(column.required for column in read)
        if required or name in layout or f'"{name}"' in self.feed.out_of_scope:
            self.impossible = True
            return
        self.breaks = True
        columns = self.contract.fact("columns")
        if columns is not None:
            self.contract.remove_line(next(key for key, _ in columns.value if key.value == name))
        gone = {column.name for column in read}
        for entry in self.contract.properties:
            if child(entry, "name").value in gone:
                self.contract.remove_line(entry)
        self.left_out += sorted(gone)
        if self.feed.city_rows == name:
            self.contract.remove_line(self._entry_of("city_rows"))
        yield f"column {name!r} is gone" + (
            f": {', '.join(sorted(gone))} would no longer be published" if gone else ""
        )

    @staticmethod
    def _reads(sources: Sequence[str], transform: str, name: str) -> bool:
        return name in sources or f'"{name}"' in transform

    def _entry_of(self, name: str) -> Any:
        entries = child(self.contract.schema, "customProperties").value
        return next(entry for entry in entries if child(entry, "property").value == name)

    def _retyped(self, finding: Reason) -> Iterator[str]:
        name, kind = finding.column, self.delivered[finding.column]
        columns = self.contract.fact("columns")
        if columns is None:
            return
        self.breaks = True
        self.contract.replace(
            next(value for key, value in columns.value if key.value == name), kind
        )
        yield f"column {name!r} is {kind} now"
        for entry in self.contract.properties:
            form = fact(entry, "format")
            if form is not None and self._reads_entry(entry, name):
                yield self._reread(entry, form, name)

    def _reads_entry(self, entry: Any, name: str) -> bool:
        national = child(entry, "name").value
        return any(
            column.name == national and self._reads(column.sources, column.transform, name)
            for column in self.feed.national
        )

    def _reread(self, entry: Any, form: Any, name: str) -> str:
        """Set the format of a retyped column that alone holds the time; ask for the format
        otherwise."""
        national = next(
            column for column in self.feed.national if column.name == child(entry, "name").value
        )
        time_format = (
            _format_of(self.profile.column(name))
            if len(national.sources) == 1 and not national.transform
            else ""
        )
        self.contract.replace(
            form,
            time_format
            or (f"TODO: in which format is {national.name} now? / {national.name} อยู่ในรูปแบบใด"),
        )
        return (
            f"{national.name} is read as {time_format}"
            if time_format
            else f"how {national.name} is to be read is asked"
        )

    def _added(self, finding: Reason) -> Iterator[str]:
        name, kind = finding.column, self.delivered.get(finding.column, "")
        if not kind or "null" in kind:
            return  # a struct's member changes no column; a column without a value has no type yet
        self.contract.add_column(name, kind)
        if "<" in kind:
            self.breaks = True  # only a simple column may be missing from the files before
        else:
            self.optional.append(name)
        yield f"column {name!r} ({kind}) is new; nothing is read from it yet"

    def _markers(self, finding: Reason) -> Iterator[str]:
        """Declare what stands for a missing value, beside what is declared already."""
        column = next((one for one in self.feed.national if one.name == finding.column), None)
        told = finding.parameters.get("missing", ())
        if column is None or not told:
            return
        found = [_NOT_NUMBERS.get(marker, marker) for marker in told]
        declared = column.facts.get("missing", ())
        entry = next(
            one for one in self.contract.properties if child(one, "name").value == column.name
        )
        own = fact(entry, "missing")
        if own is not None:
            self.contract.replace(own, [*declared, *found])
        else:
            self.missing = _each_once([*(self.missing or declared), *found])
        shown = ", ".join(map(str, told))
        yield f"{shown} in {column.name} is taken for a missing value: see that it means so"

    # -- measures, encoding ------------------------------------------------------------------------

    def _renamed_measure(self, name: str, strangers: Sequence[str]) -> Iterator[str]:
        close = get_close_matches(name, strangers, n=1, cutoff=0.6) or (
            list(strangers) if len(strangers) == 1 else []
        )
        if not close:
            self.impossible = True
            return
        self.breaks = True
        for entry in self.contract.properties:
            node = fact(entry, "measure")
            if node is not None and node.value == name:
                self.contract.replace(node, close[0])
        self.taken = close[0]
        yield f"measure {name!r} is taken to be {close[0]!r} now: see that it holds the same"

    def _more_measures(self, finding: Reason) -> Iterator[str]:
        if finding.column != getattr(self, "taken", ""):
            self.ignored.append(finding.column)
            yield f"measure {finding.column!r} is new; nothing is read from it yet"

    def _encoding(self, finding: Reason) -> Iterator[str]:
        national = next(
            (column for column in self.feed.national if column.name == finding.column), None
        )
        encodings = [
            self.profile.column(source).fact("encoding")
            for source in (national.sources if national else ())
            if self.feed.columns.get(source) == "binary"
        ]
        values = {one.value for one in encodings if one} & {"utf-8", "tis-620"}
        if finding.consequence != Consequence.REJECT or len(values) != 1:
            return
        self.breaks = True
        self.contract.set_fact("encoding", values.pop())
        yield f"texts of {finding.column} are in another encoding now"


def _each_once(markers: Sequence[str | float]) -> list[str | float]:
    """Return the markers in order; one NaN is like another."""
    return list({repr(marker): marker for marker in markers}.values())


def _format_of(column: ColumnProfile) -> str:
    """Return the format of the vocabulary that reads a column alone, '' where the contract must
    say."""
    if column.type.startswith("timestamp"):
        return "instant" if "tz=" in column.type else "local_timestamp"
    if column.type.startswith("date"):
        return "date"
    fact = column.fact("time_format")
    return fact.value if fact and fact.value in TIME_FORMATS else ""
