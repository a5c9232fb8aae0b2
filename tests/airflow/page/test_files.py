"""What the page serves: files of a release's site, and nothing that lies elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from federation.airflow.page.files import SAVED, own_file, site_file, type_of
from federation.common.paths import Home
from hypothesis import example, given
from hypothesis import strategies as st

RELEASE = "20261124T101500-1a2b3c"
WORDS = st.sampled_from(
    [
        "..",
        ".",
        "",
        "data_docs",
        "index.html",
        "secret.txt",
        "reports",
        RELEASE,
        "way_out",
        "\0",
        "%2e%2e",
        "C:",
    ]
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one site, a file beside it, and a link that leads out of it."""
    made = Home(tmp_path_factory.mktemp("site"))
    (made.reports(RELEASE) / "data_docs").mkdir(parents=True)
    for file in (made.site(RELEASE), made.reports(RELEASE) / "data_docs" / "index.html"):
        file.write_text("seen", "utf-8")
    (made.root / "secret.txt").write_text("unseen", "utf-8")
    (made.reports(RELEASE) / "way_out").symlink_to(made.root)
    return made


def test_pages_of_a_site_are_found(home: Home) -> None:
    for name in ("index.html", "", "data_docs/index.html", "data_docs", "data_docs/"):
        found = site_file(RELEASE, name, home)
        assert found, name
        assert found.read_text("utf-8") == "seen"


@given(
    release_id=st.one_of(st.just(RELEASE), WORDS, st.text(max_size=8)),
    name=st.one_of(st.lists(WORDS, max_size=7).map("/".join), st.text(max_size=20)),
)
@example(release_id=RELEASE, name="../../secret.txt")
@example(release_id=RELEASE, name="way_out/secret.txt")
@example(release_id=RELEASE, name="/etc/passwd")
@example(release_id="..", name="secret.txt")
def test_no_name_leads_out_of_the_site(home: Home, release_id: str, name: str) -> None:
    found = site_file(release_id, name, home)
    assert found is None or found.read_text("utf-8") == "seen"


def test_a_file_of_an_unknown_kind_is_stored_not_shown() -> None:
    assert type_of(Path("index.html")).startswith("text/html")
    assert type_of(Path("national.duckdb")) == SAVED


def test_the_page_has_its_own_files_and_no_others() -> None:
    assert own_file("page.css")
    assert own_file("NotoSansThai-Regular.ttf")
    assert own_file("../answer.py") is None
