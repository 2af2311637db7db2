"""Lies about memory and slices: what the checks of moved data must catch, and how it is retold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS
from tensorcts.conformance.cases import Case
from tensorcts.conformance.reproduce import script
from tensorcts.reference.registry import get

LIES = {
    "empty-float32-shapes": lambda *, shape, dtype: np.empty(shape, np.float64),
    "empty-float32-random": lambda *, shape, dtype: np.empty((*shape, 1), dtype),
    "empty_like-int8-shapes": lambda x, *, dtype: np.empty_like(x),
    "getitem-float32-aliasing": lambda x, *, index: x[index].copy(),
    "getitem-int8-random": lambda x, *, index: OPS["getitem"](x, index=index[:-1]),
    "setitem-float32-aliasing": lambda x, y, *, index: x.__setitem__(index, y) or x,
    "expand-float32-aliasing": lambda x, *, shape: OPS["expand"](x, shape=shape).copy(),
    "view-float32-aliasing": lambda x, *, shape: x.reshape(shape).copy(),
    "chunk-float32-random": lambda x, *, chunks, axis: tuple(np.array_split(x, chunks, axis)),
    "pad-float32-bad_arguments": lambda x, *, widths, mode, value: np.pad(x, widths, mode),
    "unstack-float32-random": lambda x, *, axis: tuple(np.moveaxis(x, axis, 0)[::-1]),
}


@pytest.mark.parametrize("test", LIES)
def test_a_lie_is_caught(test: str, faulty: Any, judged: Any) -> None:
    (result,) = judged(faulty({test.partition("-")[0]: LIES[test]}), test)
    assert result.verdict == "fail", result.message


X = np.arange(12, dtype=np.float32).reshape(3, 4)
TOLD = [
    ("getitem", (X,), {"index": (slice(1, None, -2), ..., None, -1)}),
    ("asarray", (), {"values": (math.nan, -math.inf, -0.0), "shape": (3, 1), "dtype": "float32"}),
    ("pad", (X,), {"widths": ((0, 1), (2, 0)), "mode": "constant", "value": math.nan}),
    ("full_like", (X,), {"value": complex(math.inf, -0.0), "dtype": "complex64"}),
]


@pytest.mark.parametrize(("op", "arrays", "attrs"), TOLD, ids=[told[0] for told in TOLD])
def test_slices_and_odd_numbers_are_retold(
    op: str, arrays: Any, attrs: Any, rerun: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reproducer with them runs by itself, and its call is the same."""
    case = Case(get(op), "float32", arrays, attrs)
    assert rerun(script(case, "numpy")) == 0
    assert capsys.readouterr().out == f"pass: {case.describe()}\n  rule exact\n"
