"""The extracts of a dataset, judged together, each with earlier extracts of its feed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby

import duckdb

from federation.extracts.extract import Extract
from federation.gate.conformed_file import ConformedFile
from federation.gate.extracts import judge_extracts
from federation.gate.gx_duckdb import Validator
from federation.gate.history import FILES
from federation.gate.judge import Judgement


def judge_together(
    pending: Sequence[Extract],
    by_feed: Mapping[tuple[str, str], Sequence[Extract]],
    validator: Validator,
    con: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[Extract, list[Judgement]]]:
    """Yield every extract with its judgements, a dataset at a time; none for one that conforming
    refused."""
    verified: set[str] = set()
    by_dataset = sorted(
        pending, key=lambda extract: extract.feed.dataset
    )  # stable: a feed's extracts stay together
    for _, group in groupby(by_dataset, key=lambda extract: extract.feed.dataset):
        of_dataset = list(group)
        written = [
            extract for extract in of_dataset if extract.record and extract.record.output_sha256
        ]
        earlier = {
            extract.extract_id: _earlier(extract, by_feed[extract.feed.key]) for extract in written
        }
        for extract in chain(written, *earlier.values()):
            if extract.extract_id not in verified:
                extract.verify_conformed()
                verified.add(extract.extract_id)
        files = [
            replace(_written(extract), earlier=tuple(map(_written, earlier[extract.extract_id])))
            for extract in written
        ]
        judgements = dict(
            zip(
                (file.extract_id for file in files),
                judge_extracts(files, validator, con),
                strict=True,
            )
        )
        yield from ((extract, judgements.get(extract.extract_id, [])) for extract in of_dataset)


def _written(extract: Extract) -> ConformedFile:
    return ConformedFile(
        extract.conformed, extract.extract_id, extract.arrival.partition, extract.feed
    )


def _earlier(extract: Extract, extracts: Sequence[Extract]) -> list[Extract]:
    """Return readable extracts of the same feed about earlier periods, the newest first."""
    before = sorted(
        (
            other
            for other in extracts
            if other.arrival.partition < extract.arrival.partition and _is_evidence(other)
        ),
        key=lambda other: other.arrival.partition,
    )
    by_period = {
        other.arrival.partition: other for other in before
    }  # of several about one period the last in rank
    return [*by_period.values()][-FILES:][::-1]


def _is_evidence(extract: Extract) -> bool:
    rejected = extract.verdict is not None and not extract.verdict.accepted
    return (
        bool(extract.record and extract.record.output_sha256)
        and not rejected
        and extract.conformed.exists()
    )
