"""Calling a backend's op, or its gradient in whichever way it is to be had."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from tensorcts.backends.protocol import Backend
from tensorcts.conformance import composing
from tensorcts.conformance.cases import Case
from tensorcts.reference import dtypes, gradients
from tensorcts.reference.registry import Op
from tensorcts.reports.records import Way


def way(backend: Backend, op: Op) -> Way:
    """How a gradient comes about: a kernel, the backend's own autodiff, or our rules on its ops.

    Empty for what is no gradient.
    """
    if not gradients.is_backward(op):
        return ""
    if op.name in backend.ops:
        return "kernel"
    return "own" if backend.differentiates else "composed"


def function_of(backend: Backend, case: Case) -> Callable[..., Any]:
    """What takes the case's arrays, on the device, and attributes."""
    match way(backend, case.op):
        case "own":
            return partial(_own, backend, case.op, _counts(case))
        case "composed":
            return partial(composing.composed, backend, case.op, case.dtype)
    return backend.ops[case.op.name]


def accumulator(declared: Mapping[str, str], case: Case, way: Way) -> str | None:
    """The dtype that a case's sums accumulate in, None for the default.

    A backend's own autodiff may add cotangents step by step, and store each sum: in PyTorch what is
    used 512 times in bfloat16 gets 256 from 512 ones, in float16 2,048 from 4,096. Kernels of
    gradients that sum in more bits are declared, as ``gather.backward``.
    """
    default = dtypes.component(case.dtype) if way == "own" else None
    return declared.get(f"{case.op.name}/{case.dtype}", declared.get(case.dtype, default))


def own_accumulators(
    declared: Mapping[str, str], case: Case, way: Way
) -> tuple[tuple[str, str], ...]:
    """The primitives of a composed gradient that accumulate as the ops declare which run them."""
    if way != "composed":
        return ()
    pairs = ((p, declared.get(f"{op}/{case.dtype}")) for p, op in composing.ADDING.items())
    return tuple((primitive, dtype) for primitive, dtype in pairs if dtype is not None)


def _counts(case: Case) -> list[int]:
    """How many arrays are the op's own, and how many cotangents there are of each order."""
    wide = [None if a is None else dtypes.widen(a) for a in case.arrays]
    return [len(part) for part in gradients.orders(case.op, wide, case.attrs)]


def _own(
    backend: Backend, op: Op, counts: Sequence[int], /, *arrays: Any, **attrs: Any
) -> tuple[Any, ...]:
    given = iter(arrays)
    own, *cotangents = [[next(given) for _ in range(count)] for count in counts]
    return backend.vjp(gradients.first(op).name, own, attrs, *cotangents)
