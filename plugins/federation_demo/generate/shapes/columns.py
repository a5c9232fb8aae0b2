"""Columns that many shapes need: repeated texts as dictionaries, indexed rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from federation_demo.generate.air import ABSENT
from federation_demo.generate.air_model import Ints
from federation_demo.generate.world import Month

Texts = Sequence[str] | Sequence[bytes]
TOP_STEPS = 9000


def coded(index: npt.NDArray[np.int32], texts: Texts) -> pa.DictionaryArray:
    """Return one text per index, as a dictionary whose texts are all different.

    The Parquet writer ends the page of a dictionary that holds a text twice with chance bytes.
    """
    place = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    if len(place) < len(texts):
        index = np.array([place[text] for text in texts], np.int32)[index]
    return pa.DictionaryArray.from_arrays(pa.array(index, pa.int32()), pa.array(list(place)))


def same(text: str, count: int) -> pa.DictionaryArray:
    """Return the text `count` times, as a dictionary."""
    return coded(np.zeros(count, np.int32), [text])


def steps_text(steps: Ints, texts: Sequence[str]) -> pa.DictionaryArray:
    """Return the texts of whole steps; the list starts with the texts for ABSENT and MISSING."""
    index = steps - ABSENT
    return coded(index, texts[: int(index.max()) + 1])


def month_hours(month: Month) -> list[datetime]:
    """Return the local hours of a month, without zone."""
    start = datetime(month.year, month.month, 1)
    return [start + timedelta(hours=hour) for hour in range(month.days * 24)]


def some_rows(rng: np.random.Generator, count: int, share: float) -> npt.NDArray[np.int64]:
    """Return the sorted indices of that share of the rows, one row at least."""
    return np.sort(rng.choice(count, max(1, round(count * share)), replace=False))
