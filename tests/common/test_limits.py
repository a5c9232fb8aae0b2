"""Limits are configuration: what is set holds, and what is no limit is refused by name."""

from __future__ import annotations

import pytest
from federation.common.errors import HubError
from federation.conform.sandbox.job import Limits as SandboxLimits
from federation.transport import Limits as FetchLimits

BOTH = '{"file_bytes": 1000, "conform": {"seconds": 60}}'


def test_fetching_and_the_fence_each_take_their_own() -> None:
    assert FetchLimits.from_text(BOTH, "HUB_LIMITS").file_bytes == 1000
    assert SandboxLimits.from_text(BOTH, "HUB_LIMITS").seconds == 60
    assert SandboxLimits.from_text(BOTH, "HUB_LIMITS").file_bytes == SandboxLimits().file_bytes
    assert SandboxLimits.from_text(None, "HUB_LIMITS") == SandboxLimits()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"conform": {"secs": 1}}', "unknown limit secs"),
        ('{"conform": {"seconds": 0}}', "no whole number from 1 on"),
        ('{"conform": 5}', "no JSON object"),
        ("[]", "no JSON object"),
        ("{", "no JSON object"),
    ],
)
def test_what_is_no_limit_is_refused(text: str, said: str) -> None:
    with pytest.raises(HubError, match=said):
        SandboxLimits.from_text(text, "HUB_LIMITS")
