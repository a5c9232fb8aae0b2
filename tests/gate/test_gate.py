"""Verdicts on real conformed files: what rejects, what quarantines, what warns, what could not
be measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest
from federation.common.engine import connect
from federation.common.errors import ContractError
from federation.common.paths import Home
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from federation.datasets.suites import Expectation, dataset_names, load_suite
from federation.gate import extracts
from federation.gate import verdict as gate
from federation.gate.conformed_file import ConformedFile
from federation.gate.exemptions import Exemptions
from federation.gate.judge import Judgement
from federation.gate.predicates import failing_records
from federation.gate.verdict import JudgedExtract
from federation.ledger import Conformed, Ledger, Verdict
from independent.aqi import index
from support.native import conform, records_of, write_native

AIR, TOURISM = "AirQuality/AirQuality_2026_01.parquet", "Tourism/Tourism_2023.parquet"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def validator() -> Iterator[Any]:
    from federation.gate.gx_duckdb import Validator

    with Validator() as opened:
        yield opened


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as opened:
        yield opened


@dataclass(frozen=True)
class Decision:
    """One extract's way through the gate."""

    verdict: Verdict
    judged: list[Judgement]
    record: Conformed
    quarantine: Path

    @property
    def codes(self) -> dict[str, tuple[str, int]]:
        return {
            str(reason.code): (str(reason.consequence), int(reason.records))
            for reason in self.verdict.reasons
        }

    @property
    def kept_out(self) -> dict[int, list[str]]:
        """Source row -> reasons, from the quarantine file."""
        if not self.quarantine.exists():
            return {}
        return {row["row_number"]: row["reasons"] for row in records_of(self.quarantine)}

    @property
    def left_empty(self) -> dict[int, list[tuple[str, str, str]]]:
        """Source row -> (column, what stood there, reason), from the file of blanks."""
        file = Home.blanks(self.quarantine.with_name("conformed.parquet"))
        found: dict[int, list[tuple[str, str, str]]] = {}
        for row in records_of(file) if file.exists() else ():
            said = row["column_name"], row["value"], row["reason"]
            found[row["row_number"]] = sorted([*found.get(row["row_number"], []), said])
        return found

    def outcome(self, expectation: str) -> str:
        return next(entry.outcome for entry in self.judged if entry.expectation.id == expectation)


Decide = Callable[..., Decision]


@pytest.fixture
def decide(
    feeds: dict[tuple[str, str], Feed],
    sandbox: Sandbox,
    validator: Any,
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
) -> Decide:
    """Conform rows and pass the file through the gate."""

    def run(
        rows: Rows,
        *,
        feed: tuple[str, str] = ("phuket", "air_quality"),
        path: str = AIR,
        **options: Any,
    ) -> Decision:
        contract = feeds[feed]
        source = write_native(tmp_path / "extract.parquet", contract, rows, **options)
        return decide_file(contract, source, path)

    def decide_file(contract: Feed, source: Path, path: str) -> Decision:
        outcome = conform(sandbox, contract, source, path, tmp_path / "conformed.parquet")
        answer = outcome.answer
        record = Conformed(
            *contract.key,
            extract_id="e" * 16,
            conform_key="k",
            findings=answer.findings,
            source_rows=answer.source_rows,
            source_rows_out_of_scope=answer.source_rows_out_of_scope,
            records_received=answer.records_received,
            records_duplicate=answer.records_duplicate,
            output_sha256=answer.output_sha256,
            isolation="",
        )
        judged: list[Judgement] = []
        if record.output_sha256:
            (judged,) = extracts.judge_extracts(
                [written(contract, outcome.file, path)], validator, con
            )
        verdict = gate.decide(JudgedExtract(contract, record, outcome.file, judged, "w"), con)
        return Decision(verdict, judged, record, Home.quarantine(outcome.file))

    return run


def written(feed: Feed, file: Path, path: str = AIR, extract_id: str = "e" * 16) -> ConformedFile:
    """The conformed file of the extract that would lie at `path`."""
    found = feed.pattern.match(path)
    assert found
    return ConformedFile(file, extract_id, found[0], feed)


def hours(count: int, **values: Any) -> Rows:
    """Rows of one station, one per hour, the last hours of January 2026."""
    return [
        {
            "StationId": "43t",
            "StationName": "ภูเก็ต",
            "District": "เมือง",
            "PM25": 10.0 + hour / 100,
            "DateTime": (datetime(2026, 2, 1) - timedelta(hours=count - hour)).isoformat(),
        }
        | values
        for hour in range(count)
    ]


