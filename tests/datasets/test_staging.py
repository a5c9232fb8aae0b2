"""dbt's staging models are what the suites say."""

from __future__ import annotations

from federation.datasets.staging import FOLDER, staging_files


def test_the_staging_models_are_those_of_the_suites() -> None:
    written = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}
    assert written == staging_files(), "write them anew with: make staging"
