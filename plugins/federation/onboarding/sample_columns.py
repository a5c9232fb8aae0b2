"""What the sample files of one folder hold: columns with types, and facts per flat column."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from federation.conform.profile import FileProfile
from federation.conform.profile.records import ColumnProfile
from federation.conform.profile.texts import ARABIC, number_of
from federation.conform.sandbox.sandbox import Sandbox

FILES = 8  # files of a folder that are read, the first and the last among them
WORDS = 1_000  # different texts of a column that are read


@dataclass
class Leaf:
    """One flat column over all files that were read."""

    name: str
    type: str
    rows: int = 0
    given: int = 0
    words: Counter[str] = field(default_factory=Counter)
    # per file: least, middle and greatest number
    spans: list[tuple[float, ...]] = field(default_factory=list)
    # kind of fact -> value -> number of rows
    facts: dict[str, Counter[str]] = field(default_factory=dict)

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
    def is_figures(self) -> bool:
        """Whether the values are numbers, as such or as texts."""
        numeric = self.is_number or self.says("content") in ("number", "count")
        return numeric and not self.is_time

    @property
    def span(self) -> tuple[float, float, float]:
        """Least, middle of those above 0, and greatest number; zeros where there is none."""
        spans = self.spans or _span_of_texts(self.words)
        if not spans:
            return 0.0, 0.0, 0.0
        least, middle, greatest = zip(*spans, strict=True)
        return min(least), median(middle), max(greatest)

    def says(self, kind: str) -> str:
        """Return the value of a kind of fact in most rows, or ''."""
        values: Counter[str] = self.facts.get(kind, Counter())
        return max(values, key=lambda value: values[value], default="")

    def share(self, kind: str, value: str) -> float:
        """Return the share of the given values that have this fact."""
        if not self.given:
            return 0.0
        return self.facts.get(kind, Counter[str]())[value] / self.given

    def add(self, column: ColumnProfile) -> None:
        """Add the profile of this column in one more file."""
        self.rows += column.rows
        self.given += column.given
        self.words.update(dict(column.words))
        if column.span:
            self.spans.append(column.span)
        for fact in column.facts:
            values = self.facts.setdefault(fact.kind, Counter())
            values[fact.value] += round(fact.confidence * column.given)


def _span_of_texts(words: Iterable[str]) -> list[tuple[float, ...]]:
    """Return one span of the texts that are numbers; [] where no text is."""
    figures = [word.translate(ARABIC).replace(",", "") for word in words]
    values = [float(figure) for figure in figures if number_of(figure) == "plain"]
    if not values:
        return []
    above = [value for value in values if value > 0]
    return [(min(values), median(above) if above else 0.0, max(values))]


@dataclass(frozen=True)
class Samples:
    """One folder of sample files."""

    folder: Path
    files: tuple[Path, ...]
    # column -> its types, the most frequent first: several where files disagree
    types: Mapping[str, tuple[str, ...]]
    # column -> files without it
    missing: Mapping[str, tuple[str, ...]]
    leaves: Mapping[str, Leaf]
    # (file, why it could not be read)
    refused: tuple[tuple[str, str], ...]

    @property
    def columns(self) -> dict[str, str]:
        """Column -> the type that most files have."""
        return {name: kinds[0] for name, kinds in self.types.items()}


def spread(files: list[Path], most: int = FILES) -> list[Path]:
    """Return up to `most` files, evenly spread, the first and the last among them."""
    if len(files) <= most:
        return files
    last = len(files) - 1
    return [files[round(step * last / (most - 1))] for step in range(most)]


def read_samples(
    folder: Path, sandbox: Sandbox, splits: tuple[tuple[str, str], ...] = ()
) -> Samples:
    """Return what a folder's Parquet files hold; every byte is read in the sandbox."""
    files = sorted(folder.rglob("*.parquet"))
    profiles = {file: sandbox.profile(file, words=WORDS, splits=splits) for file in spread(files)}
    readable = {file: profile for file, profile in profiles.items() if not profile.refusal}
    refused = [(file.name, profile.refusal) for file, profile in profiles.items()]
    return Samples(
        folder,
        tuple(files),
        _types(readable.values()),
        _missing(readable),
        _leaves(readable.values()),
        tuple((name, why) for name, why in refused if why),
    )


def _types(profiles: Iterable[FileProfile]) -> dict[str, tuple[str, ...]]:
    counts: dict[str, Counter[str]] = {}
    for profile in profiles:
        for name, kind in profile.schema:
            counts.setdefault(name, Counter())[kind] += 1
    return {name: tuple(kind for kind, _ in kinds.most_common()) for name, kinds in counts.items()}


def _missing(profiles: Mapping[Path, FileProfile]) -> dict[str, tuple[str, ...]]:
    columns = {file: dict(profile.schema) for file, profile in profiles.items()}
    names = {name: None for schema in columns.values() for name in schema}
    missing: dict[str, tuple[str, ...]] = {}
    for name in names:
        files = tuple(file.name for file, schema in columns.items() if name not in schema)
        if files:
            missing[name] = files
    return missing


def _leaves(profiles: Iterable[FileProfile]) -> dict[str, Leaf]:
    leaves: dict[str, Leaf] = {}
    for profile in profiles:
        for column in profile.columns:
            leaf = leaves.setdefault(column.name, Leaf(column.name, column.type))
            leaf.add(column)
    return leaves
