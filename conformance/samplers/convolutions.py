"""Samplers of convolutions. Kernels are finite: 0·inf in the padding is computed by few."""

from __future__ import annotations

from typing import Any

from tensorcts.conformance import values
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler

Pair = tuple[int, int]


@sampler("conv2d")
def conv2d(d: Draw) -> Sample:
    """Images, kernels that fit into them, a bias or none, in groups."""
    batch, *size = d.shape(min_dims=3, max_dims=3)
    kernel = _pair(d, 1, 3)
    attrs = {"stride": _pair(d, 1, 3), "padding": _pair(d, 0, 2), "dilation": _pair(d, 1, 2)}
    fitting = [
        max(n, (k - 1) * m + 1 - 2 * p, 1)
        for n, k, m, p in zip(size, kernel, attrs["dilation"], attrs["padding"], strict=True)
    ]
    return _convolved(d, (batch, *fitting), kernel, attrs)


def _pair(d: Draw, low: int, high: int) -> Pair:
    return d.integer(low, high), d.integer(low, high)


def _convolved(
    d: Draw, shape: tuple[int, ...], kernel: tuple[int, ...], attrs: dict[str, Any]
) -> Sample:
    """Images and kernels, with one group of channels or as many as there are channels."""
    groups, inputs, outputs = (d.integer(1, 3) for _ in range(3))
    x = d.array((shape[0], groups * inputs, *shape[1:]))
    weight = d.array((groups * outputs, inputs, *kernel), styles=values.MILD)
    bias = d.array((groups * outputs,), styles=values.MILD) if d.boolean() else None
    return (x, weight, bias), {**attrs, "groups": groups}


@sampler("conv1d")
def conv1d(d: Draw) -> Sample:
    """Signals, kernels that fit into them, a bias or none, in groups."""
    batch, length = d.shape(min_dims=2, max_dims=2)
    kernel = d.integer(1, 5)
    attrs = {"stride": d.integer(1, 4), "padding": d.integer(0, 3), "dilation": d.integer(1, 3)}
    least = (kernel - 1) * attrs["dilation"] + 1 - 2 * attrs["padding"]
    return _convolved(d, (batch, max(length, least, 1)), (kernel,), attrs)


@sampler("conv_transpose2d")
def conv_transpose2d(d: Draw) -> Sample:
    """Images and kernels, such that something is left after the padding is taken off."""
    batch, *size = d.shape(min_dims=3, max_dims=3)
    size, kernel = [max(n, 1) for n in size], _pair(d, 1, 3)
    stride, dilation = _pair(d, 1, 3), _pair(d, 1, 2)
    more = tuple(d.integer(0, max(pair) - 1) for pair in zip(stride, dilation, strict=True))
    whole = [
        (n - 1) * s + (k - 1) * m + 1 + e
        for n, s, k, m, e in zip(size, stride, kernel, dilation, more, strict=True)
    ]
    attrs: dict[str, Any] = {"stride": stride, "dilation": dilation, "output_padding": more}
    attrs["padding"] = tuple(d.integer(0, min((n - 1) // 2, 2)) for n in whole)
    groups, inputs, outputs = (d.integer(1, 3) for _ in range(3))
    x = d.array((batch, groups * inputs, *size))
    weight = d.array((groups * inputs, outputs, *kernel), styles=values.MILD)
    bias = d.array((groups * outputs,), styles=values.MILD) if d.boolean() else None
    return (x, weight, bias), {**attrs, "groups": groups}


PLAIN: dict[str, Any] = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "groups": 1}


@refuser("conv2d")
def misfitting_kernels(d: Draw) -> list[Refusal]:
    """Kernels, groups and settings that fit neither the images nor each other."""
    wrong: tuple[tuple[str, str, tuple[int, ...], tuple[int, ...], int | None, Any], ...] = (
        ("C1", "x is 2-d", (5, 5), (1, 1, 3, 3), None, {}),
        ("C1", "the kernel has 3 channels, x 2", (1, 2, 5, 5), (1, 3, 3, 3), None, {}),
        ("C1", "the bias has 2 elements", (1, 1, 5, 5), (1, 1, 3, 3), 2, {}),
        ("C2", "2 groups do not divide 3", (1, 3, 5, 5), (2, 1, 3, 3), None, {"groups": 2}),
        ("C2", "no groups", (1, 1, 5, 5), (1, 1, 3, 3), None, {"groups": 0}),
        ("C3", "a stride of 0", (1, 1, 5, 5), (1, 1, 3, 3), None, {"stride": (0, 1)}),
        ("C3", "negative padding", (1, 1, 5, 5), (1, 1, 3, 3), None, {"padding": (-1, 0)}),
        ("C3", "a dilation of 0", (1, 1, 5, 5), (1, 1, 3, 3), None, {"dilation": (1, 0)}),
        ("C4", "the kernel is larger than x", (1, 1, 2, 5), (1, 1, 3, 3), None, {}),
    )
    return [_refused(d, *each) for each in wrong]


def _refused(
    d: Draw,
    label: str,
    why: str,
    x: tuple[int, ...],
    weight: tuple[int, ...],
    bias: int | None,
    attrs: dict[str, Any],
) -> Refusal:
    arrays = d.array(x), d.array(weight), None if bias is None else d.array((bias,))
    return Refusal(label, why, arrays, {**PLAIN, **attrs})


@refuser("conv1d")
def misfitting_signals(d: Draw) -> list[Refusal]:
    """As for images."""
    plain = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    x, weight = d.array((1, 2, 5)), d.array((2, 2, 3))
    wrong: tuple[tuple[str, str, tuple[Any, ...], dict[str, int]], ...] = (
        ("C1", "the kernel has 3 channels, x 2", (x, d.array((2, 3, 3)), None), {}),
        ("C1", "the bias has 3 elements", (x, weight, d.array((3,))), {}),
        ("C2", "3 groups do not divide 2", (x, d.array((3, 1, 3)), None), {"groups": 3}),
        ("C3", "a stride of 0", (x, weight, None), {"stride": 0}),
        ("C3", "negative padding", (x, weight, None), {"padding": -1}),
        ("C4", "the dilated kernel is larger than x", (x, weight, None), {"dilation": 3}),
    )
    return [Refusal(c, why, arrays, {**plain, **attrs}) for c, why, arrays, attrs in wrong]


@refuser("conv_transpose2d")
def misfitting_strokes(d: Draw) -> list[Refusal]:
    """As for conv2d, and paddings out of range."""
    plain = {**PLAIN, "output_padding": (0, 0)}
    x, weight = d.array((1, 2, 3, 3)), d.array((2, 1, 2, 2))
    wrong: tuple[tuple[str, str, tuple[Any, ...], dict[str, Any]], ...] = (
        ("C1", "the kernel has 3 channels, x 2", (x, d.array((3, 1, 2, 2)), None), {}),
        ("C1", "the bias has 2 elements", (x, weight, d.array((2,))), {}),
        ("C2", "3 groups do not divide 2", (x, weight, None), {"groups": 3}),
        ("C3", "a stride of 0", (x, weight, None), {"stride": (0, 1)}),
        ("C3", "negative padding", (x, weight, None), {"padding": (-1, 0)}),
        ("C4", "output_padding is the stride", (x, weight, None), {"output_padding": (1, 0)}),
        ("C5", "the padding leaves nothing", (x, weight, None), {"padding": (2, 2)}),
    )
    return [Refusal(c, why, arrays, {**plain, **attrs}) for c, why, arrays, attrs in wrong]