def months(**values: Any) -> Rows:
    return [
        {
            "Province": "ภูเก็ต",
            "Year": 2023,
            "Month": month,
            "ThaiVisitors": 100,
            "ForeignVisitors": 200,
            "TotalVisitors": 300,
            "OccupancyRate": 50.0,
            "RevenueThai": 1_000_000,
            "RevenueForeign": 2_000_000,
            "RevenueTotal": 3_000_000,
        }
        | values
        for month in range(1, 13)
    ]


def tourism(decide: Decide, rows: Rows) -> Decision:
    return decide(rows, feed=("phuket", "tourism"), path=TOURISM)


def accidents(count: int, foreign: int, province: str) -> Rows:
    """Accidents of one year, the first of them of a province as it is named there."""
    return [
        {
            "ปีที่เกิดเหตุ": "2564",
            "วันที่เกิดเหตุ": f"{n % 28 + 1:02}/01/2564",
            "เวลา": "10:00",
            "ACC_CODE": f"{n}",
            "จังหวัด": province if n < foreign else "กรุงเทพมหานคร",
        }
        for n in range(count)
    ]


@pytest.mark.parametrize(("foreign", "verdict"), [(40, "rejected"), (3, "accepted_with_warning")])
@pytest.mark.parametrize("province", ["กรุงเทพฯ", "กทม.", "Bangkok"])
def test_a_province_by_another_name_is_told_with_what_stands_there(
    decide: Decide, foreign: int, verdict: str, province: str
) -> None:
    decision = decide(
        accidents(40, foreign, province),
        feed=("bangkok", "road_accidents"),
        path="ubattihet-thanon/ubattihet-thanon_2564.parquet",
    )
    assert decision.verdict.verdict == verdict
    (reason,) = (one for one in decision.verdict.reasons if one.code == "foreign_area")
    assert f"«{province}» in {foreign} records" in reason.message
    assert "province_names in bangkok/_city.yml" in reason.message
    assert reason.parameters["seen"] == {province: foreign}
    if verdict != "rejected":
        rows = records_of(decision.quarantine)
        assert {row["unplaced"] for row in rows} == {province}


# -- verdicts --------------------------------------------------------------------------------------


def test_a_good_extract_is_accepted_without_a_word(decide: Decide) -> None:
    decision = decide(hours(48))
    assert (decision.verdict.verdict, decision.verdict.reasons) == ("accepted", [])
    assert decision.verdict.records_quarantined == 0
    without = {
        entry.expectation.id for entry in decision.judged if entry.outcome == "not_applicable"
    }
    assert {entry.outcome for entry in decision.judged} == {"passed", "not_applicable"}
    # Phuket sends no coordinates, and there are no earlier files to compare with.
    assert without == {
        "in_thailand",
        "coordinates_swapped",
        "outside_province",
        "mostly_outside_province",
        "usual_volume",
        "usual_missing_pm25",
        "usual_missing_pm10",
        "usual_missing_o3",
    }
    assert decision.kept_out == {}


def test_every_expectation_of_contract_and_suite_is_judged(
    decide: Decide, feeds: dict[tuple[str, str], Feed]
) -> None:
    expected = {entry.id for entry in extracts.expectations_of(feeds["phuket", "air_quality"])}
    assert {entry.expectation.id for entry in decide(hours(24)).judged} == expected
    assert expected > {"station_id_given", "measured_at_given", "pm25_range", "readable_share"}


def test_a_value_beyond_its_meter_is_left_empty_and_its_record_enters(decide: Decide) -> None:
    rows = hours(48)
    rows[3] |= {"PM25": 1500.5}
    rows[7] |= {"PM25": -0.1, "CO": 900.0}
    rows[8] |= {"PM25": 1500.0}  # a meter can show it; a mean of 24 hours cannot move there
    decision = decide(rows)
    assert decision.verdict.verdict == "accepted_with_warning"
    assert decision.codes == {
        "pm25_range": ("blank", 2),
        "co_range": ("blank", 1),
        "pm25_step": ("quarantine", 1),
    }
    assert decision.verdict.records_quarantined == 1
    assert decision.kept_out == {9: ["pm25_step"]}
    assert decision.verdict.blanks
    assert decision.left_empty == {
        4: [("pm25_ugm3", "1500.5", "pm25_range")],
        8: [("co_ppm", "900.0", "co_range"), ("pm25_ugm3", "-0.1", "pm25_range")],
    }
    assert "left empty: pm25_ugm3" in decision.verdict.reasons[0].message


