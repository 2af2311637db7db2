"""Samplers of ops on rows: softmax, normalizations, attention, rotary embedding."""

from __future__ import annotations

import math

import numpy as np

from tensorcts.conformance import values
from tensorcts.conformance.cases import Arrays
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, essentials, refuser, sampler

FINITE = values.MILD
"""Attention's styles: NaN and infinities in masked places are not defined."""


@sampler("softmax", "log_softmax", "softmin")
def along_axis(d: Draw) -> Sample:
    """An array and one of its axes; some spread so far that the smaller exponentials underflow."""
    shape = d.shape(min_dims=1)
    x = d.array(shape)
    x = x * x.dtype.type(d.choice((1, 1, 64, 256)))
    return (x,), {"axis": d.axis(len(shape))}


@essentials("softmax", "log_softmax", "softmin")
def along_either_axis(d: Draw) -> list[Sample]:
    """One shape along both of its axes: a kernel that is cached by the shape alone."""
    x = d.array((3, 5))
    return [((x,), {"axis": axis}) for axis in (0, 1)]


@refuser("softmax", "log_softmax", "softmin")
def no_axis(d: Draw) -> list[Refusal]:
    """An axis that there is not."""
    x = d.array((2, 3))
    return [Refusal("C1", "the axis is out of range", (x,), {"axis": a}) for a in (2, -3)]


@sampler("layer_norm")
def layer_norm(d: Draw) -> Sample:
    """Rows, weight and bias."""
    shape = d.shape(min_dims=1, max_dims=3, min_side=1)
    affine = [d.array(shape[-1:], styles=("normal",)) for _ in range(2)]
    return (d.array(shape), *affine), {"eps": d.choice((1e-5, 1e-12, 1e-3))}


@essentials("layer_norm")
def far_from_zero(d: Draw) -> list[Sample]:
    """Rows with a large mean, in which E[x²] - E[x]² cancels."""
    x = d.array((3, 64), styles=("offset",))
    return [((x, d.array((64,)), d.array((64,))), {"eps": 1e-5})]


@refuser("layer_norm")
def misfitting_affine(d: Draw) -> list[Refusal]:
    """A weight or a bias that is not as long as the rows."""
    x, fit, attrs = d.array((2, 3)), d.array((3,)), {"eps": 1e-5}
    return [
        Refusal("C2", f"the {name} has another length than the rows", (x, *affine), attrs)
        for name, affine in (("weight", (d.array((4,)), fit)), ("bias", (fit, d.array((1,)))))
    ]


@refuser("rms_norm")
def misfitting_weight(d: Draw) -> list[Refusal]:
    """A weight that is not as long as the rows."""
    arrays = d.array((2, 3)), d.array((2,))
    return [Refusal("C2", "the weight has another length than the rows", arrays, {"eps": 1e-5})]


@sampler("rms_norm")
def rms_norm(d: Draw) -> Sample:
    """Rows and weight."""
    shape = d.shape(min_dims=1, max_dims=3, min_side=1)
    weight = d.array(shape[-1:], styles=("normal",))
    return (d.array(shape), weight), {"eps": d.choice((1e-6, 1e-5))}


@sampler("scaled_dot_product_attention")
def attention(d: Draw) -> Sample:
    """Queries, keys and values, grouped or not, masked, biased and causal in all combinations."""
    queries, features = d.shape(min_dims=2, max_dims=2, min_side=1)
    queries, features = min(queries, 33), min(features, 65)
    batch, heads, group = d.integer(1, 2), d.integer(1, 2), d.choice((1, 2, 3))
    keys, outputs = d.choice((queries, 1, d.side(1, 20))), d.choice((features, 3))
    if d.expensive:
        queries, keys, features, outputs = (min(n, 6) for n in (queries, keys, features, outputs))
    mask_shape = d.choice(((queries, keys), (batch, 1, queries, keys), (1, keys)))
    mask = d.mask(mask_shape) if d.boolean() else None
    bias = d.array((queries, keys), styles=FINITE) if d.integer(0, 3) == 3 else None
    query = d.array((batch, heads * group, queries, features), styles=FINITE)
    arrays = (
        query * query.dtype.type(d.choice((1, 1, 1, 64))),  # scores whose exponentials overflow
        d.array((batch, heads, keys, features), styles=FINITE),
        d.array((batch, heads, keys, outputs), styles=FINITE),
        mask,
        bias,
    )
    offset = d.choice((None, 0, keys - queries, -1))
    scale = d.choice((1 / math.sqrt(features), 0.1))
    return arrays, {"scale": scale, "causal_offset": offset}


@essentials("scaled_dot_product_attention")
def masks_and_biases(d: Draw) -> list[Sample]:
    """Mask, bias and causality, each with and without the others; overflowing scores."""
    query, key, value = (d.array(s) for s in ((1, 4, 3, 8), (1, 2, 5, 8), (1, 2, 5, 6)))
    mask, bias = np.tri(3, 5, 1, dtype=bool), d.array((3, 5))
    overflowing = (query * query.dtype.type(64), key, value, None, None)
    return [(overflowing, {"scale": 2.0, "causal_offset": None})] + [
        ((query, key, value, own_mask, own_bias), {"scale": 0.5, "causal_offset": offset})
        for own_mask in (None, mask)
        for own_bias in (None, bias)
        for offset in (None, 2)
    ]


@refuser("scaled_dot_product_attention")
def misfitting_heads(d: Draw) -> list[Refusal]:
    """Queries, keys, values and masks that do not fit together."""
    query, key, value = (d.array(s) for s in ((1, 4, 3, 8), (1, 2, 5, 8), (1, 2, 5, 6)))
    attrs = {"scale": 0.5, "causal_offset": None}
    wrong: list[tuple[str, str, Arrays]] = [
        (
            "C1",
            "3 key heads do not divide 4",
            (query, d.array((1, 3, 5, 8)), d.array((1, 3, 5, 6))),
        ),
        ("C1", "queries and keys differ in features", (query, d.array((1, 2, 5, 7)), value)),
        ("C1", "keys and values differ in number", (query, key, d.array((1, 2, 4, 6)))),
        ("C2", "the mask does not broadcast", (query, key, value, d.mask((3, 4)))),
    ]
    return [Refusal(label, why, arrays, attrs) for label, why, arrays in wrong]


@sampler("rotary_embedding")
def rotary_embedding(d: Draw) -> Sample:
    """Rows of an even number of features, and their positions, one after the other or not."""
    length, features = d.shape(min_dims=2, max_dims=2, min_side=1)
    features += features % 2
    batch = tuple(d.integer(1, 3) for _ in range(d.integer(0, 2)))
    start = d.choice((0, 1, 1000))
    positions = np.arange(start, start + length, dtype=np.int64)
    if d.boolean():
        positions = d.generator().integers(0, 1024, length)
    if d.boolean():
        positions = d.generator().integers(0, 1024, length)
    attrs = {"base": d.choice((10000.0, 500000.0)), "layout": d.choice(("half", "interleaved"))}
    return (d.array((*batch, length, features)), positions), attrs


@refuser("rotary_embedding")
def misfitting_positions(d: Draw) -> list[Refusal]:
    """An odd number of features, positions for other rows."""
    attrs = {"base": 10000.0, "layout": "half"}
    odd, wrong = (d.array((2, 3)), np.arange(2)), (d.array((2, 4)), np.arange(3))
    return [
        Refusal("C1", "the number of features is odd", odd, attrs),
        Refusal("C2", "there are more positions than rows", wrong, attrs),
    ]
