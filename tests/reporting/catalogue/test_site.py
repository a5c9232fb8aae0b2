"""The dictionary and the site of a release: whole, linked, in both languages, the same each time.

All tests look at one release, or at a copy of it, because making one is what takes long.
"""

import json
import shutil
import subprocess
from csv import reader
from html.parser import HTMLParser
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import pytest
from federation.common.engine import connect
from federation.common.errors import DataProblem
from federation.common.paths import Home
from federation.contracts.model import Feed
from federation.datasets.suites import dataset_names, load_suite
from federation.releases.release import RELEASES_KEPT, _scan, prune
from federation.reporting.catalogue import dcat, gd_catalog
from federation.reporting.catalogue.dbt_docs import unpacked
from federation.reporting.site import site
from support.hubrun import Site

COLUMNS = (
    "SELECT schema_name, table_name, {} FROM duckdb_columns() WHERE schema_name IN ('core', "
    "'marts', 'ops') "
    "AND database_name = current_database() ORDER BY ALL"
)


class Links(HTMLParser):
    """The links, anchors and languages of a page, and whatever it fetches."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.languages: set[str] = set()
        self.fetched: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given["id"]} if "id" in given else set()
        self.languages |= {given["lang"]} if "lang" in given else set()
        self.targets += [given["href"]] if tag == "a" and "href" in given else []
        self.fetched += (
            [given.get("href") or given.get("src") or tag]
            if tag in ("script", "link", "img", "iframe")
            else []
        )


@pytest.fixture(scope="module")
def hub(release: Site) -> Site:
    """One release of the generated platforms, with its site."""
    return release


@pytest.fixture(scope="module")
def folder(hub: Site) -> Path:
    return hub.home.reports(hub.manifest()["release_id"])


@pytest.fixture(scope="module")
def own(release: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A copy of that hub, whose site may be removed and made again."""
    copy = Site(Home(tmp_path_factory.mktemp("own") / "hub"), release.platforms)
    subprocess.run(
        ["cp", "-a", release.home.root.with_name("untouched"), copy.home.root], check=True
    )
    return copy


@pytest.fixture
def own_folder(own: Site) -> Path:
    return own.home.reports(own.manifest()["release_id"])


def pages(folder: Path) -> list[Path]:
    return [page for page in sorted(folder.rglob("*.html")) if page.name != "dbt.html"]


def catalogue_pages(folder: Path) -> list[Path]:
    names = ["catalogue.html", "dictionary.html", *(f"{name}.html" for name in dataset_names())]
    return [page for page in pages(folder) if page.name in names]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def lines(node: Any) -> list[str]:
    """Every address in a JSON-LD document."""
    if isinstance(node, list):
        return [found for entry in node for found in lines(entry)]
    if not isinstance(node, dict):
        return []
    own = [node["@id"]] if set(node) == {"@id"} else []
    return own + [
        found for name, value in node.items() if name != "@context" for found in lines(value)
    ]


def test_the_dictionary_is_what_the_release_holds(hub: Site) -> None:
    told = (
        "SELECT schema_name, table_name, {} FROM ops.dictionary WHERE column_name IS {} NULL "
        "ORDER BY ALL"
    )
    columns = hub.sql(COLUMNS.format("column_name, data_type"))
    assert len(columns) > 300
    assert hub.sql(told.format("column_name, data_type", "NOT")) == columns
    assert hub.sql(told.format("data_type", "")) == sorted(
        {(schema, table, None) for schema, table, *_ in columns}
    )


def test_the_comments_are_in_the_file(hub: Site) -> None:
    told = (
        "SELECT schema_name, table_name, column_name, description_en || ' / ' || description_th "
        "FROM ops.dictionary "
    )
    assert hub.sql(COLUMNS.format("column_name, comment")) == hub.sql(
        f"{told} WHERE column_name IS NOT NULL ORDER BY ALL"
    )
    kinds = " UNION ALL ".join(
        f"SELECT schema_name, {kind}_name, NULL, comment FROM duckdb_{kind}s() WHERE NOT internal"
        for kind in ("table", "view")
    )
    assert hub.sql(f"SELECT * FROM ({kinds}) ORDER BY ALL") == hub.sql(
        f"{told} WHERE column_name IS NULL ORDER BY ALL"
    )