def test_coordinates_in_another_country_are_left_empty_and_the_accident_counts(
    decide: Decide,
) -> None:
    rows = accidents(40, 0, "")
    for row in rows:
        row |= {"LATITUDE": "13.75", "LONGITUDE": "100.5"}
    rows[3] |= {"LATITUDE": "100.5", "LONGITUDE": "13.75"}  # exchanged
    rows[5] |= {"LATITUDE": "18.8", "LONGITUDE": "98.98"}  # Chiang Mai
    decision = decide(
        rows,
        feed=("bangkok", "road_accidents"),
        path="ubattihet-thanon/ubattihet-thanon_2564.parquet",
    )
    assert decision.codes["in_thailand"] == ("blank", 1)
    assert decision.codes["outside_province"] == ("blank", 1)
    assert decision.kept_out == {}
    assert decision.left_empty == {
        4: [("lat", "100.5", "in_thailand"), ("lon", "13.75", "in_thailand")],
        6: [("lat", "18.8", "outside_province"), ("lon", "98.98", "outside_province")],
    }


def test_values_of_a_record_that_is_kept_out_are_not_left_empty(decide: Decide) -> None:
    rows = hours(48)
    rows[3] |= {"PM25": 1500.5, "District": "บางละมุง"}
    decision = decide(rows)
    assert decision.kept_out == {4: ["unknown_area"]}
    assert decision.left_empty == {}


def test_a_rejected_extract_leaves_no_file_of_blanks(decide: Decide) -> None:
    rows = hours(48)
    rows[3] |= {"PM25": 1500.5}
    assert decide(rows).left_empty
    decision = decide([row | {"PM25": 9_000.0} for row in rows])
    assert decision.verdict.verdict == "rejected"
    assert decision.left_empty == {}


def test_the_quarantine_file_holds_the_whole_record(decide: Decide) -> None:
    rows = hours(48)
    rows[3] |= {"PM25": 1500.5, "District": "บางละมุง"}
    (record,) = records_of(decide(rows).quarantine)
    assert (record["city_code"], record["station_id"], record["pm25_ugm3"]) == ("83", "43t", 1500.5)
    assert (record["measured_at"], record["extract_id"], record["row_number"]) == (
        "2026-01-29T20:00:00Z",
        "e" * 16,
        4,
    )
    assert "is_duplicate" not in record


def test_a_record_that_conform_could_not_place_is_quarantined_with_its_reason(
    decide: Decide,
) -> None:
    rows = hours(48)
    rows[0] |= {"DateTime": "2025-06-01T00:00:00", "PM25": 9999.0}
    rows[1] |= {"District": "บางละมุง"}
    decision = decide(rows)
    assert decision.codes == {
        "outside_partition": ("quarantine", 1),
        "unknown_area": ("quarantine", 1),
    }
    # What cannot be placed is not judged, so its value is no second reason.
    assert decision.kept_out == {1: ["outside_partition"], 2: ["unknown_area"]}
    assert all(reason.message for reason in decision.verdict.reasons)


def test_a_missing_key_is_told_once(decide: Decide) -> None:
    rows = hours(48)
    rows[5] |= {"StationId": None}
    decision = decide(rows)
    assert decision.codes == {"missing:station_id": ("quarantine", 1)}
    assert decision.outcome("station_id_given") == "failed"
    assert decision.kept_out == {6: ["missing:station_id"]}


def test_further_copies_are_neither_judged_nor_quarantined(decide: Decide) -> None:
    rows = hours(24)
    rows[2] |= {"PM25": 2000.0}
    decision = decide([*rows, rows[2], rows[2], rows[4]])
    assert decision.record.records_duplicate == 3
    assert decision.codes == {"pm25_range": ("blank", 1)}
    assert [*decision.left_empty] == [3]


def test_conflicting_records_are_quarantined(decide: Decide) -> None:
    rows = hours(24)
    decision = decide([*rows, rows[2] | {"PM25": 11.5}])
    assert decision.codes == {"conflicting_values": ("quarantine", 2)}
    assert decision.kept_out == {3: ["conflicting_values"], 25: ["conflicting_values"]}


@pytest.mark.parametrize(("stale", "verdict"), [(9, "accepted_with_warning"), (10, "rejected")])
def test_a_fifth_that_cannot_be_placed_rejects_the_extract(
    decide: Decide, stale: int, verdict: str
) -> None:
    rows = hours(49)
    for row in rows[:stale]:
        row["DateTime"] = row["DateTime"].replace("2026", "2019")
    decision = decide(rows)
    assert decision.verdict.verdict == verdict
    assert decision.codes["outside_partition"] == ("quarantine", stale)
    assert ("readable_share" in decision.codes) == (verdict == "rejected")
    assert decision.quarantine.exists() == (verdict != "rejected")


