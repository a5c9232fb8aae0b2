"""The one line of a mail: the act, the feed and the day; and what one cause makes of many
incidents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from federation.common.bilingual import BilingualText
from federation.messages.status_words import FeedStatus
from federation.quality.incidents import Incident, Problem
from federation.reporting.mail.causes import Cause, causes
from federation.reporting.mail.subjects import Situation, cut, heading

CITY = BilingualText("Chiang Mai", "เชียงใหม่")
NATION = BilingualText("City data federation", "สหพันธ์ข้อมูลเมือง")
OPENED = datetime(2026, 11, 25, 3, tzinfo=UTC)


def incident(city: str, dataset: str, reason: str = "late", severity: str = "warning") -> Incident:
    problem = Problem(
        city,
        dataset,
        reason,
        severity,
        "timeliness",
        "ขาดส่ง 2 งวด (ม.ค.–ก.พ. 2569)",
        "2 periods overdue (Jan–Feb 2026)",
        "a@example.org",
        todo_en="Put a.parquet on your platform.",
        todo_th="โปรดวางไฟล์ a.parquet",
    )
    return Incident(f"i{city}{dataset}", problem, "open", OPENED)


def found(*incidents: Incident, by_dataset: bool = True) -> list[Cause]:
    def names(entry: Incident) -> tuple[BilingualText, BilingualText]:
        problem = entry.problem
        return BilingualText(problem.city, problem.city), BilingualText(
            problem.dataset, problem.dataset
        )

    return causes(incidents, names, incidents, by_dataset=by_dataset)


def line(**known: Any) -> BilingualText:
    unknown: dict[str, Any] = {
        "about": CITY,
        "is_nation": False,
        "day": date(2026, 11, 26),
        "statuses": [FeedStatus.OK],
        "urgent": [],
        "fixed": [],
        "remarks": [],
        "changed": True,
    }
    return heading(Situation(**unknown | known))


def test_what_must_be_done_leads_with_its_day() -> None:
    one = found(incident("chiang_mai", "rainfall"))
    said = line(urgent=one, statuses=[FeedStatus.OVERDUE])
    assert said.th == "[แก้ภายใน 2 ธ.ค.] เชียงใหม่: ขาดส่ง 2 งวด (ม.ค.–ก.พ. 2569)"
    assert said.en == "[fix by 2 Dec] Chiang Mai: 2 periods overdue (Jan–Feb 2026)"
    assert line(urgent=one, day=date(2026, 12, 9)).en.startswith("[was due 2 Dec] ")


def test_of_several_datasets_a_city_hears_how_many() -> None:
    two = found(
        incident("chiang_mai", "rainfall"), incident("chiang_mai", "tourism", "missing_column")
    )
    statuses = [FeedStatus.FIX, FeedStatus.OVERDUE, FeedStatus.OK]
    said = line(urgent=two, statuses=statuses)
    assert said.en == "[fix by 2 Dec] Chiang Mai: 2 datasets need action, 1 in order"


def test_what_was_fixed_is_thanked_for_and_what_is_good_is_said() -> None:
    assert line(fixed=found(incident("chiang_mai", "rainfall"))).en.startswith(
        "✓ Chiang Mai: fixed, thank you"
    )
    assert line(statuses=[FeedStatus.OK] * 7).th == "เชียงใหม่: ปกติทั้ง 7 ชุดข้อมูล"
    assert line(statuses=[FeedStatus.OK, FeedStatus.NONE]).en == (
        "Chiang Mai: 1 of 2 datasets in order"
    )
    assert line(statuses=[]).en == "Chiang Mai: no data yet"
    stopped = FeedStatus.RETIRED
    assert line(statuses=[FeedStatus.OK, FeedStatus.OK, stopped]).en == (
        "Chiang Mai: all 2 datasets in order"
    )
    assert line(statuses=[stopped]).th == "เชียงใหม่: ยุติการส่งแล้ว"


def test_the_steward_of_a_dormant_feed_hears_since_when() -> None:
    silent = found(incident("chiang_mai", "rainfall", "dormant", "info"))
    said = line(statuses=[FeedStatus.DORMANT], remarks=silent)
    assert said.en == "Chiang Mai: 2 periods overdue (Jan–Feb 2026)"
    assert line(statuses=[FeedStatus.DORMANT]).en == "Chiang Mai: out of date"


def test_the_nation_hears_its_grade_and_what_is_urgent() -> None:
    worst = found(incident("phuket", "tourism", "missing_column", "critical"))
    said = line(about=NATION, is_nation=True, score="B 93.5", urgent=worst)
    assert said.th == "คุณภาพข้อมูลเมือง 26 พ.ย. 2569: B 93.5 · เร่งด่วน 1 (phuket tourism)"
    assert said.en == "City data, 26 Nov 2026: B 93.5, 1 urgent (phuket tourism)"


def test_one_cause_of_many_feeds_is_one_line_and_the_worst_comes_first() -> None:
    late = [incident(city, "tourism") for city in ("bangkok", "phuket", "rayong")]
    rejected = incident("phuket", "rainfall", "not_parquet", "critical")
    first, second = found(*late, rejected)
    assert (first.severity, second.severity) == ("critical", "warning")
    assert second.names.en == "tourism bangkok, phuket and rayong"
    assert second.message.en == "overdue"
    assert "the files" in second.todo.en
    assert second.owners.en == "a@example.org"


def test_what_is_asked_of_many_names_the_files_of_none() -> None:
    rows = [incident(city, "air_quality", "pm25_step") for city in ("bangkok", "rayong")]
    (cause,) = found(*rows)
    assert "a.parquet" not in cause.todo.en + cause.todo.th
    assert "the file" in cause.todo.en
    owned = [replace(entry, problem=replace(entry.problem, owner=f"{number}@example.org"))
             for number, entry in enumerate(rows * 3)]  # fmt: skip
    (cause,) = found(*owned)
    assert cause.owners.en.endswith("2@example.org and 3 more")
    assert cause.owners.th.endswith("และอีก 3 ราย")


@pytest.mark.parametrize("length", [10, 77, 78, 79, 200])
def test_a_subject_is_cut_at_a_word(length: int) -> None:
    text = ("word " * 60)[:length].strip()
    short = cut(text)
    assert len(short) <= 78
    assert short == text or short.endswith("word …")
