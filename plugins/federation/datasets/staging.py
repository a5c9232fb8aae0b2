"""The dbt files that follow from a suite: the staging model of a dataset, and its source.

`make staging` writes them.
"""

from collections.abc import Iterator

from federation.common.paths import DBT_PROJECT
from federation.datasets.descriptions import docs_blocks
from federation.datasets.suites import Suite, dataset_names, load_suite

FOLDER = DBT_PROJECT / "models" / "staging"
_WRITTEN = "written by `make staging` from expectations/suites/{name}.yml"
_NEW = "of the extracts that are new to this build"


def staging_files() -> dict[str, str]:
    """Return file name -> text of everything that belongs into `dbt_project/models/staging`."""
    return dict(file for suite in map(load_suite, dataset_names()) for file in _files(suite))


def write_staging() -> None:
    """Write the staging files anew; those of a dataset that is no more are deleted."""
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.iterdir():
        file.unlink()
    for name, text in staging_files().items():
        (FOLDER / name).write_text(text, "utf-8")


def _files(suite: Suite) -> Iterator[tuple[str, str]]:
    yield f"stg_{suite.name}.sql", _model(suite)
    yield f"stg_{suite.name}.yml", _description(suite)


def _model(suite: Suite) -> str:
    columns = ",\n    ".join(suite.record)
    source = f"{{{{ source('inputs', '{suite.name}') }}}}"
    written = _WRITTEN.format(name=suite.name)
    return f"{{# {written} #}}\nselect\n    {columns}\nfrom {source}\n"


def _description(suite: Suite) -> str:
    lines = [
        f"# {_WRITTEN.format(name=suite.name)}",
        "version: 2",
        "sources:",
        "  - name: inputs",
        "    schema: inputs",
        "    tables:",
        f"      - name: {suite.name}",
        f'        description: "Accepted records {_NEW}; {suite.grain}."',
        "models:",
        f"  - name: stg_{suite.name}",
        f'    description: "Accepted records {_NEW}; {suite.grain}."',
        "    columns:",
        *(line for name, kind in suite.record.items() for line in _column(name, kind)),
    ]
    return "\n".join(lines) + "\n"


def _column(name: str, kind: str) -> Iterator[str]:
    yield f"      - name: {name}"
    if name in docs_blocks():
        yield f"""        description: "{{{{ doc('{name}') }}}}\""""
    yield f"        data_type: {kind.lower()}"


if __name__ == "__main__":
    write_staging()