def test_a_value_that_shows_a_wrong_unit_rejects_the_extract(decide: Decide) -> None:
    rows = months()
    rows[4] |= {"RevenueTotal": 3, "RevenueThai": 1, "RevenueForeign": 2}
    decision = tourism(decide, rows)
    assert decision.verdict.verdict == "rejected"
    assert decision.codes == dict.fromkeys(
        ("revenue_per_visitor", "revenue_per_thai_visitor", "revenue_per_foreign_visitor"),
        ("reject", 1),
    )
    assert decision.verdict.records_quarantined == 0
    assert not decision.quarantine.exists()


def test_a_sum_that_does_not_add_up_is_a_warning_and_enters(decide: Decide) -> None:
    rows = months()
    rows[4] |= {"TotalVisitors": 301}
    decision = tourism(decide, rows)
    assert decision.verdict.verdict == "accepted_with_warning"
    assert decision.codes == {"visitors_add_up": ("warn", 1)}
    assert (decision.verdict.records_quarantined, decision.kept_out) == (0, {})


def test_too_few_measured_values_are_a_warning(decide: Decide) -> None:
    decision = decide([*hours(24, PM25=None), *({**row, "StationId": "44t"} for row in hours(10))])
    assert decision.codes == {"pm25_measured_share": ("warn", 24)}
    assert decision.verdict.verdict == "accepted_with_warning"


def test_a_column_that_is_missing_throughout_fails_nothing(decide: Decide) -> None:
    decision = decide(hours(24, O3=None, CO=-999.0))
    assert (
        decision.verdict.verdict,
        decision.outcome("o3_range"),
        decision.outcome("co_range"),
    ) == (
        "accepted",
        "passed",
        "passed",
    )


def test_an_empty_extract_is_accepted_with_a_warning(decide: Decide) -> None:
    decision = decide([])
    assert decision.record.records_received == 0
    assert [entry.expectation.id for entry in decision.judged if entry.outcome == "failed"] == [
        "not_empty"
    ]
    assert decision.verdict.verdict == "accepted_with_warning"
    assert set(decision.codes) == {"not_empty"}


def test_an_unpromised_column_is_a_warning(
    decide: Decide,
    feeds: dict[tuple[str, str], Feed],
    sandbox: Sandbox,
    tmp_path: Path,
    validator: Any,
    con: duckdb.DuckDBPyConnection,
) -> None:
    feed = feeds["phuket", "air_quality"]
    wider = replace(feed, columns=feed.columns | {"Wind": "double"})
    source = write_native(tmp_path / "wider.parquet", wider, hours(24, Wind=2.5))
    outcome = conform(sandbox, feed, source, AIR, tmp_path / "wider" / "conformed.parquet")
    record = replace(decide(hours(24)).record, findings=outcome.answer.findings)
    (judged,) = extracts.judge_extracts([written(feed, outcome.file)], validator, con)
    verdict = gate.decide(JudgedExtract(feed, record, outcome.file, judged, "w"), con)
    assert verdict.verdict == "accepted_with_warning"
    assert [(reason.code, reason.consequence, reason.column) for reason in verdict.reasons] == [
        ("unexpected_column", "warn", "Wind")
    ]


def test_what_conform_refused_is_rejected_without_judging(
    decide: Decide,
    feeds: dict[tuple[str, str], Feed],
    tmp_path: Path,
    con: duckdb.DuckDBPyConnection,
) -> None:
    feed = feeds["phuket", "air_quality"]
    finding = {
        "code": "missing_column",
        "consequence": "reject",
        "column": "PM25",
        "message": "column 'PM25' is missing",
        "records": 0,
    }
    record = replace(decide(hours(2)).record, findings=[finding], output_sha256="")
    verdict = gate.decide(JudgedExtract(feed, record, tmp_path / "nothing.parquet", [], "w"), con)
    reasons = [reason.public for reason in verdict.reasons]
    assert (verdict.verdict, reasons, verdict.records_quarantined) == ("rejected", [finding], 0)
    assert list(tmp_path.glob("nothing*")) == []


def test_the_balance_of_an_extract_holds(decide: Decide) -> None:
    rows = hours(48)
    rows[2] |= {"PM25": 1500.5}
    rows[3] |= {"StationId": None}
    rows[4] |= {"District": "บางละมุง"}
    decision = decide([*rows, rows[10], rows[5]])
    good = [
        row
        for row in records_of(decision.quarantine.with_name("conformed.parquet"))
        if not row["is_duplicate"] and row["row_number"] not in decision.kept_out
    ]
    assert (
        decision.record.records_received
        == len(good) + decision.verdict.records_quarantined + decision.record.records_duplicate
    )
    assert (len(good), decision.verdict.records_quarantined, decision.record.records_duplicate) == (
        46,
        2,
        2,
    )
    assert [*decision.left_empty] == [3]


