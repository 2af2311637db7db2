"""Gradients composed: our derivative rules, run on a backend's ops.

A ``Composed`` is an array on the device that answers to NumPy's functions with the backend's ops
of the same meaning. So the rules, which are NumPy code, compute there, step by step, and each step
stores its result in the tensor's dtype. Whole numbers and booleans that are given stay on the
host: what is reckoned of them alone (shapes, places) is no arithmetic of gradients.
"""

from __future__ import annotations

from typing import Any

from tensorcts.backends.protocol import Backend, UnsupportedError
from tensorcts.conformance.composing.arrays import Device
from tensorcts.conformance.composing.primitives import ADDING, interpreted
from tensorcts.reference import dtypes
from tensorcts.reference.autodiff.rules import MissingRuleError
from tensorcts.reference.registry import Op

__all__ = ["ADDING", "composed"]


def composed(
    backend: Backend, op: Op, dtype: str, /, *arrays: Any, **attrs: Any
) -> tuple[Any, ...]:
    """What the op, a gradient, gives of arrays on the device; raises UnsupportedError."""
    device = Device(backend, dtypes.component(dtype), interpreted)
    given = [None if a is None else device.taken(a) for a in arrays]
    try:
        results = op.function(*given, **attrs)
    except MissingRuleError as error:
        raise UnsupportedError(str(error)) from error
    names = (op.result_dtype(dtype, attrs, n) for n in range(len(results)))
    return tuple(device.lifted(r, name).value for r, name in zip(results, names, strict=True))
