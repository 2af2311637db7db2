"""The CUDA backend's sparse ops without a GPU: SciPy in cupyx's place, which mirrors it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse

pytest.importorskip("cupy")

from tensorcts.backends.cuda import sparse_checks, sparse_rows, sparses  # noqa: E402
from tensorcts.backends.scipy_sparse import ScipyBackend  # noqa: E402
from tensorcts.conformance import checks, judge  # noqa: E402
from tensorcts.conformance.cache import Cache  # noqa: E402
from tensorcts.conformance.execute import execute  # noqa: E402
from tensorcts.reference import registry  # noqa: E402

OPS = sparses.OPS | sparse_rows.OPS


class StandIn(ScipyBackend):
    """The table of CUDA's sparse ops; SciPy leaves out zeros, which cuSPARSE keeps."""

    ops = OPS  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def _scipy_in_the_place_of_cupyx(monkeypatch: pytest.MonkeyPatch) -> None:
    classes = SimpleNamespace(coo_matrix=scipy.sparse.coo_array, csr_matrix=scipy.sparse.csr_array)
    for module in (sparse_checks, sparse_rows, sparses):
        monkeypatch.setattr(module, "cupy", np)
    for module in (sparse_rows, sparses):
        monkeypatch.setattr(module, "sparse", classes)


def faults(op: registry.Op, dtype: str) -> Iterator[str]:
    backend = StandIn()
    capabilities = backend.capabilities
    judging = judge.Judge(capabilities, lambda case: execute(backend, case), Cache(None))
    for check in ("special_values", "shapes", "bad_arguments"):
        for case in checks.cases(checks.Test(op, dtype, check), 0):
            found = judging.judge(case, execute(backend, case))
            if found.verdict not in ("pass", "vacuous"):
                yield f"{case.describe()}: {found.verdict}, {found.message}"


@pytest.mark.parametrize("dtype", ["float32", "complex128"])
@pytest.mark.parametrize("name", sorted(OPS))
def test_the_sparse_ops_are_right_if_cupyx_is(name: str, dtype: str) -> None:
    assert not [*faults(registry.get(name), dtype)]
