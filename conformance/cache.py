"""The cache of truths and tolerances on disk: they depend on the case, not on any result.

One SQLite file, which several processes may use at once. Past ``LIMIT`` what was not used for the
longest time goes first; the rows of other definitions or tables are never asked for, so they do.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.tolerances.budgets import fingerprint

LIMIT = 2**30
"""The bytes that the cache may grow to."""

EVERY = 2**22
"""The bytes that a process stores before it looks again whether the cache has grown too large."""

DAY = 60 * 60 * 24
"""The seconds in which a row that is used is marked but once, lest every reading be a writing."""

TABLES = """
CREATE TABLE IF NOT EXISTS truths (key BLOB PRIMARY KEY, used INTEGER, value BLOB);
CREATE INDEX IF NOT EXISTS by_use ON truths (used);
"""


def default_folder() -> Path:
    """``$TENSORCTS_CACHE``, or ``tensorcts`` in the user's cache folder."""
    if folder := os.environ.get("TENSORCTS_CACHE"):
        return Path(folder)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tensorcts"


class Cache:
    """Lists of arrays by key.

    A cache that can't be used (read-only disk, damaged file) is left aside: everything is computed.
    """

    def __init__(self, folder: Path | None, limit: int = LIMIT) -> None:
        """Open the cache in a folder, of at most ``limit`` bytes; None keeps nothing."""
        self._database: sqlite3.Connection | None = None
        self._state, self._limit, self._unseen = _state(), limit, 0
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / "truths.sqlite"
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=OFF")
            self._database.executescript(TABLES)
        except (OSError, sqlite3.Error):
            self._database = None

    def get(self, key: bytes) -> list[NDArray[Any]] | None:
        """The arrays stored under a key, or None."""
        if self._database is None:
            return None
        try:
            own, today = self._state + key, int(time.time()) // DAY
            found = "SELECT value, used FROM truths WHERE key=?"
            row = self._database.execute(found, (own,)).fetchone()
            if row and row[1] != today:
                self._database.execute("UPDATE truths SET used=? WHERE key=?", (today, own))
            return list(_unpacked(row[0])) if row else None
        except (sqlite3.Error, ValueError, TypeError):
            return None

    def put(self, key: bytes, arrays: list[NDArray[Any]]) -> None:
        """Store arrays under a key."""
        if self._database is None:
            return
        try:
            value = _packed(arrays)
            row = (self._state + key, int(time.time()) // DAY, value)
            self._database.execute("INSERT OR REPLACE INTO truths VALUES (?, ?, ?)", row)
            self._unseen += len(value)
            if self._unseen >= min(EVERY, self._limit // 8):
                self._unseen = 0
                self._evict(self._database)
        except sqlite3.Error:
            self._database = None

    def _evict(self, database: sqlite3.Connection) -> None:
        """Drop the least recently used rows, an eighth at a time, until the limit is kept."""
        oldest = "SELECT rowid FROM truths ORDER BY used, rowid LIMIT ?"
        with _alone(database):
            while (count := _count(database)) and _size(database) > self._limit:
                database.execute(f"DELETE FROM truths WHERE rowid IN ({oldest})", (-(-count // 8),))


@contextmanager
def _alone(database: sqlite3.Connection) -> Iterator[None]:
    """No other process writes within."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        database.execute("COMMIT")


def _count(database: sqlite3.Connection) -> int:
    return _figure(database, "SELECT count(*) FROM truths")


def _size(database: sqlite3.Connection) -> int:
    """The bytes in use; what was dropped is filled again before the file grows."""
    names = ("page_count", "freelist_count", "page_size")
    pages, free, size = (_figure(database, f"PRAGMA {name}") for name in names)
    return (pages - free) * size


def _figure(database: sqlite3.Connection, question: str) -> int:
    return int(database.execute(question).fetchone()[0])


def _state() -> bytes:
    """A hash of all that the contents follow from: definitions, tables, and how they are used."""
    used = [Path(__file__).with_name(name).read_bytes() for name in ("oracle.py", "truths.py")]
    return hashlib.blake2b(fingerprint().encode() + b"".join(used), digest_size=8).digest()


def _packed(arrays: list[NDArray[Any]]) -> bytes:
    """A line that says what the arrays are, then their bytes; nothing for one full of zeros."""
    parts = [data if data.strip(b"\0") else b"" for data in map(np.ndarray.tobytes, arrays)]
    kinds = [(a.dtype.str, a.shape, len(part)) for a, part in zip(arrays, parts, strict=True)]
    return json.dumps(kinds).encode() + b"\n" + b"".join(parts)


def _unpacked(data: bytes) -> Iterator[NDArray[Any]]:
    kinds, _, rest = data.partition(b"\n")
    for kind, shape, size in json.loads(kinds):
        own, rest = rest[:size], rest[size:]
        yield np.frombuffer(own, kind).reshape(shape).copy() if size else np.zeros(shape, kind)
