"""How right a draft is: the same samples conformed by the draft and by the contract that people
wrote, column by column."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml
from federation.common import sql
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox
from federation.contracts.city_file import load_city
from federation.contracts.load import load_feed
from federation.contracts.model import Feed
from federation.onboarding.sample_columns import spread

_DIFFERS = "count(*) FILTER (a.{name} IS DISTINCT FROM b.{name})"
_COMPARISON = """
SELECT count(*) FILTER (a.row_number IS NULL OR b.row_number IS NULL), {differ}
FROM {left} AS a
FULL JOIN {right} AS b USING (row_number)
"""


@dataclass
class Score:
    """National columns of one feed: read alike, read otherwise, asked, left out although
    published."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def guesses(text: str) -> str:
    """Return a draft with its questions answered by their first option, or by what the question
    itself names."""
    text = re.sub(r"'TODO: [^']*?(?:''[^']*?)*'", lambda found: _first_option(found[0]), text)
    return re.sub(r"(?m)(?<=: )TODO: .*$", lambda found: _first_option(found[0]), text)


def _first_option(question: str) -> str:
    if "P10D" in question:
        return "P30D"
    if "region" in question:
        return "central"
    if "address" in question:
        return "data@city.example.org"
    if option := re.search(r"-- (.+?) \(\d+%\)", question):
        answer = [option[1].replace("''", "'")]
        return yaml.dump(answer, default_flow_style=True, allow_unicode=True, width=10_000).strip()[
            1:-1
        ]
    named = re.search(r"«(.+?)»", question)
    return named[1] if named else "Data office"


def score(feed: Feed, draft: Path, samples: Path, sandbox: Sandbox, scratch: Path) -> Score:
    """Return how the draft of a feed compares with the contract `feed` over three of its sample
    files."""
    questions = asked_of(draft / f"{feed.dataset}.yml")
    answered = scratch / draft.name
    answered.mkdir(exist_ok=True)
    for name in ("_city.yml", f"{feed.dataset}.yml"):
        (answered / name).write_text(guesses((draft / name).read_text("utf-8")), "utf-8")
    ours = load_feed(answered / f"{feed.dataset}.yml", load_city(answered / "_city.yml"))
    columns = [column.name for column in feed.suite.columns]
    found = Score(asked=[name for name in columns if name in questions])
    differ = Counter[str]()
    files = sorted((samples / feed.pattern.folder.split("/")[0]).rglob("*.parquet"))
    for file in spread(files, 3):
        differ.update(_differences(feed, ours, file, samples, sandbox, scratch, columns))
    mapped = {column.name for column in feed.national} - set(feed.not_published)
    for name in columns:
        if name in questions:
            continue
        if name in mapped and name in ours.not_published:
            found.missed.append(name)
        elif differ[name]:
            found.wrong.append(f"{name} ({differ[name]} records)")
        else:
            found.right += 1
    return found


def asked_of(file: Path) -> set[str]:
    """Return the national columns that a draft asks about."""
    document: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return {entry["name"] for entry in document["schema"][0]["properties"] if "TODO" in str(entry)}


def _differences(
    feed: Feed,
    ours: Feed,
    file: Path,
    samples: Path,
    sandbox: Sandbox,
    scratch: Path,
    columns: list[str],
) -> Counter[str]:
    path = file.relative_to(samples).as_posix()
    theirs_match, ours_match = feed.match(path), ours.match(path)
    assert theirs_match == ours_match, (path, theirs_match, ours_match)
    assert theirs_match
    tables = []
    for name, contract in (("theirs", feed), ("ours", ours)):
        target = scratch / f"{name}.parquet"
        answer = sandbox.conform(LandedExtract(contract, theirs_match[0], "same", file), target)
        assert not answer.rejected, (name, path, answer.findings)
        tables.append(target)
    differ = sql.listed(sql.compose(_DIFFERS, name=sql.identifier(name)) for name in columns)
    left, right = map(sql.parquet, tables)
    with duckdb.connect() as con:
        query = sql.compose(_COMPARISON, differ=differ, left=left, right=right)
        row = con.execute(query).fetchall()[0]
    assert row[0] == 0, f"{path}: {row[0]} records are in one and not in the other"
    return Counter(dict(zip(columns, row[1:], strict=True)))
