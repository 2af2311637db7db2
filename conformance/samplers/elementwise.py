"""Samplers of elementwise ops: one, two or three arrays whose shapes broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import edges
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, essentials, refuser, sampler
from tensorcts.conformance.samplers.activations import ATTRIBUTES
from tensorcts.reference import dtypes

UNARY = ("negative", "abs", "sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "asin",
         "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "logical_not", "relu",
         "gelu", "gelu_tanh", "silu", "sigmoid", "log_sigmoid", "mish", "softsign", "selu", "relu6",
         "hardsigmoid", "hardswish", "tanhshrink",
         "positive", "sign", "signbit", "floor", "ceil", "trunc", "round", "frac", "square",
         "reciprocal", "rsqrt", "cbrt", "frexp", "isnan", "isinf", "isfinite",
         "bitwise_invert",
         "exp2", "log2", "log10", "sinc", "deg2rad", "rad2deg", "erf", "erfc", "erfinv", "lgamma",
         "digamma", "logit", "real", "imag", "conj", "angle")  # fmt: skip
BINARY = ("add", "subtract", "multiply", "pow", "atan2",
          "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "maximum",
          "minimum", "logical_and", "logical_or", "logical_xor",
          "hypot", "copysign", "nextafter", "fmax", "fmin", "bitwise_and", "bitwise_or",
          "bitwise_xor",
          "logaddexp", "xlogy", "xlog1py", "complex")  # fmt: skip
DIVISIONS = ("divide", "floor_divide", "trunc_divide", "remainder", "fmod")
ELEMENTWISE = frozenset((*UNARY, *BINARY, *DIVISIONS, *ATTRIBUTES))


@sampler(*UNARY)
def unary(d: Draw) -> Sample:
    """One array of any shape."""
    return (_argument(d, 0, d.shape()),), {}


@sampler(*BINARY)
def binary(d: Draw) -> Sample:
    """Two arrays whose shapes broadcast."""
    shape = d.shape()
    arrays = [_argument(d, i, s) for i, s in enumerate(broadcast_pair(d, shape))]
    return tuple(arrays), {}


def _argument(d: Draw, position: int, shape: tuple[int, ...]) -> NDArray[Any]:
    return edges.tamed(d.op.name, position, d.array(shape, domain=d.op.domain_of(position)))


@essentials(*BINARY, *DIVISIONS)
def column_and_row(d: Draw) -> list[Sample]:
    """A column beside a row, which are repeated along different axes."""
    x, y = (_argument(d, i, shape) for i, shape in enumerate(((3, 1), (1, 4))))
    return [((x, _nonzero(y) if d.op.name in DIVISIONS else y), {})]


@refuser(*BINARY, *DIVISIONS)
def unbroadcastable(d: Draw) -> list[Refusal]:
    """Two arrays whose shapes do not broadcast."""
    return [
        Refusal("C2", "the shapes do not broadcast", (d.array(first), d.array(second)), {})
        for first, second in (((2,), (3,)), ((2, 3), (2,)), ((0,), (3,)), ((2, 1, 3), (4, 3, 3)))
    ]


@sampler(*DIVISIONS)
def division(d: Draw) -> Sample:
    """Two arrays whose shapes broadcast; the divisor has zeros in it or not (complex: not)."""
    (x, y), _ = binary(d)
    assert x is not None and y is not None
    zeros = not dtypes.is_complex(d.dtype) and d.boolean()
    return (x, y if zeros else _nonzero(y)), {}


@sampler("where")
def where(d: Draw) -> Sample:
    """A mask and two arrays whose shapes broadcast."""
    shape = d.shape()
    first, second = broadcast_pair(d, shape)
    mask = d.mask(d.choice((shape, first, shape[-1:])))
    return (mask, d.array(first), d.array(second)), {}


@refuser("where")
def unbroadcastable_choice(d: Draw) -> list[Refusal]:
    """A condition and two arrays whose shapes do not broadcast."""
    shapes = (((2,), (3,), (3,)), ((3,), (2,), (3,)), ((3,), (3,), (2,)))
    return [
        Refusal("C3", "the shapes do not broadcast", (d.mask(c), d.array(x), d.array(y)), {})
        for c, x, y in shapes
    ]


def broadcast_pair(d: Draw, shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shapes that broadcast to ``shape``."""
    thin = tuple(1 if d.boolean() else n for n in shape)
    return d.choice(((shape, shape), (shape, thin), (thin, shape), (shape, shape[1:]), (shape, ())))


VECTORS = 3
"""How often a pool is repeated so that code for vectors, of up to 64 numbers, takes each value."""


def special_arguments(d: Draw) -> list[Sample]:
    """Every special value of the dtype, for two arguments every pair of them.

    Of one argument first a few, of which what ends the array falls to code for single numbers,
    then many, of which code for vectors takes each.
    """
    pool, second = (edges.pool(d.op.name, d.dtype, position) for position in range(2))
    few_and_many = (pool, np.tile(pool, VECTORS))
    if d.op.name in UNARY:
        return [((x,), {}) for x in few_and_many]
    if d.op.name in ATTRIBUTES:
        return [((x,), dict(attrs)) for attrs in ATTRIBUTES[d.op.name] for x in few_and_many]
    grid: tuple[Any, ...] = tuple(np.broadcast_arrays(pool[:, None], second[None, :]))
    pairs = tuple(np.array(a) for a in grid)
    if d.op.name in DIVISIONS:
        nonzero = (pairs[0], _nonzero(pairs[1]))
        return [(nonzero, {})] if dtypes.is_complex(d.dtype) else [(nonzero, {}), (pairs, {})]
    return [(pairs, {})]


def _nonzero(divisor: NDArray[Any]) -> NDArray[Any]:
    return np.where(divisor == 0, divisor.dtype.type(1), divisor)
