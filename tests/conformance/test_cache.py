"""The cache: it gives back what was put in, and a broken one costs time, never a verdict."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorcts.conformance import cache as caches
from tensorcts.conformance.cache import Cache, default_folder

ARRAYS = [np.arange(6.0).reshape(2, 3), np.zeros(0), np.array(1 + 2j), np.array([True]),
          np.array([np.nan, -0.0, np.inf])]  # fmt: skip


def same(one: list[Any] | None, other: list[Any]) -> bool:
    assert one is not None
    return all(
        a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
        for a, b in zip(one, other, strict=True)
    )


def stored(folder: Path) -> None:
    """Store something and close the file: a damaged file that is open ends the process."""
    cache = Cache(folder)
    cache.put(b"key", ARRAYS)
    assert cache._database is not None
    cache._database.close()


def test_it_gives_back_what_was_put_in(tmp_path: Path) -> None:
    Cache(tmp_path).put(b"key", ARRAYS)
    assert same(Cache(tmp_path).get(b"key"), ARRAYS)
    assert Cache(tmp_path).get(b"other") is None


def test_without_a_folder_it_keeps_nothing() -> None:
    cache = Cache(None)
    cache.put(b"key", ARRAYS)
    assert cache.get(b"key") is None


def test_other_tables_have_a_file_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cache(tmp_path).put(b"key", ARRAYS)
    monkeypatch.setattr(caches, "fingerprint", lambda: "f" * 64)
    assert Cache(tmp_path).get(b"key") is None


def test_old_files_go_and_recent_ones_stay(tmp_path: Path) -> None:
    old, recent = tmp_path / "truths-old.sqlite", tmp_path / "truths-recent.sqlite"
    for path in (old, recent):
        path.touch()
    long_ago = time.time() - caches.KEPT_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    Cache(tmp_path)
    assert not old.exists() and recent.exists()


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 99])
def test_a_damaged_file_is_left_aside(tmp_path: Path, damage: bytes) -> None:
    stored(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(damage)
    cache = Cache(tmp_path)
    assert cache.get(b"key") is None
    cache.put(b"key", ARRAYS)


def test_a_damaged_row_is_computed_again(tmp_path: Path) -> None:
    stored(tmp_path)
    (path,) = tmp_path.glob("*.sqlite")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE truths SET value = substr(value, 1, 100)")
    database.close()
    assert Cache(tmp_path).get(b"key") is None


def test_a_folder_that_can_not_be_made_is_left_aside(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file" / "below")
    cache.put(b"key", ARRAYS)
    assert cache.get(b"key") is None


def test_a_disk_that_fills_up_costs_time_only(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(b"key", ARRAYS)
    assert cache._database is not None
    cache._database.execute("PRAGMA query_only = 1")
    cache.put(b"other", ARRAYS)
    assert cache.get(b"other") is None


WRITER = """
import sys
from pathlib import Path
import numpy as np
from tensorcts.conformance.cache import Cache
cache = Cache(Path(sys.argv[1]))
for n in range(200):
    cache.put(str(n).encode(), [np.full(50, float(n))])
    assert cache.get(str(n).encode())[0][0] == n
"""


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [(w.communicate()[1], w.returncode) for w in writers] == [(b"", 0)] * 4
    cache = Cache(tmp_path)
    for n in range(200):
        assert same(cache.get(str(n).encode()), [np.full(50, float(n))])


def test_the_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENSORCTS_CACHE", "/one")
    assert default_folder() == Path("/one")
    monkeypatch.delenv("TENSORCTS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/two")
    assert default_folder() == Path("/two/tensorcts")


def test_verdicts_do_not_depend_on_the_cache(judged: Any, cache: Cache) -> None:
    """What comes out of the cache is what went in: ulp and z are the same to the last bit."""
    first, second = (judged("numpy", "softmax-float64", "gelu-bfloat16") for _ in range(2))
    assert [(r.ulp, r.z) for r in first] == [(r.ulp, r.z) for r in second]
