"""Secrets come from the environment or from files, and a file that cannot be read is named."""

from pathlib import Path

import pytest
from federation.common.errors import HubError
from federation.common.settings import Settings


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("HUB_SECRETS", str(folder))
    return folder


def test_a_connection_and_the_database_are_read_from_files(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (secrets / "HUB_DATABASE").write_text("postgresql://hub_pass:p@db/hub\n")
    (secrets / "AIRFLOW_CONN_CITY_RAYONG").write_text('{"conn_type": "s3"}\n')
    settings = Settings.from_environment({"city_rayong": "of Airflow", "x": "y"}.get)
    assert settings.database_url == "postgresql://hub_pass:p@db/hub"
    assert settings.airflow_connection("city_rayong") == '{"conn_type": "s3"}'
    assert settings.airflow_connection("x") == "y"
    assert settings.airflow_connection("smtp_hub") is None
    monkeypatch.setenv("AIRFLOW_CONN_CITY_RAYONG", "file:///of/the/environment")
    monkeypatch.setenv("HUB_DATABASE", "postgresql://db/other")
    assert settings.airflow_connection("city_rayong") == "file:///of/the/environment"
    assert Settings.from_environment().database_url == "postgresql://db/other"


def test_a_folder_or_file_that_cannot_be_read_is_named_and_never_shown(secrets: Path) -> None:
    (secrets / "AIRFLOW_CONN_SMTP_HUB").write_bytes(b"smtp://hub:\xff@mail")
    with pytest.raises(HubError, match="a secret cannot be read") as refused:
        Settings.from_environment().airflow_connection("smtp_hub")
    assert refused.value.where.endswith("AIRFLOW_CONN_SMTP_HUB")
    assert "hub:" not in str(refused.value)
    (secrets / "AIRFLOW_CONN_SMTP_HUB").unlink()
    secrets.rmdir()
    with pytest.raises(HubError, match="HUB_SECRETS is no folder"):
        Settings.from_environment()
