"""Canaries: deliberately wrong results that every run passes through its own comparison.

A run in which one of them gets through proves nothing: it is void.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.execute import Outcome
from tensorcts.conformance.judge import Judge
from tensorcts.reference import dtypes, registry

Lie = Callable[[NDArray[Any]], NDArray[Any]]


def _last_changed(y: NDArray[Any]) -> NDArray[Any]:
    y = y.copy()
    y[-1, -1] = y[-1, -1] * np.float32(1.001) + np.float32(0.001)
    return y


def _ulps_off(y: NDArray[Any]) -> NDArray[Any]:
    return (y.view(np.int32) + np.int32(64)).view(np.float32)


LIES: dict[str, tuple[str, Lie]] = {
    "zeros": ("softmax", np.zeros_like),
    "NaN": ("softmax", lambda y: np.full_like(y, np.nan)),
    "infinity": ("exp", lambda y: np.full_like(y, np.inf)),
    "scaled by 1 + 1e-4": ("softmax", lambda y: y * np.float32(1 + 1e-4)),
    "64 ulp off": ("exp", _ulps_off),
    "one element changed": ("matmul", _last_changed),
    "rows reversed": ("matmul", lambda y: y[::-1].copy()),
    "wrong shape": ("matmul", lambda y: y[:, :-1].copy()),
    "wrong dtype": ("exp", lambda y: y.astype(np.float64)),
    "one bit of a sum": ("add", lambda y: np.nextafter(y, np.float32(np.inf))),
    "negated": ("add", lambda y: -y),
}
"""For each lie the op it is told about and what it makes of the right result."""


def run(capabilities: Capabilities, cache: Cache) -> dict[str, bool]:
    """For each lie whether the comparison catches it; "the truth" is whether it lets that pass."""
    caught = {}
    for name, (op, lie) in LIES.items():
        caught[name] = _verdict(op, lie, capabilities, cache) == "fail"
    caught["the truth"] = _verdict("softmax", lambda y: y, capabilities, cache) == "pass"
    return caught


def _verdict(op: str, lie: Lie, capabilities: Capabilities, cache: Cache) -> str:
    generator = np.random.default_rng(20261123)
    x = (1 + generator.random((12, 12))).astype(np.float32)
    arrays = (x,) if op in ("softmax", "exp") else (x, x[::-1].copy())
    case = Case(registry.get(op), "float32", arrays, {"axis": -1} if op == "softmax" else {})
    judge = Judge(capabilities, lambda _: Outcome(), cache)
    (truth,) = judge.expected(case)
    right = dtypes.round_once(truth.hi, truth.lo, truth.dtype)
    with np.errstate(all="ignore"):
        return judge.judge(case, Outcome((lie(right),))).verdict
