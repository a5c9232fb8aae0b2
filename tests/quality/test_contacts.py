"""Who hears of the nation, and how soon incidents are to be mended, is checked as it is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from federation.common.errors import ContractError
from federation.common.paths import CONTRACTS
from federation.quality.contacts import national, repair_within_working_days

Document = dict[str, Any]


def test_the_repository_s_own_file_holds() -> None:
    assert national().stakeholders
    assert set(repair_within_working_days()) == {"critical", "warning"}


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        (lambda d: d.update(oncall=[]), "oncall", "unknown key"),
        (lambda d: d.pop("publisher"), "publisher", "must be given"),
        (lambda d: d["publisher"].update(name="Hub"), "publisher.name", "must be a mapping"),
        (lambda d: d["stakeholders"][0].pop("email"), "stakeholders.0.email", "must be given"),
        (
            lambda d: d["repair_within_working_days"].update(warning="soon"),
            "repair_within_working_days.warning",
            "must be a whole number",
        ),
        (
            lambda d: d["repair_within_working_days"].pop("critical"),
            "repair_within_working_days.critical",
            "must be given",
        ),
    ],
)
def test_the_national_file_is_refused_for(
    tmp_path: Path, change: Callable[[Document], None], key: str, reason: str
) -> None:
    document = yaml.safe_load((CONTRACTS / "_national.yml").read_text("utf-8"))
    change(document)
    file = tmp_path / "_national.yml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    with pytest.raises(ContractError) as refused:
        national(file)
    assert (refused.value.file, refused.value.key) == (str(file), key)
    assert reason in refused.value.reason
