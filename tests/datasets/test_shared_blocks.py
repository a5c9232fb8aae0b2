"""Expectations that suites share stand once, and are what they were written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from federation.common.errors import ContractError
from federation.common.paths import SUITES
from federation.datasets.shared_blocks import SHARED, with_shared
from federation.datasets.suites import dataset_names, load_suite

BLOCKS = """
blocks:
  share: {type: "expect_$what", kwargs: {mostly: $least, set: [$least]}, where: "{batch} > 1"}
  plain: {type: t, observed: none}
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / SHARED).write_text(BLOCKS, "utf-8")
    return tmp_path / "rain.yml"


def test_a_block_is_filled_in_and_the_entry_s_own_keys_stand_instead(suite: Path) -> None:
    given = {"use": "share", "with": {"what": "x", "least": 0.8}, "where": "y", "reason": "r"}
    kwargs = {"mostly": 0.8, "set": [0.8]}
    assert with_shared(suite, [given, {"use": "plain", "id": "own"}, {"id": "z"}]) == [
        {"id": "share", "type": "expect_x", "kwargs": kwargs, "where": "y", "reason": "r"},
        {"id": "own", "type": "t", "observed": "none"},
        {"id": "z"},
    ]


@pytest.mark.parametrize(
    ("entry", "key", "reason"),
    [
        ({"use": "shard"}, "shard.use", "no block of _shared.yml; known: plain, share"),
        ({"use": 5}, "5.use", "must be a text"),
        ({"use": "share", "with": {"what": "x"}}, "share.with.least", "must be given"),
        ({"use": "share", "id": "own", "with": [1]}, "own.with", "must be a mapping"),
        ({"use": "plain", "with": {"x": 1}}, "plain.with.x", "unknown parameter"),
    ],
)
def test_a_use_is_refused_for(suite: Path, entry: dict[str, Any], key: str, reason: str) -> None:
    with pytest.raises(ContractError) as refused:
        with_shared(suite, [entry])
    assert (refused.value.file, refused.value.key) == (str(suite), f"expectations.{key}")
    assert reason in refused.value.reason


def test_an_unknown_key_of_a_block_is_refused_in_its_own_file(suite: Path) -> None:
    file = suite.with_name(SHARED)
    file.write_text("blocks: {share: {tipe: x}}", "utf-8")
    with pytest.raises(ContractError) as refused:
        with_shared(suite, [{"use": "share"}])
    assert (refused.value.file, refused.value.key) == (str(file), "blocks.share.tipe")
    assert refused.value.todo == "did you mean type?"


def test_every_block_serves_at_least_two_expectations() -> None:
    entries = [
        entry
        for name in (*dataset_names(), "warehouse")
        for entry in yaml.safe_load((SUITES / f"{name}.yml").read_text("utf-8"))["expectations"]
    ]
    uses = [entry["use"] for entry in entries if "use" in entry]
    blocks = yaml.safe_load((SUITES / SHARED).read_text("utf-8"))["blocks"]
    assert {name for name in blocks if uses.count(name) < 2} == set()


ENTRY = {
    "use": "plain",
    "consequence": "warn",
    "dimension": "validity",
    "reason": "a test",
    "message": {"th": "x", "en": "x"},
    "todo": {"th": "แก้", "en": "mend"},
}


def write(suite: Path, **entry: Any) -> None:
    document = {"title": {"th": "x", "en": "x"}, "expectations": [ENTRY | entry]}
    suite.write_text(yaml.safe_dump(document), "utf-8")
    load_suite.cache_clear()


def test_what_to_do_is_asked_for_by_name_and_judges_nothing(suite: Path) -> None:
    write(suite)
    own = load_suite("rain", suite.parent)
    shared = suite.with_name(SHARED)
    shared.write_text(BLOCKS + "todos: {ask: {th: ถาม, en: ask}}", "utf-8")
    write(suite, todo="ask")
    named = load_suite("rain", suite.parent)
    assert own.expectations[0].todo == {"th": "แก้", "en": "mend"}
    assert named.expectations[0].todo == {"th": "ถาม", "en": "ask"}
    assert named.hash == own.hash


def test_a_message_without_what_to_do_is_refused(suite: Path) -> None:
    write(suite, todo="nothing")
    with pytest.raises(ContractError, match=r"no todo of _shared\.yml"):
        load_suite("rain", suite.parent)
    write(suite, todo={"th": "แก้"})
    with pytest.raises(ContractError, match="todo"):
        load_suite("rain", suite.parent)
    without = {name: value for name, value in ENTRY.items() if name != "todo"}
    document = {"title": {"th": "x", "en": "x"}, "expectations": [without]}
    suite.write_text(yaml.safe_dump(document), "utf-8")
    with pytest.raises(ContractError, match="todo"):
        load_suite("rain", suite.parent)


def test_a_suite_s_hash_follows_what_it_shares(suite: Path) -> None:
    write(suite)
    before = load_suite("rain", suite.parent).hash
    shared = suite.with_name(SHARED)
    shared.write_text(shared.read_text("utf-8").replace("none", "some"), "utf-8")
    load_suite.cache_clear()
    assert load_suite("rain", suite.parent).hash != before
