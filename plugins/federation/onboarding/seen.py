"""What the sample files of one folder hold together: columns with types, and per flat column its
texts, span and facts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from federation.conform.profile import FileProfile
from federation.conform.profile.texts import ARABIC, number_of
from federation.conform.sandbox.sandbox import Sandbox

FILES = 8  # of a folder that are looked at, the first and the last among them
WORDS = 1_000  # different texts of a column that are looked at


@dataclass
class Leaf:
    """One flat column over all files; `span` is least, middle and greatest of its numbers."""

    name: str
    type: str
    rows: int = 0
    given: int = 0
    words: Counter[str] = field(default_factory=Counter)
    spans: list[tuple[float, ...]] = field(default_factory=list)
    facts: dict[str, Counter[str]] = field(
        default_factory=dict
    )  # kind -> value -> rows that say so

    @property
    def is_text(self) -> bool:
        return self.type in ("string", "binary", "large_string", "large_binary")

    @property
    def is_number(self) -> bool:
        return self.type.startswith(("int", "uint", "float", "double", "decimal"))

    @property
    def is_time(self) -> bool:
        return self.type.startswith(("timestamp", "date"))

    @property
    def span(self) -> tuple[float, float, float]:
        """Least, middle of those above 0, and greatest; zeros where no number is."""
        spans = self.spans or _span_of_figures(self.words)
        if not spans:
            return 0.0, 0.0, 0.0
        least, middle, most = zip(*spans, strict=True)
        return min(least), median(middle), max(most)

    def says(self, kind: str) -> str:
        """Return what most rows say of a kind of fact, or ''."""
        return max(self.facts.get(kind, {"": 0}).items(), key=lambda pair: pair[1])[0]

    def share(self, kind: str, value: str) -> float:
        """Return the share of the given values whose files say so."""
        return self.facts.get(kind, Counter[str]())[value] / self.given if self.given else 0.0

    @property
    def is_figures(self) -> bool:
        """Whether the values are numbers, as such or as texts."""
        return (self.is_number or self.says("content") in ("number", "count")) and not self.is_time


def _span_of_figures(words: Mapping[str, int]) -> list[tuple[float, ...]]:
    """Return the span of the texts that are numbers, in one entry; none where no text is."""
    plain = [word.translate(ARABIC).replace(",", "") for word in words]
    values = [float(word) for word in plain if number_of(word) == "plain"]
    above = [value for value in values if value > 0]
    return [(min(values), median(above) if above else 0.0, max(values))] if values else []


@dataclass(frozen=True)
class Seen:
    """One folder of samples; `types` has more than one entry for a column whose files disagree."""

    folder: Path
    files: tuple[Path, ...]
    types: Mapping[str, tuple[str, ...]]
    missing: Mapping[str, tuple[str, ...]]  # column -> files without it
    leaves: Mapping[str, Leaf]
    refused: tuple[tuple[str, str], ...]  # file, why it could not be looked at

    @property
    def columns(self) -> dict[str, str]:
        """Column -> the type that most files have."""
        return {name: kinds[0] for name, kinds in self.types.items()}


def spread(files: list[Path], most: int = FILES) -> list[Path]:
    """Return up to `most` files, the first and the last among them, evenly spread."""
    if len(files) <= most:
        return files
    return [files[round(place * (len(files) - 1) / (most - 1))] for place in range(most)]


def look_at(folder: Path, sandbox: Sandbox, splits: tuple[tuple[str, str], ...] = ()) -> Seen:
    """Return what a folder's Parquet files hold; every byte is read in the fence."""
    files = sorted(folder.rglob("*.parquet"))
    profiles = [(file, sandbox.profile(file, words=WORDS, splits=splits)) for file in spread(files)]
    good = [(file, profile) for file, profile in profiles if not profile.refusal]
    return Seen(
        folder,
        tuple(files),
        _types(profile for _, profile in good),
        _missing(good),
        _leaves(profile for _, profile in good),
        tuple((file.name, profile.refusal) for file, profile in profiles if profile.refusal),
    )


def _types(profiles: Iterable[FileProfile]) -> dict[str, tuple[str, ...]]:
    found: dict[str, Counter[str]] = {}
    for profile in profiles:
        for name, kind in profile.schema:
            found.setdefault(name, Counter())[kind] += 1
    return {name: tuple(kind for kind, _ in kinds.most_common()) for name, kinds in found.items()}


def _missing(good: list[tuple[Path, FileProfile]]) -> dict[str, tuple[str, ...]]:
    names = {name: None for _, profile in good for name, _ in profile.schema}
    found = {
        name: tuple(file.name for file, profile in good if name not in dict(profile.schema))
        for name in names
    }
    return {name: files for name, files in found.items() if files}


def _leaves(profiles: Iterable[FileProfile]) -> dict[str, Leaf]:
    leaves: dict[str, Leaf] = {}
    for profile in profiles:
        for column in profile.columns:
            leaf = leaves.setdefault(column.name, Leaf(column.name, column.type))
            leaf.rows += column.rows
            leaf.given += column.given
            leaf.words.update(dict(column.words))
            if column.span:
                leaf.spans.append(column.span)
            for fact in column.facts:
                leaf.facts.setdefault(fact.kind, Counter())[fact.value] += round(
                    fact.confidence * column.given
                )
    return leaves
