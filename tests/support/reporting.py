"""What a release says of a city, made by hand for tests of what is written about it."""

from typing import Any

from federation.datasets.suites import load_suite
from federation.reporting.mail.context import CityReport, FeedReport, Mark


def feed_report(city: str, dataset: str, **known: Any) -> FeedReport:
    """One feed of which nothing is known but what is given."""
    title = load_suite(dataset).title
    unknown: dict[str, Any] = {
        "verdict": "accepted",
        "mark": Mark(),
        "latest": None,
        "received": 0,
        "in_core": 0,
        "on_hold": 0,
        "duplicate": 0,
        "superseded": 0,
        "platform": "ok",
    }
    return FeedReport(
        city=city, dataset=dataset, title_th=title["th"], title_en=title["en"], **unknown | known
    )


def city_report(key: str, name_th: str, name_en: str, *feeds: FeedReport) -> CityReport:
    """One city with these feeds."""
    return CityReport(
        key, name_th, name_en, Mark(70.0, "C", "ต่ำสุด: น้ำ 10", "lowest: water 10"), list(feeds)
    )