def test_keys_and_units_are_told(hub: Site) -> None:
    told = dict(
        hub.sql(
            "SELECT column_name, (unit, is_key) FROM ops.dictionary WHERE table_name = "
            "'fct_rainfall'"
        )
    )
    assert told == {
        None: (None, False),
        "city_code": (None, True),
        "station_id": (None, True),
        "date": (None, True),
        "rain_mm": ("mm", False),
        "extract_id": (None, False),
    }
    assert hub.sql("SELECT count(*) FROM ops.dictionary WHERE unit IS NOT NULL")[0][0] > 80


def test_comments_do_not_change_a_content_hash(hub: Site, tmp_path: Path) -> None:
    bare = tmp_path / "bare.duckdb"
    bare.write_bytes(hub.home.current.read_bytes())
    with connect(bare) as con:
        con.execute(
            "COMMENT ON COLUMN core.fct_rainfall.rain_mm IS NULL; COMMENT ON TABLE "
            "core.fct_rainfall IS 'other'"
        )
    with connect(bare, read_only=True) as con:
        assert (
            _scan(con, "core", "fct_rainfall") | {"key": ["city_code", "station_id", "date"]}
            == hub.manifest()["tables"]["core.fct_rainfall"]
        )


def test_every_dataset_has_a_page(folder: Path) -> None:
    assert len(catalogue_pages(folder)) == len(dataset_names()) + 2
    for name in dataset_names():
        page = (folder / f"{name}.html").read_text("utf-8")
        assert all(title in page for title in load_suite(name).title.values())
        assert "ผู้เผยแพร่ไม่ได้ระบุ" in page or name == "dengue_cases"


def test_every_link_leads_somewhere_and_nothing_is_fetched_but_the_site_s_own_style_and_script(
    folder: Path,
) -> None:
    followed, read = 0, {page: Links(page) for page in folder.rglob("*.html")}
    for page in pages(folder):
        found = read[page]
        fetched = [(page.parent / name).resolve() for name in found.fetched]
        assert fetched == [folder / "hub.css", folder / "hub.js"]
        assert found.languages == {"th", "en"}
        for target in found.targets:
            parts = urlsplit(target)
            if parts.scheme in ("mailto", "https"):
                continue
            aim = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert aim.is_file(), f"{page.name}: {target}"
            assert not parts.fragment or parts.fragment in read[aim].anchors, (
                f"{page.name}: {target}"
            )
            followed += 1
    assert followed > 100


def test_the_catalogue_in_json_ld_is_whole(hub: Site, folder: Path) -> None:
    document = json.loads((folder / "catalogue.jsonld").read_text("utf-8"))
    assert list(dcat.lacking(document)) == []
    assert [entry["dct:identifier"] for entry in document["dcat:dataset"]] == dataset_names()
    used = {
        name.split(":")[0]
        for name in str(document).split("'")
        if name.count(":") == 1 and " " not in name
    }
    assert used & set(document["@context"])
    for address in lines(document):
        parts = urlsplit(address)
        assert parts.scheme in ("mailto", "http", "https") or (folder / parts.path).is_file(), (
            address
        )
    rain = next(
        entry for entry in document["dcat:dataset"] if entry["dct:identifier"] == "rainfall"
    )
    first, last = hub.sql(
        "SELECT min(first_date), max(last_date) FROM ops.extracts WHERE dataset = 'rainfall'"
    )[0]
    assert [
        rain["dct:temporal"][name]["@value"] for name in ("dcat:startDate", "dcat:endDate")
    ] == [str(first), str(last)]
    assert len(rain["dcat:distribution"]) == 6
    assert all(
        "dct:license" not in entry and "dct:rights" in entry for entry in rain["dcat:distribution"]
    )


def test_the_government_catalogue_has_its_mandatory_fields(folder: Path) -> None:
    datasets = json.loads((folder / "catalogue.json").read_text("utf-8"))
    assert [entry["name"] for entry in datasets] == dataset_names()
    assert [gd_catalog.missing(entry) for entry in datasets] == [[] for _ in datasets]
    assert {entry["license_id"] for entry in datasets} == {
        "License not specified",
        "Creative Commons Attributions",
    }


