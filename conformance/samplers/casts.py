"""Samplers of casts: an array and each dtype that it may become."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import values
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, essentials, refuser, sampler
from tensorcts.reference import dtypes

CASTS = frozenset({"astype", "bitcast"})


@sampler(*CASTS)
def cast(d: Draw) -> Sample:
    """An array and one of the dtypes that it may become."""
    target = d.choice(_targets(d))
    return (d.array(d.shape()),), {"dtype": target}


@essentials("astype")
def between_floats(d: Draw) -> list[Sample]:
    """A few numbers to each dtype that carries gradients, of those that they may become."""
    floats = set(_targets(d)) & {*dtypes.FLOATING, *dtypes.COMPLEX}
    return [((d.array((3,)),), {"dtype": target}) for target in sorted(floats)]


@refuser("astype")
def uncastable(d: Draw) -> list[Refusal]:
    """Complex numbers to real ones."""
    x = values.fill(d.generator(), (2, 3), "complex64", "normal")
    return [
        Refusal("C1", "a complex number is no real one", (x,), {"dtype": dtype})
        for dtype in ("float32", "int32", "bool")
    ]


@refuser("bitcast")
def of_another_size(d: Draw) -> list[Refusal]:
    """Dtypes of more bits, of fewer, and bool."""
    x, small = d.array((2, 4)), values.fill(d.generator(), (4,), "uint8", "wide")
    wrong = [("the numbers have fewer bits", "int16"), ("the numbers have more bits", "float64")]
    return [
        *(Refusal("C1", why, (x,), {"dtype": dtype}) for why, dtype in wrong),
        Refusal("C2", "not every byte is a bool", (small,), {"dtype": "bool"}),
    ]


def cast_arguments(d: Draw) -> list[Sample]:
    """The numbers that a cast may fail on, for each dtype that it may be to."""
    return [((_castable(d, target),), {"dtype": target}) for target in _targets(d)]


def _targets(d: Draw) -> tuple[str, ...]:
    """The dtypes that the draw's may become."""
    if d.op.name == "bitcast":
        size = dtypes.numpy_dtype(d.dtype).itemsize
        return tuple(t for t in d.op.dtypes if dtypes.numpy_dtype(t).itemsize == size)
    complexes = dtypes.COMPLEX + dtypes.HALF_COMPLEX
    return complexes if dtypes.is_complex(d.dtype) else dtypes.STORABLE


def _castable(d: Draw, target: str) -> NDArray[Any]:
    """What a cast is tried with: every number there is, or the special ones and the midpoints.

    All are tried of an 8-bit dtype, and of a 16-bit float that is cast to at most 16 bits.
    """
    size, target_size = (dtypes.numpy_dtype(name).itemsize for name in (d.dtype, target))
    if size == 1 or (size == 2 and target_size <= 2 and dtypes.is_floating(d.dtype)):
        return values.every(d.dtype)
    midpoints = values.midpoints(d.dtype, target)
    return np.concatenate([values.specials(d.dtype), midpoints])
