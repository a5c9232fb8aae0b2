"""S3 platforms: every page of a listing, and nothing outside the prefix."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from federation.common.errors import HubError
from federation.transport import s3, transport_for

from .conftest import Platform


def test_the_last_page_of_a_listing_counts(
    named: Callable[[str], Platform], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "PAGE_ENTRIES", 3)
    platform = named("s3")
    folder = platform.directory / "air"
    folder.mkdir()
    for number in range(7):
        (folder / f"{number:04}.parquet").write_bytes(b"")
    platform.settle()
    transport = platform.transport()
    assert len(list(transport.files("air", 1))) == 7
    transport.close()


def test_only_what_lies_below_the_prefix_and_the_depth_is_listed(
    named: Callable[[str], Platform],
) -> None:
    platform = named("s3")
    for path in (
        "open/air/a.parquet",
        "open/air/deep/b.parquet",
        "open/airport/c.parquet",
        "air/d.parquet",
    ):
        (platform.directory / path).parent.mkdir(parents=True, exist_ok=True)
        (platform.directory / path).write_bytes(b"x")
    platform.settle()
    transport = platform.transport(schema="s3-open-data/open")
    assert [entry.path for entry in transport.files("air", 1)] == ["air/a.parquet"]
    assert [entry.path for entry in transport.files("air", 2)] == [
        "air/a.parquet",
        "air/deep/b.parquet",
    ]
    transport.close()


def test_a_connection_without_a_bucket_is_refused() -> None:
    with pytest.raises(HubError, match="names no bucket"):
        transport_for("s3://key:geheim@127.0.0.1:9/")
