"""What sample files hold: their layout, and each field in it that may be a national column."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from federation.conform.profile.calendars import ENGLISH_MONTHS, THAI_MONTH_NAMES
from federation.contracts.vocabulary import THAI_MONTHS
from federation.onboarding.header_words import Header, header, unit_of
from federation.onboarding.sample_columns import Leaf, Samples

_NUMBERS = ("int", "uint", "double", "float", "decimal")
_MEASURES = 50  # names of measures that a long table may have


@dataclass(frozen=True)
class SampleLayout:
    """A layout as a contract declares it, with the columns that it takes for itself."""

    declared: dict[str, str]
    own: tuple[str, ...] = ()
    months: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.declared["kind"]

    @property
    def splits(self) -> tuple[tuple[str, str], ...]:
        """Which columns are split by the names of measures: (parameter, column to split)."""
        if self.kind not in ("long", "measures"):
            return ()
        prefix = f"{self.declared['list']}." if "list" in self.declared else ""
        parameter, value, unit = (
            prefix + self.declared[role] for role in ("parameter", "value", "unit")
        )
        return (parameter, value), (parameter, unit)


@dataclass(frozen=True)
class DeliveredField:
    """A column, a member of a nested column or a measure: what a national column may be read
    from."""

    label: str  # as the city calls it
    column: str  # the delivered column
    leaf: Leaf
    header: Header
    transform: str = ""  # SQL that reaches it inside a nested column
    measure: str = ""
    unit: str = ""  # as headers, unit columns or codes state it
    attribute: bool = False  # it is a struct of value and unit, which the layout opens
    inside: bool = False  # it is beside value and unit in such a struct

    @property
    def is_figures(self) -> bool:
        return self.leaf.is_figures or (self.leaf.is_number and not self.leaf.given)

    @property
    def is_empty(self) -> bool:
        if not self.leaf.given:
            return True
        return self.leaf.is_text and self.leaf.says("content") == "ambiguous"

    @property
    def has_thai_digits(self) -> bool:
        """Whether most figures are written in Thai digits."""
        return self.leaf.says("digits") == "thai"


def members(kind: str) -> dict[str, str]:
    """Return the members of a struct's type; {} for any other."""
    struct = kind.removeprefix("list<")
    if not struct.startswith("struct<"):
        return {}
    return dict(re.findall(r"(\w+): ([\w\[\], ]+?)(?=[,>])", struct))


# -- layouts ---------------------------------------------------------------------------------------


def layout_of(samples: Samples) -> SampleLayout:
    """Return the layout that the columns' names and types suggest."""
    for name, kind in samples.columns.items():
        roles = _roles_in_list(kind) if kind.startswith("list<struct<") else {}
        if roles:
            return SampleLayout({"kind": "measures", "list": name, **roles}, (name,))
    for kind in samples.columns.values():
        if roles := _roles_in_struct(kind):
            return SampleLayout({"kind": "attributes", **roles})
    if months := _months(samples):
        return SampleLayout({"kind": "months"}, months, months)
    return _long(samples) or SampleLayout({"kind": "rows"})


def _roles_in_list(kind: str) -> dict[str, str]:
    """Return role -> member of a list of measures, {} for another list."""
    types = members(kind)
    scales = [name for name in types if "mult" in name.lower()]
    values = [name for name in _numbers_in(types) if name not in scales]
    texts = [name for name, kind in types.items() if kind == "string"]
    units = [name for name in texts if "unit" in name.lower()]
    parameters = [name for name in texts if name not in units]
    if not (values and units and parameters):
        return {}
    roles = {"parameter": parameters[0], "value": values[0], "unit": units[0]}
    if scales:
        roles["multiplier"] = scales[0]
    return roles


def _roles_in_struct(kind: str) -> dict[str, str]:
    """Return role -> member of a struct of value and unit, {} for another type."""
    types = members(kind) if kind.startswith("struct<") else {}
    values = _numbers_in(types)
    units = [name for name, kind in types.items() if kind == "string" and "unit" in name.lower()]
    return {"value": values[0], "unit": units[0]} if values and units else {}


def _numbers_in(types: Mapping[str, str]) -> list[str]:
    return [name for name, kind in types.items() if kind.startswith(_NUMBERS)]


def month_of(name: str) -> int:
    """Return which month a column's name is, 1 to 12; 0 for any other name."""
    plain = name.strip().lower().rstrip(".")
    for names in (THAI_MONTHS, THAI_MONTH_NAMES):
        months = [month.rstrip(".") for month in names]
        if plain in months:
            return months.index(plain) + 1
    short = plain[:3]
    if short in ENGLISH_MONTHS and len(plain) <= 9:
        return ENGLISH_MONTHS.index(short) + 1
    return 0


