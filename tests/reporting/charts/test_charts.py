"""Charts say in words and in marks what they were given, as SVG and as PNG."""

from __future__ import annotations

import math
from datetime import date, datetime
from io import BytesIO
from xml.etree import ElementTree

import pytest
from federation.common.bilingual import BilingualText
from federation.common.engine import connect
from federation.datasets.suites import dataset_names, load_suite
from federation.reference.province_outlines import province_outlines
from federation.reporting.charts.coverage import STATES, Cell, Row, coverage_calendar
from federation.reporting.charts.flow import Accounting, accounting_flow
from federation.reporting.charts.frame import WIDTH, legend, short, ticks, width_of
from federation.reporting.charts.freshness import Freshness, freshness
from federation.reporting.charts.headline import headline
from federation.reporting.charts.marks import Area, Box, Chart, Dot, Line, Words
from federation.reporting.charts.palette import BLUE, GREEN
from federation.reporting.charts.png import png
from federation.reporting.charts.series import Point, Series, over_time
from federation.reporting.charts.station_map import Station, city_map, national_map
from federation.reporting.charts.svg import svg
from federation.reporting.charts.trend import quality_trend
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.hubrun import Site

CITY = BilingualText(en="Here & <there>", th="ที่นี่ & <น้ำ>")
KIND = BilingualText(en="air", th="อากาศ")
CASES = Series(
    BilingualText(en="cases", th="ผู้ป่วย"),
    BilingualText(en="persons", th="คน"),
    bars=True,
    limit=3,
    limit_name=BilingualText(en="limit", th="เกณฑ์"),
    usual_name=BilingualText(en="usual", th="ปกติ"),
)


def all_charts() -> dict[str, Chart]:
    stations = [Station(f"<สถานี {place}>", KIND, 13.6 + place / 10, 100.5) for place in range(3)]
    of_city = city_map(CITY, "10", stations, unplaced=2)
    assert of_city
    return {
        "trend": quality_trend(
            CITY,
            [(datetime(2026, 1, day), score) for day, score in ((1, 90.0), (2, None), (3, 95.5))],
        ),
        "freshness": freshness(
            CITY, [Freshness(KIND, 3, 45), Freshness(KIND, 400, 45), Freshness(KIND, None, None)]
        ),
        "flow": accounting_flow(CITY, Accounting(997, 1, 2, 0)),
        "coverage": coverage_calendar(
            CITY,
            [BilingualText(str(2020 + year), str(2563 + year)) for year in range(6)],
            [Row("2026", (*(Cell(state) for state in STATES), None))],
        ),
        "series": over_time(
            CITY, CASES, [Point(date(2026, month, 1), float(month), 2.0) for month in range(1, 6)]
        ),
        "city map": of_city,
        "national map": national_map(CITY, {"10": CITY}, stations, unplaced=91),
    }


def words(chart: Chart) -> list[str]:
    return [mark.text for mark in chart.marks if isinstance(mark, Words)]


