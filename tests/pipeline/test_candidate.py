"""A change is tried in another checkout beside what serves, then promoted, as a user does it.

`test_promote.py` proves the way from a candidate to a release once, and faster.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from federation.common.paths import REPOSITORY, Home
from support import killing
from support.contracts import SETTING, of_checkout, of_cities
from support.hubrun import Site, edit
from support.platforms import Request, make_platforms

CITIES = ["khon_kaen", "phuket"]
CONTRACT = "expectations/contracts/khon_kaen/tourism.yml"
INDICATOR = "dbt_project/indicators/th_persons_per_house.yml"
LATE = "khon_kaen/tourism/kk_tourism_2566.parquet"
ON_CALL = "oncall@data.go.example.org"
MOVED = {"TH:FOREIGN_VISITOR_SHARE", "TH:REVENUE_PER_VISIT", "TH:VISITS_PER_RESIDENT"}
pytestmark = pytest.mark.slow
RESULTS = "SELECT extract_id, expectation, count(*) FROM ops.quality_results GROUP BY ALL"


@dataclass
class Answer:
    """How a command ended, and which release served then."""

    code: int
    said: str
    told: Any
    serving: str

    @classmethod
    def of(cls, site: Site, *arguments: str, **more: str) -> Answer:
        done = site.hub(*arguments, **more)
        lines = done.stdout.strip().splitlines()
        told = json.loads(lines[-1]) if "--json" in arguments and lines else None
        return cls(done.returncode, done.stdout + done.stderr, told, site.manifest()["release_id"])


class Story:
    """One hub with two checkouts: one that serves, and one whose contract and model are tried.

    What happened is kept; the tests look at it and change nothing.
    """

    def __init__(self, folder: Path) -> None:
        self.checkout = _changed_checkout(folder / "checkout")
        old = of_cities(folder / "old", *CITIES)
        self.site = Site(Home(folder / "hub"), folder / "platforms", old)
        self.trial = replace(self.site, settings=of_checkout(self.checkout))
        make_platforms(
            self.site.platforms, Request(seed=3, months=1), datasets=["tourism", "population"]
        )
        withheld = folder / "withheld.parquet"
        shutil.move(self.site.platforms / LATE, withheld)
        self.site.run()
        self.first = self.site.manifest()
        self.mails = [self.outbox()]
        self._try()
        shutil.copy(withheld, self.site.platforms / LATE)
        self._deliver()
        self._promote()

    def outbox(self) -> set[str]:
        return {file.name for file in self.site.home.outbox.glob("*.eml")}

    def new_mails(self, before: int) -> list[Any]:
        """The mails that came between a count of the outbox and the next one."""
        names = self.mails[before + 1] - self.mails[before]
        files = [self.site.home.outbox / name for name in sorted(names)]
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]

    def _try(self) -> None:
        self.nothing = Answer.of(self.site, "run", "--as-candidate", "--json")
        self.candidate = Answer.of(self.trial, "run", "--as-candidate", "--json")
        self.mails.append(self.outbox())
        self.again = Answer.of(self.trial, "run", "--as-candidate", "--json")
        self.releases = Answer.of(self.site, "releases", "--json")
        self.rollback = Answer.of(self.site, "rollback", self.candidate.told["candidate"])
        self.quiet = Answer.of(self.site, "run", "--json")
        self.mails.append(self.outbox())
        self.foreign = self._promoted(self.site, self.candidate)

    def _deliver(self) -> None:
        """A late file arrives and serves as the old contract reads it."""
        self.later = Answer.of(self.site, "run", "--json")
        self.results = self.site.sql(RESULTS)
        self.stale = self._promoted(self.trial, self.candidate)
        self.losing = self._with_a_lost_column()
        self.proposals = list((self.site.home.root / "proposals").rglob("*.patch"))
        self.second = Answer.of(self.trial, "run", "--as-candidate", "--json")
        self.tried = json.loads(
            self.site.home.manifest(self.second.told["candidate"]).read_text("utf-8")
        )

    def _with_a_lost_column(self) -> Answer:
        contracts = self.checkout.parent / "lost" / "contracts"
        shutil.copytree(self.checkout / "expectations" / "contracts", contracts)
        edit(
            contracts / "khon_kaen" / "tourism.yml",
            lambda text: text.replace("visit_thai", "visit_nobody", 1),
        )
        settings = {SETTING: str(contracts)}
        return Answer.of(self.site, "run", "--as-candidate", "--json", **settings)

    def _promote(self) -> None:
        self.unknown = self._promoted(self.trial, "candidate-20200101T000000-aaaaaa")
        self.serves = self._promoted(self.trial, self.later.serving)
        self.none = self._promoted(self.trial, self.first["release_id"])
        Answer.of(self.site, "rollback", self.first["release_id"])
        self.pinned = self._promoted(self.trial, self.second)
        Answer.of(self.site, "rollback", "--unpin")
        self.mails.append(self.outbox())
        self.killed = self._killed_promotion()
        self.after_kill = self.site.manifest()["release_id"]
        self.promoted = Answer.of(self.trial, "run", "--json")
        self.mails.append(self.outbox())
        self.manifest = self.site.manifest()
        self.once_more = Answer.of(self.trial, "run", "--json")
        self.mails.append(self.outbox())
        self.twice = self._promoted(self.trial, self.second)
        self.vintages = self.site.sql("SELECT DISTINCT release_id FROM ops.indicator_vintages")

    def _killed_promotion(self) -> int:
        """Promote the second candidate, and die when it is on disk and does not serve yet."""
        promote = ["release", "promote", self.second.told["candidate"], "--reason", "looked at"]
        place = "federation.releases.release:point_at"
        return subprocess.run(
            [sys.executable, str(killing.__file__), place, "1", "before", "--", *promote],
            env=self.trial.environment,
            capture_output=True,
            timeout=300,
        ).returncode

    @staticmethod
    def _promoted(site: Site, which: Answer | str) -> Answer:
        name = which if isinstance(which, str) else which.told["candidate"]
        return Answer.of(site, "release", "promote", name, "--reason", "looked at")


def _changed_checkout(folder: Path) -> Path:
    """A copy of the repository with another contract version, and an indicator twice as great."""
    for name in ("plugins", "expectations", "dbt_project"):
        ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
    of_cities(folder, *CITIES)
    edit(folder / CONTRACT, lambda text: text.replace("version: 1.0.0", "version: 1.1.0"))
    edit(folder / CONTRACT, lambda text: text.replace("visit_all", "visit_thai"))
    edit(
        folder / INDICATOR,
        lambda text: text.replace("value_kind: ratio\n", "value_kind: ratio\nfactor: 2\n"),
    )
    return folder


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("candidate"))


def test_a_checkout_that_would_build_the_same_has_nothing_to_try(story: Story) -> None:
    assert (story.nothing.code, story.nothing.told["candidate"]) == (0, None)


def test_a_candidate_tells_what_another_checkout_would_change(story: Story) -> None:
    assert story.candidate.code == 0, story.candidate.said
    told = story.candidate.told["difference"]
    assert told["against"] == story.first["release_id"]
    assert set(told["indicators"]) == {*MOVED, "TH:PERSONS_PER_HOUSE"}
    changed = {table["table"]: table["changed"] for table in told["tables"]}
    assert changed["core.fct_tourism"] == 12 * 4  # the months of four years of one city
    assert (
        changed["marts.city_indicator"] == told["cells_moved"] == sum(told["indicators"].values())
    )
    assert told["verdicts"] == []


def test_a_candidate_does_not_serve_and_counts_for_nothing(story: Story) -> None:
    name = story.candidate.told["candidate"]
    assert {story.candidate.serving, story.rollback.serving} == {story.first["release_id"]}
    listed = {entry["release_id"]: entry for entry in story.releases.told}
    assert {key: entry["candidate"] for key, entry in listed.items()} == {
        story.first["release_id"]: False,
        name: True,
    }
    assert not listed[name]["serving"]
    assert story.rollback.code == 2
    assert "hub release promote" in story.rollback.said
    assert not story.quiet.told["published"]
    assert story.quiet.serving == story.first["release_id"]


def test_the_same_change_is_built_once(story: Story) -> None:
    assert story.candidate.told["made"]
    assert not story.again.told["made"]
    assert story.again.told["candidate"] == story.candidate.told["candidate"]


def test_the_people_on_call_alone_get_one_mail_about_a_candidate(story: Story) -> None:
    (mail,) = story.new_mails(0)
    assert ON_CALL in mail["To"]
    text = mail.get_body(("plain",)).get_content()
    assert story.candidate.told["candidate"] in mail["Subject"]
    assert "core.fct_tourism: 0 rows added, 0 removed, 48 changed" in text
    assert "core.fct_tourism: เพิ่ม 0 แถว ลบ 0 แถว เปลี่ยน 48 แถว" in text
    assert "48" in mail.get_body(("html",)).get_content()
    assert story.new_mails(1) == []


def test_what_a_trial_measured_is_in_no_release_of_the_serving_checkout(story: Story) -> None:
    assert story.later.told["published"]
    of_extracts = [count for extract_id, _, count in story.results if extract_id]
    assert len(of_extracts) > 100
    assert set(of_extracts) == {1}


def test_a_checkout_of_other_contracts_may_not_promote(story: Story) -> None:
    assert story.foreign.code == 1
    assert "contracts are others: khon_kaen/tourism" in story.foreign.said
    assert "the models" in story.foreign.said
    assert story.foreign.serving == story.first["release_id"]


def test_what_a_later_delivery_has_overtaken_may_not_be_promoted(story: Story) -> None:
    assert story.stale.code == 1
    assert "extracts that came since (1): khon_kaen/tourism 2023" in story.stale.said
    assert story.stale.serving == story.later.serving != story.first["release_id"]


def test_a_contract_that_loses_extracts_says_so_and_proposes_nothing(story: Story) -> None:
    assert story.losing.code == 1
    verdicts = story.losing.told["difference"]["verdicts"]
    assert {entry["partition"] for entry in verdicts} == {str(year) for year in range(2019, 2024)}
    assert {(entry["serving"], entry["candidate"]) for entry in verdicts} == {
        ("current", "rejected")
    }
    assert all(entry["reasons"] for entry in verdicts)
    assert story.proposals == []


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("unknown", "no release"),
        ("serves", "serves already"),
        ("none", "is no candidate"),
        ("pinned", "is pinned"),
        ("twice", "was promoted already"),
    ],
)
def test_what_may_not_be_promoted_is_refused_with_the_reason(
    story: Story, which: str, said: str
) -> None:
    answer = getattr(story, which)
    assert answer.code == 2, answer.said
    assert said in answer.said


def test_a_promotion_that_is_killed_leaves_the_old_release_and_is_finished_by_the_next_pass(
    story: Story,
) -> None:
    assert story.killed == -signal.SIGKILL
    assert story.after_kill == story.later.serving
    assert story.promoted.serving == story.manifest["release_id"] != story.later.serving
    assert not story.promoted.told["published"]  # nothing new: the candidate is what it builds


def test_a_promoted_candidate_serves_as_a_release_with_the_same_content(story: Story) -> None:
    assert story.manifest["content_hash"] == story.tried["content_hash"]
    assert "candidate" not in story.manifest
    assert story.manifest["promoted"]["candidate"] == story.tried["release_id"]
    assert story.manifest["promoted"]["reason"] == "looked at"
    assert not story.site.home.release(story.tried["release_id"]).exists()
    assert {row[0] for row in story.vintages} == {
        story.first["release_id"],
        story.later.serving,
        story.manifest["release_id"],
    }


def test_the_mails_of_a_promoted_release_are_sent_once(story: Story) -> None:
    release_id = story.manifest["release_id"]
    ids = [str(mail["Message-ID"]) for mail in story.new_mails(3)]
    assert ids
    assert all(message_id.startswith(f"<{release_id}.") for message_id in ids)
    assert story.new_mails(4) == []
    assert (story.once_more.code, story.once_more.told["published"]) == (0, False)


def test_a_candidate_that_was_killed_leaves_nothing_and_is_made_by_another_run(
    story: Story, tmp_path: Path
) -> None:
    subprocess.run(["cp", "-a", story.site.home.root, tmp_path / "hub"], check=True)
    site = replace(story.site, home=Home(tmp_path / "hub"))  # whose contract is another again
    serving, place = site.manifest()["release_id"], "federation.releases.release:write_durably"
    tried = ["run", "--as-candidate", "--json"]
    died = subprocess.run(
        [sys.executable, str(killing.__file__), place, "1", "before", "--", *tried],
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr[-2000:]
    assert [file.name[:11] for file in site.home.releases.glob(".*")] == [".candidate-"]
    assert site.manifest()["release_id"] == serving
    again = Answer.of(site, *tried)
    assert again.told["made"], again.said
    assert again.serving == serving
    assert not list(site.home.releases.glob(".*"))


def test_a_candidate_is_about_the_whole_warehouse(story: Story) -> None:
    refused = Answer.of(story.site, "run", "--as-candidate", "--city", "phuket")
    assert refused.code == 2
    assert Answer.of(story.site, "run", "--as-candidate", "--as-of", "2026-01-01").code == 2
