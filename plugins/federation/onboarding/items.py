"""What a file offers to be read: its layout, and each thing in it that may be a national column."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from federation.conform.profile.calendars import ENGLISH_MONTHS, THAI_MONTH_NAMES
from federation.contracts.vocabulary import THAI_MONTHS
from federation.onboarding.lexicon import Header, header, unit_of
from federation.onboarding.seen import Leaf, Seen

_NUMBERS = ("int", "uint", "double", "float", "decimal")


@dataclass(frozen=True)
class LayoutFound:
    """A layout as a contract declares it, with the columns that it takes for itself."""

    declared: dict[str, str]
    own: tuple[str, ...] = ()
    months: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.declared["kind"]

    @property
    def splits(self) -> tuple[tuple[str, str], ...]:
        """Which columns are told apart by the names of measures."""
        told, prefix = self.declared, f"{self.declared['list']}." if "list" in self.declared else ""
        if self.kind not in ("long", "measures"):
            return ()
        return tuple(
            (prefix + told["parameter"], prefix + told[other]) for other in ("value", "unit")
        )


@dataclass(frozen=True)
class Item:
    """One thing that a national column may be read from."""

    label: str  # as the city calls it
    column: str  # the delivered column
    leaf: Leaf
    header: Header
    transform: str = ""  # how it is reached inside a nested column
    measure: str = ""
    unit: str = ""  # as headers, unit columns or codes state it
    attribute: bool = False  # value and unit stand in a struct that the layout opens
    inside: bool = False  # beside value and unit in such a struct

    @property
    def is_figures(self) -> bool:
        return self.leaf.is_figures or (self.leaf.is_number and not self.leaf.given)

    @property
    def is_empty(self) -> bool:
        return not self.leaf.given or (
            self.leaf.is_text and self.leaf.says("content") == "ambiguous"
        )


def members(kind: str) -> dict[str, str]:
    """Return the members of a struct's type; {} for any other."""
    inner = kind.removeprefix("list<")
    return (
        dict(re.findall(r"(\w+): ([\w\[\], ]+?)(?=[,>])", inner))
        if inner.startswith("struct<")
        else {}
    )


def layout_found(seen: Seen) -> LayoutFound:
    """Return the layout that the columns' names and types speak for."""
    for name, kind in seen.columns.items():
        if kind.startswith("list<struct<") and (told := _measures(kind)):
            return LayoutFound({"kind": "measures", "list": name, **told}, (name,))
    attributes = [told for kind in seen.columns.values() if (told := _attribute(kind))]
    if attributes:
        return LayoutFound({"kind": "attributes", **attributes[0]})
    if months := _months(seen):
        return LayoutFound({"kind": "months"}, months, months)
    return _long(seen) or LayoutFound({"kind": "rows"})


def _measures(kind: str) -> dict[str, str]:
    inside = members(kind)
    values = [
        name
        for name, of in inside.items()
        if of.startswith(_NUMBERS) and "mult" not in name.lower()
    ]
    units = [name for name, of in inside.items() if of == "string" and "unit" in name.lower()]
    names = [name for name, of in inside.items() if of == "string" and name not in units]
    scales = [name for name in inside if "mult" in name.lower()]
    if not (values and units and names):
        return {}
    return {"parameter": names[0], "value": values[0], "unit": units[0]} | (
        {"multiplier": scales[0]} if scales else {}
    )


def _attribute(kind: str) -> dict[str, str]:
    inside = members(kind) if kind.startswith("struct<") else {}
    values = [name for name, of in inside.items() if of.startswith(_NUMBERS)]
    units = [name for name, of in inside.items() if of == "string" and "unit" in name.lower()]
    return {"value": values[0], "unit": units[0]} if values and units else {}


def month_of(name: str) -> int:
    """Return which month a column's name is, 1 to 12; 0 for any other name."""
    plain = name.strip().lower().rstrip(".")
    for names in (THAI_MONTHS, THAI_MONTH_NAMES):
        plains = [month.rstrip(".") for month in names]
        if plain in plains:
            return plains.index(plain) + 1
    return (
        ENGLISH_MONTHS.index(plain[:3]) + 1
        if plain[:3] in ENGLISH_MONTHS and len(plain) <= 9
        else 0
    )


