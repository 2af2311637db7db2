"""Samplers of activations: elementwise ones with attributes, gated ones, fused ones, prelu."""

from __future__ import annotations

from typing import Any

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, essentials, refuser, sampler

ATTRIBUTES: dict[str, tuple[dict[str, Any], ...]] = {
    "swish": ({"beta": 1.0}, {"beta": 0.5}, {"beta": 1.702}),
    "elu": ({"alpha": 1.0}, {"alpha": 0.5}, {"alpha": 1.7}, {"alpha": -0.3}),
    "celu": ({"alpha": 1.0}, {"alpha": 0.5}, {"alpha": 1.7}),
    "leaky_relu": tuple({"negative_slope": slope} for slope in (0.01, 0.25, 2.0, -0.5)),
    "softplus": ({"beta": 1.0, "threshold": 20.0}, {"beta": 0.5, "threshold": 5.0},
                 {"beta": 4.0, "threshold": 20.0}),
    "hardtanh": ({"min_val": -1.0, "max_val": 1.0}, {"min_val": 0.1, "max_val": 3.0},
                 {"min_val": -2.0, "max_val": -0.5}),
    "hardshrink": ({"lambd": 0.5}, {"lambd": 1.0}, {"lambd": 0.0}),
    "softshrink": ({"lambd": 0.5}, {"lambd": 1.0}, {"lambd": 0.0}),
    "threshold": ({"threshold": 0.5, "value": 20.0}, {"threshold": -1.0, "value": -0.1}),
}  # fmt: skip
"""For each elementwise activation the attributes that it is tried with, the simplest first.

What decides between branches is a number of every dtype, so that no rounding of it moves a bend.
"""


@sampler(*ATTRIBUTES)
def activation(d: Draw) -> Sample:
    """One array of any shape, and attributes."""
    return (d.array(d.shape()),), dict(d.choice(ATTRIBUTES[d.op.name]))


@essentials(*ATTRIBUTES)
def every_attribute(d: Draw) -> list[Sample]:
    """Numbers on either side of every bend, with all the attributes."""
    x = d.array((64,), styles=("uniform",))
    return [((x,), dict(attrs)) for attrs in ATTRIBUTES[d.op.name]]


BAD_ATTRIBUTES: dict[str, tuple[str, dict[str, Any]]] = {
    "swish": ("beta is 0", {"beta": 0.0}),
    "celu": ("alpha is 0", {"alpha": 0.0}),
    "softplus": ("beta is 0", {"beta": 0.0, "threshold": 20.0}),
    "hardtanh": ("min_val lies above max_val", {"min_val": 1.0, "max_val": -1.0}),
    "softshrink": ("lambd is negative", {"lambd": -0.5}),
}


@refuser(*BAD_ATTRIBUTES)
def bad_attributes(d: Draw) -> list[Refusal]:
    """An attribute for which the function is not defined."""
    reason, attrs = BAD_ATTRIBUTES[d.op.name]
    return [Refusal("C1", reason, (d.array((3,)),), attrs)]


@sampler("prelu")
def prelu(d: Draw) -> Sample:
    """An array and a slope for all of it or for each channel."""
    shape = d.shape()
    channels = shape[1] if len(shape) > 1 and shape[1] and d.boolean() else 1
    return (d.array(shape), d.array((channels,))), {}


@essentials("prelu")
def channels_of_images(d: Draw) -> list[Sample]:
    """As many slopes as there are channels, and columns."""
    return [((d.array((2, 3, 4, 3)), d.array((3,))), {})]


@refuser("prelu")
def misfitting_slopes(d: Draw) -> list[Refusal]:
    """Slopes for another number of channels than there are, or not 1-d."""
    return [
        Refusal("C2", reason, (d.array(shape), d.array(slopes)), {})
        for reason, shape, slopes in (
            ("there are 2 slopes for 3 channels", (2, 3), (2,)),
            ("there are 2 slopes without channels", (2,), (2,)),
            ("the slopes are 2-d", (2, 3), (2, 3)),
        )
    ]


@sampler("glu", "reglu", "geglu", "swiglu")
def gated(d: Draw) -> Sample:
    """An array that has two halves along an axis, and which of them gates."""
    shape = d.shape(min_dims=1)
    axis = d.axis(len(shape))
    sizes = list(shape)
    sizes[axis] += sizes[axis] % 2
    return (d.array(tuple(sizes)),), {"axis": axis, "gate": d.choice(("second", "first"))}


@refuser("glu", "reglu", "geglu", "swiglu")
def misfitting_halves(d: Draw) -> list[Refusal]:
    """An axis that there is not, an odd size, a half that there is not."""
    x = d.array((3, 4))
    return [
        Refusal("C1", "the axis is out of range", (x,), {"axis": 2, "gate": "second"}),
        Refusal("C1", "the axis is out of range", (x,), {"axis": -3, "gate": "second"}),
        Refusal("C2", "the size along the axis is odd", (x,), {"axis": 0, "gate": "second"}),
        Refusal("C3", "there is no such half", (x,), {"axis": 1, "gate": "third"}),
    ]


@sampler("bias_relu", "bias_gelu", "bias_gelu_tanh", "bias_silu", "bias_tanh")
def biased(d: Draw) -> Sample:
    """Rows and a bias."""
    shape = d.shape(min_dims=1)
    return (d.array(shape), d.array(shape[-1:])), {}


@refuser("bias_relu", "bias_gelu", "bias_gelu_tanh", "bias_silu", "bias_tanh")
def misfitting_bias(d: Draw) -> list[Refusal]:
    """A bias that is not as long as the rows, or not 1-d."""
    return [
        Refusal("C2", reason, (d.array((2, 3)), d.array(bias)), {})
        for reason, bias in (
            ("the bias has another length than the rows", (2,)),
            ("the bias has one element for rows of 3", (1,)),
            ("the bias is 2-d", (2, 3)),
        )
    ]