@pytest.mark.parametrize("name", all_charts())
def test_an_svg_is_well_formed_and_tells_its_meaning_in_both_languages(name: str) -> None:
    chart = all_charts()[name]
    root = ElementTree.fromstring(svg(chart))
    assert root.attrib["role"] == "img"
    title, meaning = (
        root.findtext(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc")
    )
    assert title == f"{chart.title.th} / {chart.title.en}"
    assert meaning == f"{chart.alt_th} / {chart.alt_en}"
    assert CITY.th in chart.alt_th
    assert CITY.en in chart.alt_en
    drawn = [entry.attrib.get("d", "M").count("M") for entry in root]  # a path may hold several
    assert sum(drawn) == len(chart.marks) + 2


@pytest.mark.parametrize("name", all_charts())
def test_nothing_is_drawn_beside_the_picture(name: str) -> None:
    chart = all_charts()[name]
    for mark in chart.marks:
        points = mark.points if isinstance(mark, Line | Area) else [(mark.x, mark.y)]
        assert all(0 <= x <= chart.width and 0 <= y <= chart.height for x, y in points), mark
        if isinstance(mark, Words) and mark.anchor == "start":
            assert mark.x + 0.8 * width_of(mark.text, mark.size) <= chart.width, mark


@pytest.mark.parametrize("name", all_charts())
def test_a_png_is_twice_as_large_small_in_bytes_and_the_same_each_time(name: str) -> None:
    chart = all_charts()[name]
    found = png(chart)
    picture = Image.open(BytesIO(found))
    assert picture.size == (math.floor(2 * chart.width), math.floor(2 * chart.height))
    assert len(picture.convert("RGB").getcolors(1000)) > 4
    # What mails carry is small; no mail carries the nation's map with its outlines.
    assert len(found) < (60_000 if name == "national map" else 40_000)
    assert png(all_charts()[name]) == found


def test_thai_is_shaped_in_a_png() -> None:
    def ink(text: str) -> int:
        chart = Chart(300, 60, CITY, CITY, (Box(0, 0, 300, 60, "#ffffff"), Words(10, 40, text, 30)))
        return sum(
            count
            for count, colour in Image.open(BytesIO(png(chart))).convert("L").getcolors()
            if colour < 128
        )

    # The tone mark of น้ำ stands above the vowel's ring; a shaper that knows no Thai draws both in
    # one place.
    assert ink("น้ำ") > ink("นำ") > ink("น") > 0


def test_the_flow_is_as_wide_as_its_numbers_and_shows_even_one_record() -> None:
    chart = accounting_flow(CITY, Accounting(999_999, 1, 0, 0))
    boxes = [mark for mark in chart.marks if isinstance(mark, Box) and mark.width == 10]
    assert boxes[0].fill == GREEN
    assert len(boxes) == 2
    assert boxes[1].height >= 2
    assert "1 (<0.1%)" in words(chart)
    assert "999,999 (>99.9%)" in words(chart)


@given(st.builds(Accounting, *(st.integers(0, 10**9) for _ in range(4))))
def test_the_flow_tells_every_number(counts: Accounting) -> None:
    chart = accounting_flow(CITY, counts)
    assert f"{counts.received:,}" in chart.alt_en
    told = " ".join(words(chart))
    assert all(
        f"{number:,}" in told
        for number in (counts.in_core, counts.quarantined, counts.duplicate, counts.superseded)
    )


def test_what_is_late_has_another_shape_than_what_is_in_time() -> None:
    chart = freshness(CITY, [Freshness(KIND, 3, 45), Freshness(KIND, 46, 45)])
    legend = 1
    full = [mark for mark in chart.marks if isinstance(mark, Dot) and mark.fill == BLUE]
    assert len(full) == 1 + legend
    assert len([mark for mark in chart.marks if isinstance(mark, Area)]) == 1 + legend
    assert "1 of 2 feeds older" in chart.alt_en


def test_what_promises_no_day_is_not_drawn_as_in_time() -> None:
    chart = freshness(CITY, [Freshness(KIND, 2522, None)])
    in_legend = 1
    dots = [mark.fill for mark in chart.marks if isinstance(mark, Dot)]
    assert dots.count(BLUE) == in_legend


def test_a_value_that_was_not_measured_leaves_a_gap() -> None:
    line = Series(CASES.title, CASES.unit)
    chart = over_time(
        CITY, line, [Point(date(2026, 1, day), None if day == 5 else 1.0) for day in range(1, 11)]
    )
    assert (
        len([mark for mark in chart.marks if isinstance(mark, Line) and mark.colour == BLUE]) == 2
    )
    assert over_time(CITY, line, []).alt_en.endswith("no data yet.")


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
def test_ticks_cover_what_they_are_asked_for(low: float, span: float) -> None:
    found = ticks(low, low + span)
    assert found[0] <= low + 1e-6 * abs(low)
    assert found[-1] >= (low + span) - 1e-6 * abs(low + span)
    assert 2 <= len(found) <= 12


def test_a_long_legend_stays_in_its_picture() -> None:
    names = [
        BilingualText(
            "24-hour standard of the board in force", "ค่ามาตรฐานเฉลี่ย 24 ชั่วโมงของคณะกรรมการ"
        ),
        BilingualText("micrograms per cubic metre", "มคก./ลบ.ม."),
    ]
    drawn = [
        mark
        for mark in legend([(BLUE, name) for name in names], 100, WIDTH)
        if isinstance(mark, Words)
    ]
    assert len({mark.y for mark in drawn}) == 2
    for mark in drawn:
        assert mark.x + width_of(mark.text, mark.size) <= WIDTH


def test_a_period_that_came_in_part_tells_its_share() -> None:
    years = [BilingualText("2025", "2568"), BilingualText("2026", "2569")]
    chart = coverage_calendar(CITY, years, [Row("x", (Cell("covered"), Cell("partly", "5/12")))])
    assert {"5/12", "2569", "2026"} <= set(words(chart))
    assert "1 there in part" in chart.alt_en
    assert "overdue" not in chart.alt_en


def test_a_map_shows_the_province_and_says_what_it_does_not_show() -> None:
    stations = [Station(str(place), KIND, 13.6 + place / 10, 100.5) for place in range(3)]
    assert city_map(CITY, "10", stations[:2]) is None
    chart = national_map(CITY, {"10": CITY}, stations, unplaced=91)
    assert "91 more without coordinates" in chart.alt_en
    outlines = [mark for mark in chart.marks if isinstance(mark, Area)]
    assert len(outlines) > 77
    assert {mark.fill for mark in outlines[-len(province_outlines()["10"]) :]} != {outlines[0].fill}


def test_too_few_values_are_told_not_drawn() -> None:
    line = Series(CASES.title, CASES.unit)
    days = [Point(date(2026, 1, day), 1.0 if day < 5 else None) for day in range(1, 31)]
    chart = over_time(CITY, line, days)
    assert "too few values to draw: 4 of 30" in words(chart)
    assert not [mark for mark in chart.marks if isinstance(mark, Line | Dot)]
    assert "one value only: 107" in words(over_time(CITY, CASES, [Point(date(2017, 1, 1), 107.0)]))


def test_numbers_on_an_axis_are_short() -> None:
    assert [short(number) for number in (0, 37.5, 1500, 20_000, 3_500_000)] == [
        "0",
        "37.5",
        "1,500",
        "20k",
        "3.5M",
    ]


@pytest.mark.parametrize("dataset", dataset_names())
def test_every_dataset_has_its_picture(release: Site, dataset: str) -> None:
    assert load_suite(dataset).chart
    with connect(release.home.current, read_only=True) as con:
        cities = con.execute("SELECT city_code FROM marts.city_profile ORDER BY 1").fetchall()
        charts = [headline(con, CITY, code, dataset) for (code,) in cities]
    assert len(charts) == 6
    assert sum(chart is not None for chart in charts) >= 3  # meters have their gaps
