"""What OpenCL kernels place by scans and sorts, where blocks and chunks meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pyopencl")

from tensorcts.backends.opencl import OpenCLBackend, devices  # noqa: E402
from tensorcts.backends.opencl.programs import GROUP  # noqa: E402
from tensorcts.reference import registry  # noqa: E402

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run() -> Run:
    if not devices.available():
        pytest.skip("no OpenCL device")
    backend = OpenCLBackend()

    def ran(name: str, *arrays: Any, **attrs: Any) -> Any:
        return backend.to_host(backend.ops[name](*map(backend.to_device, arrays), **attrs))

    return ran


@pytest.mark.parametrize("size", [1, GROUP, GROUP + 1, GROUP * GROUP + 1])
@pytest.mark.parametrize("density", [0.0, 0.5, 1.0])
def test_masked_select_across_blocks(run: Run, size: int, density: float) -> None:
    mask = np.random.default_rng(size).random(size) < density
    x = np.arange(size, dtype=np.int64)
    assert np.array_equal(run("masked_select", x, mask), x[mask])


@pytest.mark.parametrize("n", [2 * GROUP, 2 * GROUP + 1, 9 * GROUP + 5])
def test_permutations_across_merged_chunks(run: Run, n: int) -> None:
    wanted = registry.get("randperm").function(n=n, seed=2**64 - 1)
    assert np.array_equal(run("randperm", n=n, seed=2**64 - 1), wanted)


def test_the_last_of_many_updates_stays(run: Run) -> None:
    updates = np.arange(1000) + 1j * np.arange(1000)
    got = run("scatter", np.zeros(1, complex), np.zeros(1000, int), updates, axis=0)
    assert got.tolist() == [999 + 999j]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_updates_beyond_a_chunk_add_up_where_they_belong(run: Run, axis: int) -> None:
    rng = np.random.default_rng(axis)
    x = rng.integers(-9, 9, (6, 5, 7))
    shape = tuple(200 if a == axis else n for a, n in enumerate(x.shape))
    index, updates = rng.integers(0, x.shape[axis], shape), rng.integers(-9, 9, shape)
    wanted = registry.get("scatter_add").function(x, index, updates, axis=axis)
    assert np.array_equal(run("scatter_add", x, index, updates, axis=axis), wanted)


def test_many_updates_take_no_search_each(run: Run) -> None:
    """Each element looking at each update would take minutes."""
    n = 1 << 18
    index = np.random.default_rng(0).permutation(n)
    got = run("scatter", np.zeros(n, np.int32), index, np.arange(n, dtype=np.int32), axis=0)
    assert np.array_equal(got[index], np.arange(n))
