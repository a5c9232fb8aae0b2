"""Hashes by which the hub recognises bytes, contracts and code."""

import hashlib
import json
from pathlib import Path
from typing import Any

CHUNK_BYTES = 1 << 20


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of the file's bytes, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def short_hash(*parts: Any) -> str:
    """Return 16 hexadecimal digits that stand for `parts` (anything JSON can write)."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def tree_hash(folder: Path, *patterns: str) -> str:
    """Return a short hash of the names and bytes of the files below `folder` that match a
    pattern."""
    files = sorted({file for pattern in patterns for file in folder.rglob(pattern)})
    return short_hash(
        *((file.relative_to(folder).as_posix(), sha256_of_file(file)) for file in files)
    )
