"""Every op in every dtype on a few samples: the adapters, not the precision."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase

import numpy as np
import pytest

from tensorcts.backends import registry as backends
from tensorcts.backends.protocol import Backend, UnavailableError
from tensorcts.conformance import hosts, judge, waivers
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.checks import Test, sample
from tensorcts.conformance.draws import Draw
from tensorcts.reference import registry

SHAPES = ((3, 4), (5,), (2, 1, 3))
FAILED = ("fail", "error", "crash", "hang")


def load(spec: str) -> Backend:
    try:
        return backends.load(spec)
    except UnavailableError as reason:
        pytest.skip(str(reason))


def waived(backend: Backend, op: registry.Op, dtype: str) -> bool:
    """Whether a defect of the op in the dtype is known."""
    test = f"{op.name}-{dtype}-random"
    return any(fnmatchcase(test, waiver.cases) for waiver in waivers.shipped(backend.name))


def trouble(backend: Backend, op: registry.Op, dtype: str) -> Iterator[str]:
    """What is wrong with one op in one dtype, sample by sample."""
    host = hosts.InProcess(backend)
    judging = judge.Judge(host.capabilities, host.run, Cache(None))
    rng = np.random.default_rng(zlib.crc32(f"{op.name} {dtype}".encode()))

    def integer(low: int, high: int) -> int:
        return int(rng.integers(low, high, endpoint=True))

    for shape in SHAPES:
        draw = Draw(op, dtype, integer, shape=shape, styles=("normal",))
        judgement = judging(sample(Test(op, dtype, "shapes"), draw))
        if judgement.verdict in FAILED:
            yield f"{judgement.case.describe()} {dtype}: {judgement.verdict}, {judgement.message}"


@pytest.mark.parametrize("spec", ["torch", "torch:cuda", "cuda"])
def test_every_op_in_every_dtype_is_near_the_reference(spec: str) -> None:
    backend = load(spec)
    found = [
        line
        for op in registry.all_ops()
        for dtype in op.dtypes
        if backend.unsupported(op.name, dtype) is None and not waived(backend, op, dtype)
        for line in trouble(backend, op, dtype)
    ]
    assert not found, f"{len(found)} deviations\n" + "\n".join(found)


@pytest.mark.parametrize("spec", ["torch", "torch:cuda", "cuda"])
def test_the_op_table_knows_no_other_ops(spec: str) -> None:
    assert set(load(spec).ops) <= {op.name for op in registry.all_ops()}
