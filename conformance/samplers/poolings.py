"""Samplers of poolings."""

from __future__ import annotations

from typing import Any

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, essentials, refuser, sampler

Pair = tuple[int, int]

OWN: dict[str, tuple[dict[str, Any], ...]] = {
    "max_pool2d": ({"dilation": (1, 1)}, {"dilation": (2, 1)}),
    "avg_pool2d": ({"count_include_pad": True}, {"count_include_pad": False}),
}
"""The attributes that only one of the poolings has."""


def _sized(d: Draw, dilation: Pair) -> tuple[tuple[int, ...], dict[str, Any]]:
    """The shape of images, and a kernel that fits into them with its padding."""
    kernel = d.integer(1, 3), d.integer(1, 3)
    reach = [(k - 1) * n + 1 for k, n in zip(kernel, dilation, strict=True)]
    padding = tuple(d.integer(0, k // 2) for k in kernel)
    least = [max(n - 2 * p, 1) for n, p in zip(reach, padding, strict=True)]
    batch, *size = d.shape(min_dims=3, max_dims=3)
    attrs = {
        "kernel": kernel,
        "stride": (d.integer(1, 3), d.integer(1, 3)),
        "padding": padding,
        "ceil_mode": d.boolean(),
    }
    return (batch, d.integer(1, 3), *map(max, size, least)), attrs


@sampler("max_pool2d")
def max_pool2d(d: Draw) -> Sample:
    """Images and a window, dilated or not."""
    dilation = d.integer(1, 2), d.integer(1, 2)
    shape, attrs = _sized(d, dilation)
    return (d.array(shape),), {**attrs, "dilation": dilation}


@sampler("avg_pool2d")
def avg_pool2d(d: Draw) -> Sample:
    """Images and a window, whose padding counts or not."""
    shape, attrs = _sized(d, (1, 1))
    return (d.array(shape),), {**attrs, "count_include_pad": d.boolean()}


@essentials("max_pool2d", "avg_pool2d")
def overhanging_windows(d: Draw) -> list[Sample]:
    """Windows that hang over the padding, counted or not, and the padding counted or not."""
    own = OWN[d.op.name]
    x, attrs = d.array((1, 2, 6, 7)), {"kernel": (3, 2), "stride": (2, 2), "padding": (1, 1)}
    return [((x,), {**attrs, "ceil_mode": up, **one}) for up in (False, True) for one in own]


@refuser("max_pool2d", "avg_pool2d")
def misfitting_windows(d: Draw) -> list[Refusal]:
    """Windows of no size, that do not move, are padded too much or do not fit."""
    plain = {"kernel": (2, 2), "stride": (1, 1), "padding": (0, 0), "ceil_mode": False}
    plain |= OWN[d.op.name][0]
    wrong: tuple[tuple[str, str, tuple[int, ...], dict[str, Any]], ...] = (
        ("C1", "x is 2-d", (4, 4), {}),
        ("C2", "a kernel of size 0", (1, 1, 4, 4), {"kernel": (0, 2)}),
        ("C2", "a stride of 0", (1, 1, 4, 4), {"stride": (0, 1)}),
        ("C3", "negative padding", (1, 1, 4, 4), {"padding": (-1, 0)}),
        ("C3", "more padding than half of the kernel", (1, 1, 4, 4), {"padding": (2, 2)}),
        ("C4", "the kernel is larger than x", (1, 1, 1, 4), {}),
    )
    return [Refusal(c, why, (d.array(x),), {**plain, **attrs}) for c, why, x, attrs in wrong]
