"""What stewards said that unknown names of areas mean, as a proposed change of `area_spellings`."""

import os
import re
from dataclasses import dataclass, field
from difflib import unified_diff

import yaml

from federation.common.hashing import short_hash
from federation.common.paths import CONTRACTS, Home
from federation.contracts.model import City, Feed
from federation.reference.areas import all_areas, normalise_thai

_CODE_BEHIND = re.compile(r"\s*\(\d+\)\s*$")  # of a guess: ยางเนิ้ง (501901)


def is_code(text: str) -> bool:
    """Whether a text is a code: it has no spelling."""
    return text.strip().isdigit()


@dataclass
class Spellings:
    """Spellings of each city that people told."""

    told: dict[str, dict[str, str]] = field(default_factory=dict)
    cities: dict[str, City] = field(default_factory=dict)

    def note(self, feed: Feed, written: str, meant: str) -> bool:
        """Note what a text of a feed means; return whether it is an area of the city's province."""
        name = _CODE_BEHIND.sub("", meant).strip()
        known = {
            normalise_thai(spelling): area.name_th
            for area in all_areas()
            if area.province_code == feed.city.code and area.is_used
            for spelling in (area.name_th, area.area_code, area.name_en or area.name_th)
        }
        register = known.get(normalise_thai(name))
        if register is None:
            return False
        # Of several parts («district / subdistrict») the last is the one that is not known.
        text = written.split("; ")[0].split(" / ")[-1]
        self.cities[feed.city.key] = feed.city
        self.told.setdefault(feed.city.key, {})[text] = register
        return True

    def write(self, home: Home) -> list[str]:
        """Write a patch for each city below proposals/; return their names."""
        return [self._write(home, key) for key in self.told]

    def _write(self, home: Home, key: str) -> str:
        patch = self.patch(key)
        place = home.proposals / key / f"area_spellings-{short_hash(patch)[:8]}.patch"
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_suffix(f".{os.getpid()}.part")
        part.write_text(patch, "utf-8")
        part.replace(place)
        return home.name_of(place)

    def patch(self, key: str) -> str:
        """Return the change of a city's file as a unified diff that `git apply` takes."""
        city = self.cities[key]
        before = city.file.read_text("utf-8")
        folder = CONTRACTS.relative_to(CONTRACTS.parents[1])
        name = (folder / key / city.file.name).as_posix()
        after = _with_spellings(before, self.told[key])
        lines = unified_diff(
            before.splitlines(True), after.splitlines(True), f"a/{name}", f"b/{name}"
        )
        return f"Proposed by the city's steward.\n\ndiff --git a/{name} b/{name}\n{''.join(lines)}"


def _with_spellings(text: str, told: dict[str, str]) -> str:
    """Return a city's file with more lines under `area_spellings`; all else stays as written."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    known = yaml.safe_load(text).get("area_spellings") or {}
    lines = "".join(
        f"  {_scalar(written)}: {_scalar(meant)}\n"
        for written, meant in told.items()
        if known.get(written) != meant
    )
    for key, value in root.value:  # type: ignore[union-attr]
        if key.value == "area_spellings" and value.value:
            end = value.value[-1][1].end_mark.index
            place = text.index("\n", end) + 1
            return text[:place] + lines + text[place:]
    return f"{text.rstrip()}\narea_spellings:\n{lines}"


def _scalar(text: str) -> str:
    return yaml.safe_dump(text, allow_unicode=True, width=1000).removesuffix("...\n").strip()
