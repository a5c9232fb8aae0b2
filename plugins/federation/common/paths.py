"""The one module that knows where things lie, in the repository and under `$HUB_HOME`."""

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
CONTRACTS = Path(
    os.environ.get("HUB_CONTRACTS") or REPOSITORY / "expectations" / "contracts"
).absolute()
SUITES = REPOSITORY / "expectations" / "suites"
SUBSCRIPTIONS = REPOSITORY / "expectations" / "subscriptions.yml"
WAIVERS = REPOSITORY / "expectations" / "waivers.yml"
UNITS = REPOSITORY / "expectations" / "units.yml"
SCHEMAS = REPOSITORY / "expectations" / "schemas"
DBT_PROJECT = REPOSITORY / "dbt_project"
INDICATORS = DBT_PROJECT / "indicators"
DAGS = REPOSITORY / "dags"
PLUGINS = REPOSITORY / "plugins"


@dataclass(frozen=True)
class Home:
    """The hub's working folder; every method names a place below it and creates nothing."""

    root: Path

    def landing(self, city: str, dataset: str, partition: str, sha256: str) -> Path:
        return self.root / "landing" / city / dataset / partition / f"{sha256}.parquet"

    def landing_of(self, city: str, dataset: str) -> Path:
        """Everything that landed of a feed."""
        return self.root / "landing" / city / dataset

    def conformed_of(self, city: str, dataset: str) -> Path:
        """Every conformed extract of a feed."""
        return self.root / "conformed" / city / dataset

    def conformed(
        self, city: str, dataset: str, partition: str, extract_id: str, contract_hash: str
    ) -> Path:
        folder = self.root / "conformed" / city / dataset / partition
        return folder / f"{extract_id}-{contract_hash}.parquet"

    def at(self, name: str) -> Path:
        """The place that a release names relative to the home."""
        return self.root / name

    def name_of(self, path: Path) -> str:
        """A place's name relative to the home, as releases tell it."""
        return path.relative_to(self.root).as_posix()

    def proposal(self, city: str, dataset: str, extract_id: str) -> Path:
        """A proposed contract change, for an extract that came otherwise than promised."""
        return self.proposals / city / dataset / f"{extract_id}.patch"

    @property
    def conformed_folder(self) -> Path:
        """The folder of all conformed files; a build may read nothing else but itself."""
        return self.root / "conformed"

    @property
    def proposals(self) -> Path:
        """The folder of all proposed contract changes."""
        return self.root / "proposals"

    @property
    def sites(self) -> Path:
        """The folder of all sites."""
        return self.root / "reports"

    @staticmethod
    def quarantine(conformed: Path) -> Path:
        return conformed.with_suffix(".quarantine.parquet")

    @staticmethod
    def blanks(conformed: Path) -> Path:
        return conformed.with_suffix(".blanks.parquet")

    @property
    def incoming(self) -> Path:
        """Where a download grows until it is whole; on the same file system as landing."""
        return self.root / "landing" / ".incoming"

    @property
    def build(self) -> Path:
        return self.root / "build" / "national.duckdb"

    @property
    def dbt_target(self) -> Path:
        return self.root / "build" / "dbt"

    @property
    def dbt_parsed(self) -> Path:
        """What dbt keeps of the project that it parsed, so that it parses only what changed."""
        return self.dbt_target / "partial_parse.msgpack"

    @property
    def dbt_manifest(self) -> Path:
        """What dbt wrote of the project when it last read it."""
        return self.dbt_target / "manifest.json"

    @property
    def dbt_results(self) -> Path:
        """What dbt wrote of its last command."""
        return self.dbt_target / "run_results.json"

    @property
    def scratch(self) -> Path:
        """Where engines spill; may be deleted whenever nothing runs."""
        return self.root / "build" / "scratch"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    def release(self, release_id: str) -> Path:
        return self.releases / release_id / "national.duckdb"

    def manifest(self, release_id: str) -> Path:
        return self.releases / release_id / "release.json"

    @property
    def current(self) -> Path:
        """The symlink that analysts open."""
        return self.root / "national.duckdb"

    def reports(self, release_id: str) -> Path:
        """The static site of a release."""
        return self.sites / release_id

    def site(self, release_id: str) -> Path:
        """The page to begin with."""
        return self.reports(release_id) / "index.html"

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    @property
    def openlineage(self) -> Path:
        """Where lineage events go unless they are sent elsewhere."""
        return self.root / "openlineage"

    def openlineage_of(self, who: str) -> Path:
        """The events that the `hub` or `airflow` told, one a line."""
        return self.openlineage / f"{who}.jsonl"

    @property
    def steps(self) -> Path:
        """What each step of a pass took when it last ran, a file per step."""
        return self.root / "steps"

    def step(self, name: str) -> Path:
        return self.steps / f"{name.replace(' ', '_')}.json"

    @property
    def airflow(self) -> Path:
        return self.root / "airflow"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def airflow_environment(self) -> Path:
        """The environment of `make up` while it runs, as JSON; for its own user alone."""
        return self.airflow / "environment.json"

    @property
    def airflow_logs(self) -> Path:
        """Of `make up`; an Airflow of your own says where its logs go."""
        return self.airflow / "logs"

    @property
    def logs(self) -> tuple[Path, ...]:
        """The files that only grow."""
        own = (self.dbt_target / "dbt.log", self.postgres / "log")
        components = sorted(self.airflow_logs.glob("*.log"))
        return (*own, *sorted(self.openlineage.glob("*.jsonl")), *components)

    @property
    def private(self) -> tuple[Path, ...]:
        """Folders for the user of the hub alone: what cities delivered, mails, work in progress.

        Releases and sites are for the group too.
        """
        names = ("landing", "conformed", "build", "outbox", "proposals", "openlineage")
        return tuple(self.root / name for name in names)

    @property
    def landed(self) -> Path:
        """Everything that landed."""
        return self.root / "landing"

    @property
    def tidied(self) -> tuple[Path, ...]:
        """Folders that a backup holds beside landing and releases, and that upkeep tidies up."""
        return self.outbox, self.proposals, self.sites

    @property
    def restoring(self) -> Path:
        """The mark of a restore that has not ended; while it is there nothing else may begin."""
        return self.root / ".restoring"

    @property
    def ledger_away(self) -> Path:
        """The mark that the people on call heard that the ledger cannot be opened."""
        return self.root / ".ledger-away"

    @property
    def generated_platforms(self) -> Path:
        return self.root / "platforms"
