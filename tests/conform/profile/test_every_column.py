"""Every promised column is looked at, whether a national one is read from it or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from federation.conform.expected_columns import expected_columns_of
from federation.conform.sandbox.sandbox import Sandbox
from federation.conform.select import columns_read
from federation.contracts.model import Feed
from support.native import Outcome, conform, native_table

Feeds = dict[tuple[str, str], Feed]
Run = Callable[..., Outcome]
CHIANG_MAI = ("chiang_mai", "population", "population/year=2020/part-0.parquet")
RAYONG = ("rayong", "air_quality", "AirQualityObserved/2026-01.parquet")
RAYONG_PEOPLE = ("rayong", "population", "Population/2020.parquet")
WORDS = ["ศรีภูมิ", "พระสิงห์", "หายยา", "ช้างม่อย"]


@pytest.fixture
def run(feeds: Feeds, sandbox: Sandbox, tmp_path: Path) -> Run:
    """Conform rows in which the bytes of one text column are as given."""

    def run(
        feed: tuple[str, str, str], rows: list[dict[str, Any]], column: str, words: list[bytes]
    ) -> Outcome:
        contract = feeds[feed[0], feed[1]]
        table = native_table(contract, rows)
        data = pa.array([words[n % len(words)] for n in range(len(rows))], pa.binary())
        place, kind = table.column_names.index(column), table.schema.field(column).type
        if pa.types.is_string(kind):
            data = pa.StringArray.from_buffers(len(data), data.buffers()[1], data.buffers()[2])
        pq.write_table(
            table.set_column(place, column, data), tmp_path / "x.parquet", store_schema=False
        )
        return conform(
            sandbox, contract, tmp_path / "x.parquet", feed[2], tmp_path / "out" / "out.parquet"
        )

    return run


def people(count: int = 40) -> list[dict[str, Any]]:
    return [
        {"area_code": f"5001{n:02}", "parameter": "male", "unit": "persons", "value": n}
        for n in range(1, count + 1)
    ]


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    codes = ("other_encoding", "mojibake", "control_letters")
    return [(f.code, f.consequence, f.column) for f in outcome.answer.findings if f.code in codes]


def test_every_text_column_of_every_feed_is_looked_at(feeds: Feeds) -> None:
    for feed in feeds.values():
        looked = [promise.column for promise in expected_columns_of(feed)]
        for name, kind in feed.columns.items():
            if "string" in kind or "binary" in kind:
                assert any(one == name or one.startswith(f"{name}.") for one in looked), (
                    feed,
                    name,
                )


def test_a_column_that_nothing_reads_is_no_worse_than_a_warning(feeds: Feeds, run: Run) -> None:
    assert "area_name_th" not in columns_read(feeds[CHIANG_MAI[:2]])
    right = [word.encode() for word in WORDS]
    control = run(CHIANG_MAI, people(), "area_name_th", right)
    for wrong, code in (
        ([word.encode("tis-620") for word in WORDS], "other_encoding"),
        ([word.encode().decode("latin-1").encode() for word in WORDS], "mojibake"),
        ([word.encode() + b"\x1a" for word in WORDS], "control_letters"),
    ):
        outcome = run(CHIANG_MAI, people(), "area_name_th", wrong)
        assert (code, "warn", "area_name_th") in told(outcome)
        assert {consequence for _, consequence, _ in told(outcome)} == {"warn"}
        assert outcome.records == control.records
    assert told(control) == []


def test_utf_8_where_tis_620_is_promised_is_told(feeds: Feeds, run: Run) -> None:
    rows = [
        {
            "refArea": f"urn:ngsi-ld:AdministrativeArea:TH2101{n:02}",
            "dateReference": "2020-12-31",
            "counts": [{"category": "male", "value": n, "unitCode": "IE"}],
        }
        for n in range(1, 17)
    ]
    assert "districtName" not in columns_read(feeds[RAYONG_PEOPLE[:2]])
    outcome = run(RAYONG_PEOPLE, rows, "districtName", [word.encode() for word in WORDS])
    assert ("other_encoding", "warn", "districtName") in told(outcome)


def test_a_column_that_an_expression_reads_is_looked_at(run: Run) -> None:
    rows = [
        {
            "refDevice": [f"urn:ngsi-ld:Device:pcd:{n}t"],
            "dateObserved": {"type": "DateTime", "value": "2026-01-15T12:00:00+07:00"},
        }
        for n in range(16)
    ]
    words = ["ต.ท่าประดู่ อ.เมือง, ระยอง".encode()]
    outcome = run(RAYONG, rows, "areaServed", words)
    assert told(outcome) == [("other_encoding", "reject", "areaServed")]
