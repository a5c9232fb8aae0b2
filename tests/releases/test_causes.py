"""Why rows differ between two releases, from what their manifests say: other bytes, another
reading, other areas."""

from typing import Any

import pytest
from federation.releases.diff.causes import Cause, MovedRows, Pair

FEED = {
    "city": "phuket",
    "dataset": "tourism",
    "partition": "2020",
    "first_date": "2020-01-01",
    "last_date": "2020-12-31",
}


def _input(
    extract_id: str, state: str = "current", identity: str = "", **more: str
) -> dict[str, str]:
    return (
        FEED
        | {"extract_id": extract_id, "state": state, "identity": identity or f"{extract_id}-read"}
        | more
    )


def _release(*inputs: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "inputs": list(inputs),
        "models": "m",
        "code_version": "c",
        "contracts": {"phuket/tourism": "1.0.0"},
        "suites": {"tourism": "s"},
        "tables": {"core.dim_area": {"content_hash": "a"}},
    } | more


def _causes(
    before: dict[str, Any],
    after: dict[str, Any],
    old: str | None,
    new: str | None,
    *,
    by_models: bool = False,
) -> list[tuple[str, str]]:
    moved = [MovedRows("83", "tourism", old, new, 3)]
    return [
        (cause.cause, cause.what)
        for cause in Pair(before, after).causes(moved, by_models=by_models)
    ]


@pytest.mark.parametrize(
    ("before", "after", "old", "new", "what"),
    [
        ([], [_input("x")], None, "x", "added"),
        ([_input("x")], [_input("x", "superseded"), _input("y")], "x", "y", "replaced"),
        ([_input("x")], [_input("x", "superseded"), _input("y")], "x", None, "replaced"),
        ([_input("x")], [_input("x", "superseded"), _input("y")], None, "y", "replaced"),
        ([_input("x")], [], "x", None, "removed"),
        (
            [_input("x", "superseded"), _input("y")],
            [_input("x"), _input("y", "superseded")],
            "y",
            "x",
            "replaced",
        ),
    ],
)
def test_other_bytes_are_the_source(
    before: list[dict[str, str]],
    after: list[dict[str, str]],
    old: str | None,
    new: str | None,
    what: str,
) -> None:
    assert _causes(_release(*before), _release(*after), old, new) == [("source", what)]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"contracts": {"phuket/tourism": "1.1.0"}}, "contract 1.0.0 -> 1.1.0"),
        ({"suites": {"tourism": "t"}}, "suite"),
        ({"code_version": "d"}, "code"),
        ({"models": "n"}, "models"),
        ({}, "contract, without a new version"),
    ],
)
def test_the_same_bytes_read_otherwise_are_the_method(more: dict[str, Any], what: str) -> None:
    before, after = _release(_input("x")), _release(_input("x", identity="another"), **more)
    assert _causes(before, after, "x", "x") == [("method", what)]


def test_an_extract_that_another_contract_rejects_is_gone_by_method() -> None:
    before = _release(_input("x"))
    after = _release(_input("x", "rejected", "another"), contracts={"phuket/tourism": "1.1.0"})
    assert _causes(before, after, "x", None) == [("method", "contract 1.0.0 -> 1.1.0")]


def test_other_areas_are_geography() -> None:
    areas = {"tables": {"core.dim_area": {"content_hash": "b"}}}
    assert _causes(_release(_input("x")), _release(_input("x"), **areas), "x", "x") == [
        ("geography", "areas")
    ]
    assert Pair(_release(), _release(**areas)).causes([], by_models=False) == [
        Cause("geography", "areas")
    ]


def test_models_are_named_when_the_indicator_moved_where_no_row_did() -> None:
    before, after = (
        _release(_input("x")),
        _release(_input("x", "superseded"), _input("y"), models="n"),
    )
    assert _causes(before, after, "x", "y") == [("source", "replaced")]
    assert _causes(before, after, "x", "y", by_models=True) == [
        ("source", "replaced"),
        ("method", "models"),
    ]


def test_rows_of_one_restatement_are_one_cause() -> None:
    pair = Pair(_release(_input("x")), _release(_input("x", "superseded"), _input("y")))
    moved = [MovedRows("83", "tourism", "x", "y", 3), MovedRows("83", "tourism", "x", None, 2)]
    (cause,) = pair.causes(moved, by_models=False)
    assert (cause.extract_from, cause.extract_to, cause.rows) == ("x", "y", 5)
