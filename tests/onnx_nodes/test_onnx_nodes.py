"""ONNX's own node tests, run through our definitions: agreement, or a named reason."""

from __future__ import annotations

import warnings
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import numpy_helper  # noqa: E402
from onnx.backend.test.loader import load_model_tests  # noqa: E402

from tensorcts.reference import dtypes  # noqa: E402

from . import contractions, data, elementwise, reductions  # noqa: E402, F401
from .graphs import OutsideError, evaluate  # noqa: E402

REASONS: dict[str, str] = {
    "test_l2normalization_axis_0": "a zero vector over its norm is NaN with us, 0 in ONNX",
    "test_averagepool_2d_ceil_last_window_starts_on_pad":
        "what the mean of a window over the edge is divided by is PyTorch's rule",
}  # fmt: skip
"""Tests that differ, by name pattern, each with the reason."""

TOLERANCE = {
    "float8_e4m3fn": 0.0,
    "float8_e5m2": 0.0,
    "float64": 1e-10,
    "float32": 2e-6,
    "float16": 2e-3,
    "bfloat16": 2e-2,
}
"""Relative to the largest element: the expected numbers were computed in the dtype itself."""


@cache
def nodes() -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(load_model_tests(kind="node"))


def outcome(test: Any) -> str:
    """ "agrees", or why the test says nothing about our definitions; raises where it differs."""
    for inputs, expected in test.data_sets:
        try:
            got = evaluate(test.model, list(inputs))
        except OutsideError as reason:
            return str(reason)
        for ours, theirs in zip(got, expected, strict=True):
            compare(ours, array_of(theirs))
    return "agrees"


def array_of(value: Any) -> Any:
    return (
        numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.asarray(value)
    )


def compare(ours: Any, theirs: Any) -> None:
    name = dtypes.name_of(theirs.dtype)
    assert np.shape(ours) == theirs.shape
    if not dtypes.is_inexact(name):
        np.testing.assert_array_equal(ours, theirs)
        return
    exact = np.asarray(ours, dtypes.numpy_dtype(dtypes.wide(name)))
    rounded = dtypes.widen(dtypes.round_once(exact, np.zeros(theirs.shape), name))
    wide = dtypes.widen(theirs)
    scale = np.max(np.abs(wide[np.isfinite(wide)]), initial=0.0)
    limit = TOLERANCE[dtypes.component(name)]
    np.testing.assert_allclose(rounded, wide, rtol=limit, atol=limit * scale)


def reason_for(name: str) -> str | None:
    return next((r for pattern, r in REASONS.items() if fnmatchcase(name, pattern)), None)


@pytest.mark.parametrize("test", nodes(), ids=lambda test: test.name)
def test_a_node_agrees_or_has_a_reason(test: Any) -> None:
    reason = reason_for(test.name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        if reason is not None:
            with pytest.raises(AssertionError):
                outcome(test)
            return
        if (result := outcome(test)) != "agrees":
            pytest.skip(result)
