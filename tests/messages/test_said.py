"""Days, spans, counts, lengths and shares as people read them."""

from datetime import UTC, date, datetime

import pytest
from federation.messages import said


@pytest.mark.parametrize(
    ("partition", "en", "th"),
    [
        ("2026-01", "Jan 2026", "ม.ค. 2569"),
        ("2019", "2019", "ปี 2562"),
        ("2021..2025", "2021–2025", "ปี 2564–2568"),
        ("2018-10..2019-09", "Oct 2018–Sep 2019", "ต.ค. 2561–ก.ย. 2562"),
        ("2026-06..2026-10", "Jun–Oct 2026", "มิ.ย.–ต.ค. 2569"),
        ("2017-08-01..2017-08-08", "1–8 Aug 2017", "1–8 ส.ค. 2560"),
        ("2017-08-25..2017-09-08", "25 Aug–8 Sep 2017", "25 ส.ค.–8 ก.ย. 2560"),
        ("2017-12-25..2018-01-08", "25 Dec 2017–8 Jan 2018", "25 ธ.ค. 2560–8 ม.ค. 2561"),
        ("no period", "no period", "no period"),
    ],
)
def test_a_period_is_said_in_the_shortest_plain_way(partition: str, en: str, th: str) -> None:
    found = said.period(partition)
    assert (found.en, found.th) == (en, th)


def test_a_day_is_of_the_buddhist_era_in_thai_and_of_thai_time() -> None:
    late = datetime(2026, 11, 25, 22, 38, tzinfo=UTC)
    assert said.day(date(2026, 11, 26)).th == "26 พ.ย. 2569"
    assert said.day(late).en == "26 Nov 2026"
    assert said.minute(late).th == "26 พ.ย. 2569 เวลา 05.38 น."
    assert said.day_and_month(date(2026, 12, 3)).th == "3 ธ.ค."
    assert said.day(None).en == "–"


def test_one_thing_is_no_more_than_one() -> None:
    assert said.records(1).en == "1 record"
    assert said.records(1200).en == "1,200 records"
    assert said.periods(5).th == "5 งวด"


@pytest.mark.parametrize(
    ("days", "en", "th"),
    [
        (1, "1 day", "1 วัน"),
        (45, "45 days", "45 วัน"),
        (179, "5 months", "5 เดือน"),
        (365, "1 year", "1 ปี"),
        (3381, "9 years 3 months", "9 ปี 3 เดือน"),
    ],
)
def test_a_length_is_of_its_two_largest_units(days: int, en: str, th: str) -> None:
    assert (said.length(days).en, said.length(days).th) == (en, th)


def test_what_was_done_soon_is_said_so() -> None:
    assert said.took(0.01).en == "within an hour"
    assert said.took(5).th == "ภายใน 5 ชั่วโมง"
    assert said.took(72).en == "in 3 days"


def test_a_share_is_between_nothing_and_all() -> None:
    assert [said.share(part) for part in (-0.39, 0.302, 1.44)] == ["0 %", "30 %", "100 %"]


def test_of_many_names_the_first_are_told() -> None:
    cities = [said.BilingualText(name, name) for name in "abcdefgh"]
    assert said.names(cities[:1]).en == "a"
    assert said.names(cities[:3]).en == "a, b and c"
    assert said.names(cities).en == "a, b, c, d, e, f and 2 more"