# -- what could not be measured --------------------------------------------------------------------


def expectation(**values: Any) -> Expectation:
    return Expectation(
        **{
            "id": "injected",
            "type": "expect_column_values_to_be_between",
            "where": "",
            "scope": "records",
            "kwargs": {"column": "pm25_ugm3", "min_value": 0},
            "consequence": "warn",
            "dimension": "validity",
            "reason": "a test",
            "observed": "",
            "message": {"en": "injected", "th": "injected"},
        }
        | values
    )


@pytest.fixture
def with_suite(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Judge by these expectations instead of the dataset's own."""

    def use(*expectations: Expectation) -> None:
        def changed(feed: Feed) -> list[Expectation]:
            return real(replace(feed, suite=replace(feed.suite, expectations=expectations)))

        real = extracts.expectations_of
        monkeypatch.setattr(extracts, "expectations_of", changed)

    return use


@pytest.mark.parametrize(
    ("consequence", "verdict", "follows"),
    [("warn", "accepted_with_warning", "warn"), ("reject", "rejected", "reject")],
)
@pytest.mark.parametrize(
    "broken",
    [
        {"kwargs": {"column": "pm25", "min_value": 0}},
        {"type": "unexpected_rows_expectation", "kwargs": {}, "where": "pm25 > 5"},
        {"type": "unexpected_rows_expectation", "kwargs": {}, "where": "pm25_ugm3 >"},
    ],
    ids=["column", "column in SQL", "SQL"],
)
def test_an_expectation_that_raises_was_not_measured(
    decide: Decide,
    with_suite: Callable[..., None],
    broken: dict[str, Any],
    consequence: str,
    verdict: str,
    follows: str,
) -> None:
    with_suite(expectation(**broken, consequence=consequence), expectation(id="sound"))
    decision = decide(hours(24))
    assert decision.outcome("injected") == "could_not_be_measured"
    assert decision.outcome("sound") == "passed"
    assert decision.verdict.verdict == verdict
    assert decision.codes == {"could_not_be_measured:injected": (follows, 0)}
    assert decision.verdict.reasons[0].message


def test_a_quarantining_expectation_that_raises_was_not_measured(
    decide: Decide, with_suite: Callable[..., None]
) -> None:
    with_suite(expectation(kwargs={"column": "pm25", "min_value": 0}, consequence="quarantine"))
    decision = decide(hours(24))
    assert decision.outcome("injected") == "could_not_be_measured"
    assert decision.verdict.verdict == "rejected"


def test_a_quarantining_expectation_without_a_predicate_was_not_measured(
    decide: Decide, with_suite: Callable[..., None]
) -> None:
    with_suite(
        expectation(
            type="expect_column_value_lengths_to_be_between",
            kwargs={"column": "station_id", "max_value": 2},
            consequence="quarantine",
        )
    )
    assert decide(hours(24)).outcome("injected") == "could_not_be_measured"


def test_a_count_that_disagrees_with_its_predicate_was_not_measured(
    decide: Decide, with_suite: Callable[..., None]
) -> None:
    # Great Expectations takes the bound itself as a failure here, the predicate does not know
    # `strict_min`.
    strict = {"column": "pm25_ugm3", "min_value": 10.0, "strict_min": True}
    with_suite(expectation(kwargs=strict, consequence="quarantine"))
    decision = decide(hours(24))
    assert decision.outcome("injected") == "could_not_be_measured"
    assert decision.verdict.verdict == "rejected"
    assert decision.codes == {"could_not_be_measured:injected": ("reject", 0)}
    assert "1 failing records, the predicate picks 0" in str(decision.verdict.reasons[0].message)


def test_outcomes_go_to_the_ledger_with_severity_and_dimension(
    decide: Decide,
    with_suite: Callable[..., None],
    ledger: Ledger,
    feeds: dict[tuple[str, str], Feed],
) -> None:
    with_suite(
        expectation(
            id="bound", kwargs={"column": "pm25_ugm3", "max_value": 10.2}, consequence="quarantine"
        ),
        expectation(id="broken", kwargs={"column": "pm25", "min_value": 0}),
        expectation(id="sound", consequence="reject"),
    )
    decision = decide(hours(24))
    feed = feeds["phuket", "air_quality"]
    ledger.verdicts.add(
        decision.verdict,
        gate.measured(
            JudgedExtract(feed, decision.record, Path(), decision.judged, "w"), Exemptions()
        ),
    )
    told = {row["expectation"]: row for row in ledger.results.all()}
    assert {
        name: (row["outcome"], row["severity"], row["unexpected"])
        for name, row in told.items()
        if "given" not in name
    } == {
        "bound": ("failed", "warning", 3),
        "broken": ("could_not_be_measured", "info", None),
        "sound": ("passed", "critical", 0),
    }
    assert told["bound"]["evaluated"] == 24
    (known,) = ledger.verdicts.newest()
    assert (known.city, known.dataset, known.work_key, known.extract_id) == (
        *feed.key,
        "w",
        "e" * 16,
    )
    assert known.reasons == decision.verdict.reasons


# -- dengue, rice, rain ----------------------------------------------------------------------------


def rice(decide: Decide, *districts: float, planted: float = 100.0, **whole: float) -> Decision:
    """Decide on a year of rice of Phuket: the province with `planted` rai, and its districts."""
    figures = {"Year": 2013, "Crop": "MajorRice", "HarvestedRai": 90.0, "ProductionKg": 40_000.0}
    rows = [figures | {"AreaLevel": "Province", "AreaName": "ภูเก็ต", "PlantedRai": planted} | whole]
    names = ("เมืองภูเก็ต", "กระทู้", "ถลาง")
    nothing = {"HarvestedRai": 0.0, "ProductionKg": 0.0}
    rows += [{**figures, **nothing, "AreaLevel": "District", "AreaName": name, "PlantedRai": rai}
             for name, rai in zip(names, districts, strict=False)]  # fmt: skip
    return decide(
        rows, feed=("phuket", "crop_production"), path="CropProduction/CropProduction_2013.parquet"
    )


@pytest.mark.parametrize(
    "districts", [(), (50.0, 20.0, 30.0), (50.0, 20.0, 35.0)], ids=["none", "exactly", "rounded"]
)
def test_districts_that_make_up_the_province_pass(
    decide: Decide, districts: tuple[float, ...]
) -> None:
    assert rice(decide, *districts).verdict.reasons == []


def test_districts_that_do_not_make_up_the_province_are_a_warning(decide: Decide) -> None:
    decision = rice(decide, 50.0, 20.0, 40.0)
    assert decision.codes == {"districts_add_up": ("warn", 1)}
    assert decision.verdict.records_quarantined == 0


def test_more_harvested_than_planted_is_a_warning(decide: Decide) -> None:
    assert rice(decide, planted=80.0).codes == {"harvested_within_planted": ("warn", 1)}


def test_kilograms_in_the_place_of_tonnes_are_a_warning(decide: Decide) -> None:
    assert rice(decide, ProductionKg=40_000_000.0).codes == {"yield_range": ("warn", 1)}


def test_a_negative_area_is_quarantined_and_a_file_of_nothing_else_refused(decide: Decide) -> None:
    # It is all that the file holds: quarantining it would take away what an earlier file brought.
    assert rice(decide, planted=-5.0).codes == {
        "planted_range": ("quarantine", 1),
        "harvested_within_planted": ("warn", 1),
        "too_many_quarantined": ("reject", 1),
    }


def cases(decide: Decide, *months: int) -> Decision:
    rows = [
        {"Province": "ภูเก็ต", "Year": 1993, "Month": place, "Cases": count}
        for place, count in enumerate(months, 1)
    ]
    return decide(
        rows, feed=("phuket", "dengue_cases"), path="DengueCases/DengueCases_1993_1993.parquet"
    )


def test_a_year_of_dengue_cases_passes(decide: Decide) -> None:
    assert cases(decide, *[300] * 12).verdict.reasons == []


def test_a_sum_that_was_taken_for_a_month_is_a_warning(decide: Decide) -> None:
    assert cases(decide, *[300] * 11, 3300 + 300).codes == {"no_jump_of_a_sum": ("warn", 1)}


def test_most_cases_of_a_short_file_may_be_in_one_month(decide: Decide) -> None:
    assert cases(decide, 10, 5000).codes == {"months_missing": ("warn", 2)}


def test_cases_below_zero_and_beyond_the_country_are_quarantined(decide: Decide) -> None:
    assert cases(decide, -1, 50_001, *[30_000] * 10).codes == {"cases_range": ("quarantine", 2)}


@pytest.mark.parametrize(
    ("rain", "codes"),
    [
        (0.0, {}),
        (500.0, {}),
        (500.5, {"rain_extreme": ("warn", 1)}),
        (1000.5, {"rain_range": ("quarantine", 1), "rain_extreme": ("warn", 1)}),
        (-0.2, {"rain_range": ("quarantine", 1)}),
    ],
)
def test_rain_that_cannot_be_is_quarantined_and_rain_that_should_not_be_is_a_warning(
    decide: Decide, rain: float, codes: dict[str, tuple[str, int]]
) -> None:
    place = {
        "Subdistrict": "เทพกระษัตรี ",
        "District": "ถลาง",
        "Province": "ภูเก็ต",
        "Latitude": 8.2,
        "Longitude": 98.3,
    }
    days = [
        place | {"StationCode": "BMKO", "Date": f"2017-08-0{day}T00:00:00", "RainMm": 0.0}
        for day in range(1, 9)
    ]
    days[2] |= {"RainMm": rain}
    assert (
        decide(days, feed=("phuket", "rainfall"), path="Rainfall/Rainfall_2017_08_P1.parquet").codes
        == codes
    )


# -- predicates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dataset", dataset_names())
def test_every_expectation_that_quarantines_can_pick_its_records(dataset: str) -> None:
    picking = [
        entry
        for entry in load_suite(dataset).expectations
        if entry.consequence in ("quarantine", "blank")
    ]
    assert picking
    assert [entry.id for entry in picking if not failing_records(entry)] == []


@pytest.mark.parametrize(
    ("kwargs", "kind", "where", "failing"),
    [
        ({"min_value": 0, "max_value": 5}, "expect_column_values_to_be_between", "", [-1.0, 6.0]),
        ({"min_value": 0}, "expect_column_values_to_be_between", "", [-1.0]),
        ({"max_value": 5}, "expect_column_values_to_be_between", "", [6.0]),
        ({}, "expect_column_values_to_not_be_null", "", [None]),
        ({"value_set": [0.0, 5.0]}, "expect_column_values_to_be_in_set", "", [-1.0, 6.0]),
        ({}, "unexpected_rows_expectation", "x > 4", [5.0, 6.0]),
    ],
)
def test_a_predicate_picks_what_fails_and_missing_values_only_where_they_are_asked_for(
    con: duckdb.DuckDBPyConnection,
    kwargs: dict[str, Any],
    kind: str,
    where: str,
    failing: list[float | None],
) -> None:
    predicate = failing_records(
        expectation(type=kind, kwargs={"column": "x"} | kwargs, where=where)
    )
    values = "(VALUES (-1.0), (0.0), (5.0), (6.0), (NULL)) AS numbers(x)"
    picked = con.execute(f"SELECT CAST(x AS DOUBLE) FROM {values} WHERE {predicate}").fetchall()
    assert [row[0] for row in picked] == failing


def test_extracts_judged_together_come_to_what_each_comes_to_alone(
    feeds: dict[tuple[str, str], Feed],
    sandbox: Sandbox,
    validator: Any,
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
) -> None:
    feed = feeds["phuket", "air_quality"]
    high, stray, missing = hours(48), hours(48), hours(48)
    high[3] |= {"PM25": 1500.5}
    stray[4] |= {"District": "บางละมุง"}
    for row in missing[:40]:
        row["PM25"] = -999.0
    files = []
    for number, rows in enumerate((hours(48), high, stray, missing, [], hours(24))):
        source = write_native(tmp_path / f"{number}.parquet", feed, rows)
        name = f"{number}" * 16
        outcome = conform(
            sandbox, feed, source, AIR, tmp_path / str(number) / "conformed.parquet", name
        )
        files.append(written(feed, outcome.file, extract_id=name))
    run_jobs = extracts.judge_extracts(files, validator, con)
    alone = [extracts.judge_extracts([file], validator, con)[0] for file in files]
    assert run_jobs == alone
    failed = [
        {entry.expectation.id for entry in judged if entry.outcome == "failed"} for judged in alone
    ]
    assert failed[0] == failed[2] == failed[5] == set()
    assert failed[4] == {"not_empty"}
    assert "pm25_measured_share" in failed[3]
    assert len(failed[1]) == 1


# -- whole extracts --------------------------------------------------------------------------------


def test_what_is_asked_of_a_whole_extract_must_name_it(checkout: Path) -> None:
    suite = checkout / "expectations" / "suites" / "dengue_cases.yml"
    text = suite.read_text("utf-8").replace(
        "(extract_id, cases) IN (SELECT (extract_id, ", "cases IN (SELECT ("
    )
    suite.write_text(
        text.replace("GROUP BY extract_id\n      HAVING count(*) >= 12", "HAVING count(*) >= 12"),
        "utf-8",
    )
    with pytest.raises(ContractError, match="say by extract_id"):
        load_suite("dengue_cases", suite.parent)


def hour_rows(first: datetime, count: int, **values: Any) -> Rows:
    return [
        {
            "StationId": "43t",
            "StationName": "ภูเก็ต",
            "District": "เมือง",
            "PM25": 10.0 + hour % 7,
            "PM10": 30.0 + hour % 5,
            "DateTime": (first + timedelta(hours=hour)).isoformat(),
        }
        | values
        for hour in range(count)
    ]


@pytest.mark.parametrize(
    ("rows", "code", "consequence"),
    [
        (hour_rows(datetime(2025, 12, 31, 17), 744), "time_zone_slip", "reject"),
        (hour_rows(datetime(2026, 1, 1, 7), 744), "time_zone_slip", "reject"),
        (hour_rows(datetime(2026, 1, 1), 400), "stops_early", "warn"),
        (
            [*hour_rows(datetime(2026, 1, 1), 200), *hour_rows(datetime(2026, 1, 16), 384)],
            "days_missing",
            "warn",
        ),
        (hour_rows(datetime(2026, 1, 1), 744, PM10=8.0), "pm25_above_pm10", "reject"),
        (hour_rows(datetime(2026, 1, 1), 744, PM25=0.021), "dust_level", "reject"),
        (hour_rows(datetime(2026, 1, 1), 744, O3=31.0), "mostly_in_range", "reject"),
        (hour_rows(datetime(2026, 1, 1), 744, O3=0.000031), "gas_level", "reject"),
    ],
    ids=["utc", "later", "cut", "hole", "exchanged", "milligrams", "ppb for ppm", "ppm twice"],
)
def test_a_fault_of_the_whole_month_is_named(
    decide: Decide, rows: Rows, code: str, consequence: str
) -> None:
    found = decide(rows).codes
    assert found[code][0] == consequence
    assert {entry for entry in found if found[entry][0] == "reject"} <= {code, "gas_level"}


def test_a_month_of_hours_is_accepted_without_a_word(decide: Decide) -> None:
    assert decide(hour_rows(datetime(2026, 1, 1), 744)).codes == {}


def test_a_meter_that_repeats_one_value_is_told_and_its_neighbour_is_not(decide: Decide) -> None:
    stuck, moving = (
        hour_rows(datetime(2026, 1, 1), 744),
        hour_rows(datetime(2026, 1, 1), 744, StationId="44t"),
    )
    for row in stuck[100:140]:
        row["PM25"] = 17.0
    assert decide([*stuck, *moving]).codes == {"pm25_stuck": ("warn", 744)}


def test_an_hour_of_equal_values_is_no_stuck_meter(decide: Decide) -> None:
    rows = hour_rows(datetime(2026, 1, 1), 744)
    for row in rows[100:110]:
        row["PM25"] = 17.0
    assert decide(rows).codes == {}


def with_index(rows: Rows, covered: int) -> Rows:
    """Return the rows with the index of the mean of PM2.5 over so many hours up to each."""
    values = pandas.Series([row["PM25"] for row in rows])
    means = values.rolling(covered, min_periods=1).mean().round(1)
    days = pandas.Series([pandas.Timestamp(2026, 1, 1)] * len(rows))
    published = index(means, "pm25", days)
    return [row | {"AQI": int(aqi)} for row, aqi in zip(rows, published, strict=True)]


def test_an_index_of_another_mean_than_the_value_is_told(decide: Decide) -> None:
    rows = hour_rows(datetime(2026, 1, 1), 150)
    for hour, row in enumerate(rows):
        row["PM25"] = 18.0 + 10 * (hour % 24 in range(7, 10)) + hour / 100
    assert decide(with_index(rows, covered=1)).codes == {"stops_early": ("warn", 150)}
    told = decide(with_index(rows, covered=24)).codes
    assert told["other_averaging_pm25_index"] == ("warn", 150)


def test_a_city_without_an_index_is_not_asked_for_it(feeds: dict[tuple[str, str], Feed]) -> None:
    (expectation,) = (
        entry
        for entry in load_suite("air_quality").expectations
        if entry.id == "other_averaging_pm25_index"
    )
    asked = {city for city, dataset in feeds if dataset == "air_quality"} - {
        city
        for (city, dataset), feed in feeds.items()
        if dataset == "air_quality" and not extracts.applies(expectation, feed)
    }
    assert asked == {"bangkok", "chonburi", "phuket"}


def test_an_index_that_cannot_be_is_left_empty_and_the_record_enters(decide: Decide) -> None:
    rows = hour_rows(datetime(2026, 1, 1), 744)
    rows[3]["AQI"], rows[5]["AQI"], rows[7]["AQI"] = -2, 9999, -999
    decision = decide(rows)
    assert decision.codes == {"published_aqi_range": ("blank", 2)}
    assert decision.left_empty == {
        4: [("published_aqi", "-2", "published_aqi_range")],
        6: [("published_aqi", "9999", "published_aqi_range")],
    }