def _months(seen: Seen) -> tuple[str, ...]:
    found = [name for name in seen.columns if month_of(name)]
    return (
        tuple(found)
        if {month_of(name) for name in found} == set(range(1, 13)) and len(found) == 12
        else ()
    )


def _long(seen: Seen) -> LayoutFound | None:
    said = {name: header(name).concepts for name in seen.columns}
    texts = [name for name, kind in seen.columns.items() if kind in ("string", "binary")]
    parameters = [
        name for name in texts if said[name] == {"parameter"} and len(seen.leaves[name].words) <= 50
    ]
    values = [
        name
        for name, kind in seen.columns.items()
        if said[name] == {"value"} and kind.startswith(_NUMBERS)
    ]
    units = [name for name in texts if said[name] == {"unit"}]
    if not (parameters and values and units):
        return None
    return LayoutFound(
        {"kind": "long", "parameter": parameters[0], "value": values[0], "unit": units[0]},
        (parameters[0], values[0], units[0]),
    )


def items_of(seen: Seen, layout: LayoutFound) -> list[Item]:
    """Return everything that a national column may be read from.

    `seen` was told apart by the layout's splits.
    """
    found = [*_measured(seen, layout)]
    for name, kind in seen.columns.items():
        if name not in layout.own:
            found += _of_column(seen, layout, name, kind)
    return found


def _measured(seen: Seen, layout: LayoutFound) -> Iterator[Item]:
    if not layout.splits:
        return
    (parameter, value), (_, unit) = layout.splits
    for word in seen.leaves[parameter].words:
        leaf = seen.leaves.get(f"{value}[{word}]")
        if leaf is not None:
            said = [*seen.leaves.get(f"{unit}[{word}]", Leaf("", "")).words]
            yield Item(
                word,
                layout.own[0],
                leaf,
                header(word),
                measure=word,
                unit=said[0] if len(said) == 1 else "",
            )


def _of_column(seen: Seen, layout: LayoutFound, name: str, kind: str) -> Iterator[Item]:
    said, quoted = header(name), f'"{name}"'
    if not kind.startswith(("struct<", "list<")):
        yield Item(name, name, seen.leaves[name], said, unit=said.unit)
    elif layout.kind == "attributes" and _attribute(kind):
        value, unit = layout.declared["value"], layout.declared["unit"]
        codes = [*seen.leaves[f"{name}.{unit}"].words] if f"{name}.{unit}" in seen.leaves else []
        yield Item(
            name,
            name,
            seen.leaves[f"{name}.{value}"],
            said,
            unit=codes[0] if len(codes) == 1 else "",
            attribute=True,
        )
        for member in members(kind):
            if member not in (value, unit) and (leaf := seen.leaves.get(f"{name}.{member}")):
                yield Item(
                    f"{name}.{member}",
                    name,
                    leaf,
                    header(member),
                    f'{quoted}."{member}"',
                    inside=True,
                )
    elif kind in ("list<string>", "list<binary>"):
        yield Item(name, name, seen.leaves[name], said, f"{quoted}[1]")
    else:
        yield from _inside(seen, name, kind)


def _inside(seen: Seen, name: str, kind: str) -> Iterator[Item]:
    for place in (1, 2):
        for leaf_name, leaf in seen.leaves.items():
            if leaf_name.startswith(f"{name}.") and leaf_name.endswith(f"[{place}]"):
                member = leaf_name.removeprefix(f"{name}.").removesuffix(f"[{place}]")
                where = leaf.says("coordinate")
                yield Item(
                    leaf_name, name, leaf, header(where or "?"), f'"{name}"."{member}"[{place}]'
                )
    for member, of in members(kind).items():
        leaf_found = seen.leaves.get(f"{name}.{member}")
        if leaf_found is not None and not of.startswith("list"):
            own = header(name) if member == "value" else header(f"{name}_{member}")
            yield Item(f"{name}.{member}", name, leaf_found, own, f'"{name}"."{member}"')


def stated_unit(item: Item) -> str:
    """Return the contract's name of the unit that the city states for an item, '' where it
    states none that we know."""
    return unit_of(item.unit) if item.unit else ""
