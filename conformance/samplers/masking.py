"""Samplers of masking ops."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, essentials, refuser, sampler


@sampler("masked_select")
def masked_select(d: Draw) -> Sample:
    """An array and a mask of its shape."""
    shape = d.shape()
    return (d.array(shape), d.mask(shape)), {}


@refuser("masked_select")
def unselectable(d: Draw) -> list[Refusal]:
    """A mask of another shape, and one of integers."""
    x = d.array((3, 4))
    return [
        Refusal("C1", "the mask is of another shape", (x, np.ones((3, 5), bool)), {}),
        Refusal("C1", "the mask is of integers", (x, np.ones((3, 4), np.int64)), {}),
    ]


@sampler("masked_fill")
def masked_fill(d: Draw) -> Sample:
    """An array, a mask that broadcasts to it, and a value."""
    shape = d.shape()
    return (d.array(shape), _mask(d, shape), d.array(())), {}


@essentials("masked_fill")
def all_or_nothing(d: Draw) -> list[Sample]:
    """Masks that are true everywhere and nowhere."""
    return [((d.array((3, 4)), np.full((3, 4), true), d.array(())), {}) for true in (True, False)]


@refuser("masked_fill")
def unfillable(d: Draw) -> list[Refusal]:
    """A mask that does not broadcast, and one of integers."""
    x, mask = d.array((3, 4)), np.ones((3, 4), bool)
    return [
        Refusal("C1", "the mask does not broadcast", (x, np.ones((3, 5), bool), d.array(())), {}),
        Refusal("C1", "the mask is of integers", (x, mask.astype(np.int64), d.array(())), {}),
    ]


@sampler("masked_scatter")
def masked_scatter(d: Draw) -> Sample:
    """An array, a mask that broadcasts to it, and as many elements as it has true ones, or more."""
    shape = d.shape()
    mask = _mask(d, shape)
    needed = int(np.count_nonzero(np.broadcast_to(mask, shape)))
    source = d.choice(((needed,), (needed + d.integer(0, 3),), (1, needed), (2, needed)))
    return (d.array(shape), mask, d.array(source)), {}


@essentials("masked_scatter")
def more_than_needed(d: Draw) -> list[Sample]:
    """A source as large as the array, of which a part is needed."""
    return [((d.array((3, 4)), np.tri(3, 4, dtype=bool), d.array((12,))), {})]


@refuser("masked_scatter")
def unscatterable(d: Draw) -> list[Refusal]:
    """A mask that does not broadcast or is none, and too few elements."""
    x, source, mask = d.array((3, 4)), d.array((12,)), np.ones((3, 4), bool)
    return [
        Refusal("C1", "the mask does not broadcast", (x, np.ones((3, 5), bool), source), {}),
        Refusal("C1", "the mask is of integers", (x, mask.astype(np.int64), source), {}),
        Refusal("C2", "source is too short", (x, mask, d.array((11,))), {}),
    ]


def _mask(d: Draw, shape: tuple[int, ...]) -> NDArray[Any]:
    thin = tuple(1 if d.boolean() else n for n in shape)
    return d.mask(d.choice((shape, thin, shape[1:])))
