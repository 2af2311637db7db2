"""Samplers of ops on rows: softmax, normalizations, attention, rotary embedding."""

from __future__ import annotations

import math

import numpy as np

from tensorcts.conformance import values
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Sample, sampler

FINITE = values.MILD
"""Attention's styles: NaN and infinities in masked places are not defined."""


@sampler("softmax", "log_softmax")
def along_axis(d: Draw) -> Sample:
    """An array and one of its axes; some spread so far that the smaller exponentials underflow."""
    shape = d.shape(min_dims=1)
    x = d.array(shape)
    x = x * x.dtype.type(d.choice((1, 1, 64, 256)))
    return (x,), {"axis": d.axis(len(shape))}


@sampler("layer_norm")
def layer_norm(d: Draw) -> Sample:
    """Rows, weight and bias."""
    shape = d.shape(min_dims=1, max_dims=3, min_side=1)
    affine = [d.array(shape[-1:], styles=("normal",)) for _ in range(2)]
    return (d.array(shape), *affine), {"eps": d.choice((1e-5, 1e-12, 1e-3))}


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
    arrays = (
        d.array((batch, heads * group, queries, features), styles=FINITE),
        d.array((batch, heads, keys, features), styles=FINITE),
        d.array((batch, heads, keys, outputs), styles=FINITE),
        mask,
        bias,
    )
    offset = d.choice((None, 0, keys - queries, -1))
    scale = d.choice((1 / math.sqrt(features), 0.1))
    return arrays, {"scale": scale, "causal_offset": offset}


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