def test_ready_tables_hold_all_rows_of_the_marts(hub: Site, folder: Path) -> None:
    page = (folder / "catalogue.html").read_text("utf-8")
    files = sorted((folder / "downloads").glob("marts.*.zip"))
    marts = hub.sql("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'marts'")[0][0]
    views = hub.sql(
        "SELECT count(*) FROM duckdb_views() WHERE schema_name = 'marts' AND NOT internal"
    )[0][0]
    assert len(files) == marts + views
    for file in files:
        with ZipFile(BytesIO(file.read_bytes())) as archive:
            assert archive.namelist() == [f"{file.stem}.csv"]
            with archive.open(f"{file.stem}.csv") as packed:
                rows = sum(1 for _ in reader(TextIOWrapper(packed, "utf-8-sig", newline="")))
        assert rows - 1 == hub.sql(f"SELECT count(*) FROM {file.stem}")[0][0]
        assert f'href="downloads/{file.name}"' in page


def test_each_feed_s_grade_is_in_the_catalogue(hub: Site, folder: Path) -> None:
    graded = hub.sql(
        "SELECT city, dataset, grade FROM ops.scores WHERE scope = 'feed' AND dimension = "
        "'overall' AND grade IS NOT NULL"
    )
    assert len(graded) > 20  # those that promise nothing, or are silent for long, have none
    for city, dataset, grade in graded:
        _, _, row = (
            (folder / f"{dataset}.html")
            .read_text("utf-8")
            .partition(f'<a href="{city}-{dataset}.html">')
        )
        assert f'<span class="grade grade-{grade}">{grade}</span>' in row.partition("</tr>")[0]


def test_dbt_s_page_holds_the_project(folder: Path) -> None:
    page = unpacked((folder / "dbt.html").read_text("utf-8"))
    assert "JSON INLINE DATA" not in page
    assert "model.national.city_indicator" in page
    assert str(folder.parents[1]) not in page


def test_the_site_is_small(folder: Path) -> None:
    assert sum(map(len, contents(folder).values())) < 6_000_000


def test_made_again_it_is_the_same_byte_for_byte(
    own: Site, own_folder: Path, feeds: dict[tuple[str, str], Feed]
) -> None:
    before = contents(own_folder)
    shutil.rmtree(own_folder)
    assert site.make_site(own.manifest(), list(feeds.values()), own.home) == own_folder
    assert contents(own_folder) == before
    assert [path.name for path in own_folder.parent.iterdir()] == [own_folder.name]


def test_a_pass_with_nothing_new_makes_a_site_that_a_kill_left_out(
    own: Site, own_folder: Path
) -> None:
    shutil.rmtree(own_folder)
    assert not own.run()["published"]
    assert (own_folder / "index.html").is_file()


def test_a_site_that_another_process_made_meanwhile_stays(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("first")
    assert site._lay(tmp_path / "site", {"index.html": "second"}) == tmp_path / "site"
    assert (tmp_path / "site" / "index.html").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_release_made_before_there_was_a_dictionary_has_no_site(home: Home) -> None:
    home.release("20260101T000000-aaaaaa").parent.mkdir(parents=True)
    with connect(home.release("20260101T000000-aaaaaa")) as con:
        con.execute("CREATE SCHEMA ops")
    assert site.make_site({"release_id": "20260101T000000-aaaaaa"}, [], home) is None


def test_a_catalogue_that_lacks_something_is_an_error_that_names_it(
    own: Site, own_folder: Path, feeds: dict[tuple[str, str], Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(load_suite("rainfall").catalogue, "keywords", {"th": [], "en": []})
    shutil.rmtree(own_folder)
    with pytest.raises(DataProblem, match=r"lacks tag_string of rainfall"):
        site.make_site(own.manifest(), list(feeds.values()), own.home)
    monkeypatch.undo()
    assert not own_folder.exists()
    site.make_site(
        own.manifest(), [], own.home
    )  # every contract refused: the datasets are still told of
    assert len(catalogue_pages(own_folder)) == len(dataset_names()) + 2
    shutil.rmtree(own_folder)


def test_a_site_goes_with_its_release(home: Home) -> None:
    made = [
        f"2026010{day}T000000-aaaaaa" if day < 10 else f"202601{day}T000000-aaaaaa"
        for day in range(1, RELEASES_KEPT + 2)
    ]
    for release_id in made:
        home.release(release_id).parent.mkdir(parents=True)
        home.reports(release_id).mkdir(parents=True)
    (home.reports(made[0]).parent / f".{made[0]}.abc").mkdir()
    prune(home, made[-1])
    assert sorted(path.name for path in home.reports("x").parent.iterdir()) == made[1:]
