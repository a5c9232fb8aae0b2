"""Some days of deliveries with a fault in them: which incidents open and close, and who is told
what, how often."""

import json
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from federation.common.paths import Home
from federation.common.periods import today
from support.hubrun import Site
from support.platforms import Request, make_platforms

pytestmark = pytest.mark.slow  # four whole passes; each part is proved for itself in the suite


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Rayong with tourism and air quality as far as they are due; the other cities answer and
    have nothing."""
    platforms = tmp_path / "platforms"
    make_platforms(
        platforms,
        Request(seed=3, months=2, until=today()),
        datasets=["tourism", "air_quality"],
        cities=["rayong"],
    )
    for city in ("bangkok", "chiang_mai", "khon_kaen", "chonburi", "phuket"):
        (platforms / city).mkdir()
    return Site(Home(tmp_path / "hub"), platforms)


def new_mails(site: Site, seen: set[str]) -> Iterator[EmailMessage]:
    """The mails since the last look, without those to the people on call."""
    for file in sorted(site.home.outbox.glob("[!a]*.eml")):
        if file.name not in seen:
            seen.add(file.name)
            mail = message_from_bytes(file.read_bytes(), policy=default)
            assert isinstance(mail, EmailMessage)
            yield mail


def address(mail: EmailMessage) -> str:
    return str(mail["To"].addresses[0].addr_spec)


def incidents(site: Site, reason: str) -> list[str]:
    found = json.loads(site.hub("incidents", "--all", "--json").stdout)
    return [entry["state"] for entry in found if entry["reason"] == reason]


def test_a_fault_is_told_once_and_its_end_once(site: Site) -> None:
    seen: set[str] = set()
    site.run()
    assert {address(mail).split("@")[1] for mail in new_mails(site, seen)} >= {
        "platform.rayong.example.org"
    }

    file = sorted((site.platforms / "rayong" / "AirQualityObserved").glob("*.parquet"))[-1]
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    site.run(expected=1)
    assert incidents(site, "not_parquet") == ["open"]
    told = {address(mail): str(mail["Subject"]) for mail in new_mails(site, seen)}
    assert {"environment@platform.rayong.example.org", "steering@smartcity.example.org"} <= set(
        told
    )
    assert not any("phuket" in address for address in told)  # nothing changed there
    assert "1 urgent (Rayong Air quality)" in told["federation@data.go.example.org"]
    assert "data@platform.rayong.example.org" in told
    assert "tourism@platform.rayong.example.org" not in told  # another feed's steward
    assert "Rayong Air quality: the file is not" in told["environment@platform.rayong.example.org"]

    site.run()  # the next day: the file is as it was
    assert list(new_mails(site, seen)) == []

    file.write_bytes(whole)
    site.run()
    assert incidents(site, "not_parquet") == ["closed"]
    (mended,) = [
        mail
        for mail in new_mails(site, seen)
        if address(mail) == "environment@platform.rayong.example.org"
    ]
    assert "✓ Rayong Air quality: fixed, thank you" in mended["Subject"]
    assert "✓ แก้ไขแล้ว ขอบคุณ" in mended.get_body(("plain",)).get_content()
