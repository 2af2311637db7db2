"""The cache of truths and tolerances on disk: they depend on the case, not on any result."""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.tolerances.budgets import fingerprint

KEPT_SECONDS = 60 * 60 * 24 * 30
"""How long the file of other definitions or tables is kept after its last use."""


def default_folder() -> Path:
    """``$TENSORCTS_CACHE``, or ``tensorcts`` in the user's cache folder."""
    if folder := os.environ.get("TENSORCTS_CACHE"):
        return Path(folder)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tensorcts"


class Cache:
    """Lists of arrays by key; one file for each state of the definitions and tables.

    A cache that can't be used (read-only disk, damaged file) is left aside: everything is computed.
    """

    def __init__(self, folder: Path | None) -> None:
        """Open the cache in a folder; None keeps nothing."""
        self._database: sqlite3.Connection | None = None
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"truths-{_state()}.sqlite"
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=OFF")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS truths (key BLOB PRIMARY KEY, value BLOB)"
            )
            os.utime(path)
            _prune(folder, path)
        except (OSError, sqlite3.Error):
            self._database = None

    def get(self, key: bytes) -> list[NDArray[Any]] | None:
        """The arrays stored under a key, or None."""
        if self._database is None:
            return None
        try:
            row = self._database.execute("SELECT value FROM truths WHERE key=?", (key,)).fetchone()
            return _unpack(row[0]) if row else None
        except (sqlite3.Error, ValueError, EOFError):
            return None

    def put(self, key: bytes, arrays: list[NDArray[Any]]) -> None:
        """Store arrays under a key."""
        if self._database is None:
            return
        try:
            self._database.execute(
                "INSERT OR REPLACE INTO truths VALUES (?, ?)", (key, _pack(arrays))
            )
        except sqlite3.Error:
            self._database = None


def _state() -> str:
    """A hash of all that the contents follow from: definitions, tables, and how they are used."""
    used = [Path(__file__).with_name(name).read_bytes() for name in ("oracle.py", "truths.py")]
    return hashlib.blake2b(fingerprint().encode() + b"".join(used), digest_size=8).hexdigest()


def _pack(arrays: list[NDArray[Any]]) -> bytes:
    stream = io.BytesIO()
    for array in arrays:
        np.lib.format.write_array(stream, np.asarray(array), allow_pickle=False)
    return stream.getvalue()


def _unpack(data: bytes) -> list[NDArray[Any]]:
    stream = io.BytesIO(data)
    arrays = []
    while stream.tell() < len(data):
        arrays.append(np.lib.format.read_array(stream, allow_pickle=False))
    return arrays


def _prune(folder: Path, current: Path) -> None:
    for path in folder.glob("truths-*"):
        if (
            not path.name.startswith(current.name)
            and path.stat().st_mtime < time.time() - KEPT_SECONDS
        ):
            path.unlink(missing_ok=True)