def _months(samples: Samples) -> tuple[str, ...]:
    """Return the twelve columns that are named like months; () unless there are just these."""
    columns = [name for name in samples.columns if month_of(name)]
    complete = {month_of(name) for name in columns} == set(range(1, 13))
    return tuple(columns) if complete and len(columns) == 12 else ()


def _long(samples: Samples) -> SampleLayout | None:
    texts = [name for name, kind in samples.columns.items() if kind in ("string", "binary")]
    parameters = [
        name
        for name in _named_only(texts, "parameter")
        if len(samples.leaves[name].words) <= _MEASURES
    ]
    values = _named_only(_numbers_in(samples.columns), "value")
    units = _named_only(texts, "unit")
    if not (parameters and values and units):
        return None
    own = (parameters[0], values[0], units[0])
    roles = dict(zip(("parameter", "value", "unit"), own, strict=True))
    return SampleLayout({"kind": "long", **roles}, own)


def _named_only(columns: Iterable[str], concept: str) -> list[str]:
    """Return the columns whose name means this concept and no other."""
    return [name for name in columns if header(name).concepts == {concept}]


# -- fields ----------------------------------------------------------------------------------------


def fields_of(samples: Samples, layout: SampleLayout) -> list[DeliveredField]:
    """Return everything that a national column may be read from.

    `samples` were read with the layout's splits.
    """
    fields = [*_measures(samples, layout)]
    for name, kind in samples.columns.items():
        if name not in layout.own:
            fields += _of_column(samples, layout, name, kind)
    return fields


def _measures(samples: Samples, layout: SampleLayout) -> Iterator[DeliveredField]:
    if not layout.splits:
        return
    (parameter, value), (_, unit) = layout.splits
    for measure in samples.leaves[parameter].words:
        leaf = samples.leaves.get(f"{value}[{measure}]")
        if leaf is None:
            continue
        stated = _only_word(samples.leaves.get(f"{unit}[{measure}]"))
        yield DeliveredField(
            measure, layout.own[0], leaf, header(measure), measure=measure, unit=stated
        )


def _only_word(leaf: Leaf | None) -> str:
    """Return the one text of a column; '' when there are several or none."""
    words = [*leaf.words] if leaf else []
    return words[0] if len(words) == 1 else ""


def _of_column(
    samples: Samples, layout: SampleLayout, name: str, kind: str
) -> Iterator[DeliveredField]:
    if not kind.startswith(("struct<", "list<")):
        column_header = header(name)
        yield DeliveredField(
            name, name, samples.leaves[name], column_header, unit=column_header.unit
        )
    elif layout.kind == "attributes" and _roles_in_struct(kind):
        yield from _of_attribute(samples, layout, name, kind)
    elif kind in ("list<string>", "list<binary>"):
        yield DeliveredField(name, name, samples.leaves[name], header(name), f'"{name}"[1]')
    else:
        yield from _points_in(samples, name)
        yield from _members_of(samples, name, kind)


def _of_attribute(
    samples: Samples, layout: SampleLayout, name: str, kind: str
) -> Iterator[DeliveredField]:
    """Yield a struct of value and unit as one field, and each of its other members."""
    value, unit = layout.declared["value"], layout.declared["unit"]
    stated = _only_word(samples.leaves.get(f"{name}.{unit}"))
    leaf = samples.leaves[f"{name}.{value}"]
    yield DeliveredField(name, name, leaf, header(name), unit=stated, attribute=True)
    for member in members(kind):
        label = f"{name}.{member}"
        if member in (value, unit) or label not in samples.leaves:
            continue
        path = f'"{name}"."{member}"'
        yield DeliveredField(label, name, samples.leaves[label], header(member), path, inside=True)


def _points_in(samples: Samples, name: str) -> Iterator[DeliveredField]:
    """Yield the first and the second numbers of the lists inside a struct: coordinates."""
    for position in (1, 2):
        suffix = f"[{position}]"
        for label, leaf in samples.leaves.items():
            if label.startswith(f"{name}.") and label.endswith(suffix):
                member = label.removeprefix(f"{name}.").removesuffix(suffix)
                path = f'"{name}"."{member}"{suffix}'
                yield DeliveredField(
                    label, name, leaf, header(leaf.says("coordinate") or "?"), path
                )


def _members_of(samples: Samples, name: str, kind: str) -> Iterator[DeliveredField]:
    for member, member_kind in members(kind).items():
        label = f"{name}.{member}"
        if label not in samples.leaves or member_kind.startswith("list"):
            continue
        words = name if member == "value" else f"{name}_{member}"
        yield DeliveredField(
            label, name, samples.leaves[label], header(words), f'"{name}"."{member}"'
        )


def stated_unit(field: DeliveredField) -> str:
    """Return the contract's name of the unit that the city states; '' for none or an unknown."""
    return unit_of(field.unit) if field.unit else ""
