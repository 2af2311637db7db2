"""The cache: it gives back what was put in, and a broken one costs time, never a verdict."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from functools import partial
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


def test_what_follows_from_other_tables_is_not_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cache(tmp_path).put(b"key", ARRAYS)
    monkeypatch.setattr(caches, "fingerprint", lambda: "f" * 64)
    assert Cache(tmp_path).get(b"key") is None


LIMIT = 2**18
BLOCK = [np.arange(1.0, 101.0)]
"""800 bytes: 327 of them would be the limit."""


def name(number: int) -> bytes:
    return str(number).encode()


def kept(cache: Cache, numbers: range) -> list[int]:
    return [n for n in numbers if cache.get(name(n)) is not None]


def test_it_grows_to_its_limit_and_the_oldest_goes_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, LIMIT)
    for number in range(600):
        cache.put(name(number), BLOCK)
    left = kept(cache, range(600))
    assert left == list(range(600 - len(left), 600))
    assert 150 < len(left) <= 327 + 41
    assert sum(path.stat().st_size for path in tmp_path.glob("*.sqlite")) <= 1.5 * LIMIT


def test_what_was_used_lately_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, days = Cache(tmp_path, LIMIT), range(16)
    for day in days:
        monkeypatch.setattr(time, "time", partial(float, day * caches.DAY))
        for number in range(40):
            cache.put(name(40 * day + number), BLOCK)
        assert kept(cache, range(5)) == [0, 1, 2, 3, 4]
    assert kept(cache, range(5, 40)) == []


def test_a_limit_below_a_single_row_leaves_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 1)
    cache.put(b"key", ARRAYS)
    assert cache.get(b"key") is None


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
cache = Cache(Path(sys.argv[1]), int(sys.argv[2]))
for n in range(200):
    cache.put(str(n).encode(), [np.full(50, float(n))])
    found = cache.get(str(n).encode())
    assert found[0][0] == n if found else sys.argv[2] == "50000"
"""


@pytest.mark.parametrize("limit", [caches.LIMIT, 50_000])
def test_several_processes_write_at_once(tmp_path: Path, limit: int) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path), str(limit)]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]
    assert [(w.communicate()[1], w.returncode) for w in writers] == [(b"", 0)] * 4
    cache = Cache(tmp_path)
    left = kept(cache, range(200))
    assert len(left) == 200 if limit == caches.LIMIT else 10 < len(left) < 200
    for n in left:
        assert same(cache.get(name(n)), [np.full(50, float(n))])


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
