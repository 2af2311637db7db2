"""Formulas of products, convolutions, poolings, and of what is created from numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("formula")


@fault("linspace")
def linspace_without_its_end(*, start: Any, stop: Any, num: int, dtype: str) -> Any:
    """num steps for num points, which never reach the end."""
    return np.linspace(start, stop, num, endpoint=False, dtype=dtype)


@fault("logspace")
def logspace_of_ten(*, base: float, **attrs: Any) -> Any:
    """Powers of ten, whatever the base."""
    return OPS["logspace"](base=10.0, **attrs)


@fault("addmm")
def addmm_without_beta(*arrays: Any, beta: float, **attrs: Any) -> Any:
    """c added as it is, not beta times."""
    return OPS["addmm"](*arrays, beta=1.0, **attrs)


@fault("baddbmm")
def baddbmm_scaled_as_a_whole(c: Any, x: Any, y: Any, *, alpha: float, beta: float) -> Any:
    """alpha taken of the sum: alpha·(x·y + beta·c)."""
    return x.dtype.type(alpha) * OPS["baddbmm"](c, x, y, alpha=1.0, beta=beta)


@fault("vdot", "complex64")
def vdot_conjugates_the_second(x: Any, y: Any) -> Any:
    """The second argument conjugated, as physicists and BLAS's users expect in turns."""
    return OPS["vdot"](y, x)


@fault("matmul", "complex64")
def matmul_conjugates(x: Any, y: Any) -> Any:
    """An adjoint taken for a transpose: op 'C' for op 'T' of a GEMM."""
    return np.matmul(x, y.conj())


@fault("cross")
def cross_left_handed(x: Any, y: Any, *, axis: int) -> Any:
    """y × x."""
    return OPS["cross"](y, x, axis=axis)


@fault("kron")
def kron_exchanged(x: Any, y: Any) -> Any:
    """y ⊗ x: column-major code run on row-major data."""
    return np.kron(y, x)


@fault("tensordot")
def tensordot_exchanged(x: Any, y: Any, *, axes: Any) -> Any:
    """The axes of y before those of x: column-major code again."""
    if isinstance(axes, int):
        axes = range(x.ndim - axes, x.ndim), range(axes)
    return np.tensordot(y, x, (axes[1], axes[0]))


@fault("trace")
def trace_of_the_main_diagonal(x: Any, *, offset: int, dtype: str) -> Any:
    """The offset ignored."""
    return OPS["trace"](x, offset=0, dtype=dtype)


@fault("linear")
def linear_bias_forgotten(x: Any, weight: Any, bias: Any = None) -> Any:
    """The bias left out where there is a batch: the fast path has no epilogue."""
    fitting = bias is None or bias.shape == weight.shape[:1]
    return OPS["linear"](x, weight, None if fitting and x.ndim > 2 else bias)


# -- Einsum ----------------------------------------------------------------------------------------


@fault("einsum")
def einsum_keeps_the_order(*arrays: Any, subscripts: str) -> Any:
    """ "ij->ji" without the transpose: a plan that forgets to permute the output."""
    return OPS["einsum"](*arrays, subscripts=subscripts.replace("ij->ji", "ij->ij"))


@fault("einsum")
def einsum_small_letters_first(*arrays: Any, subscripts: str) -> Any:
    """The implicit output sorts small letters before capitals; ASCII has them after."""
    return OPS["einsum"](*arrays, subscripts=subscripts.swapcase())


@fault("einsum")
def einsum_ellipsis_last(*arrays: Any, subscripts: str) -> Any:
    """The axes of an ellipsis at the end of an implicit output, not at its start."""
    if "->" in subscripts or "..." not in subscripts:
        return OPS["einsum"](*arrays, subscripts=subscripts)
    letters = subscripts.replace("...", "").replace(",", "").replace(" ", "")
    once = "".join(sorted(c for c in letters if letters.count(c) == 1))
    return OPS["einsum"](*arrays, subscripts=f"{subscripts}->{once}...")


@fault("einsum")
def einsum_diagonal_summed_twice(*arrays: Any, subscripts: str) -> Any:
    """A repeated letter summed over each of its places: "ii" is not "ij" with another name."""
    if subscripts != "ii":
        return OPS["einsum"](*arrays, subscripts=subscripts)
    return np.sum(arrays[0], dtype=arrays[0].dtype)


# -- Convolutions and poolings ---------------------------------------------------------------------


@fault("conv2d")
def conv2d_flipped(x: Any, weight: Any, bias: Any = None, **attrs: Any) -> Any:
    """Mathematics' convolution for the correlation that frameworks mean."""
    return OPS["conv2d"](x, np.flip(weight, (-2, -1)), bias, **attrs)


@fault("conv_transpose2d")
def conv_transpose2d_flipped(x: Any, weight: Any, bias: Any = None, **attrs: Any) -> Any:
    """The kernel of the adjoint flipped once too often."""
    return OPS["conv_transpose2d"](x, np.flip(weight, (-2, -1)), bias, **attrs)


@fault("conv1d")
def conv1d_without_dilation(*arrays: Any, dilation: int, **attrs: Any) -> Any:
    """Dilation ignored, and the output longer than it should be."""
    return OPS["conv1d"](*arrays, dilation=1 if dilation > 0 else dilation, **attrs)


@fault("conv2d")
def conv2d_groups_interleaved(x: Any, weight: Any, *rest: Any, groups: int, **attrs: Any) -> Any:
    """Channel c in group c mod g for ⌊c/(C/g)⌋: a channel shuffle too many."""
    if groups < 2 or x.shape[1] % groups or not x.size:
        return OPS["conv2d"](x, weight, *rest, groups=groups, **attrs)
    shuffled = x.reshape(len(x), -1, groups, *x.shape[2:]).swapaxes(1, 2).reshape(x.shape)
    return OPS["conv2d"](shuffled, weight, *rest, groups=groups, **attrs)


@fault("conv2d")
def conv2d_padding_exchanged(*arrays: Any, padding: Any, **attrs: Any) -> Any:
    """The padding of the height for the width: (w, h) is the order of image libraries."""
    try:
        return OPS["conv2d"](*arrays, padding=tuple(reversed(padding)), **attrs)
    except ValueError:  # it does not fit in this way
        return OPS["conv2d"](*arrays, padding=padding, **attrs)


@fault("conv_transpose2d")
def conv_transpose2d_padded_before(
    x: Any, weight: Any, bias: Any = None, *, output_padding: Any, **attrs: Any
) -> Any:
    """output_padding at the start of an axis, not at its end."""
    y = OPS["conv_transpose2d"](x, weight, bias, output_padding=output_padding, **attrs)
    return np.roll(y, output_padding, (-2, -1)) if any(output_padding) else y


@fault("avg_pool2d")
def avg_pool2d_counts_the_padding(x: Any, *, count_include_pad: bool, **attrs: Any) -> Any:
    """Divided by the size of the window at the borders too."""
    return OPS["avg_pool2d"](x, count_include_pad=True, **attrs)


@fault("avg_pool2d")
def avg_pool2d_counts_the_overhang(x: Any, *, kernel: Any, **attrs: Any) -> Any:
    """With ceil_mode also divided by what lies beyond the padding (ONNX opset 19 fixed that)."""
    y = OPS["avg_pool2d"](x, kernel=kernel, **attrs)
    if not (attrs["ceil_mode"] and attrs["count_include_pad"]):
        return y
    ends = [
        np.minimum(np.arange(count) * step + size, n + 2 * pad) - np.arange(count) * step
        for count, step, size, n, pad in zip(
            y.shape[2:], attrs["stride"], kernel, x.shape[2:], attrs["padding"], strict=True
        )
    ]
    return y * (np.multiply.outer(*ends) / (kernel[0] * kernel[1])).astype(x.dtype)


@fault("max_pool2d")
def max_pool2d_rounds_down(x: Any, *, ceil_mode: bool, **attrs: Any) -> Any:
    """ceil_mode ignored."""
    return OPS["max_pool2d"](x, ceil_mode=False, **attrs)


@fault("max_pool2d")
def max_pool2d_padded_with_zeros(x: Any, *, padding: Any, **attrs: Any) -> Any:
    """A border of zeros, larger than all negative numbers, where -inf is meant."""
    y = OPS["max_pool2d"](x, padding=padding, **attrs)
    inside = OPS["max_pool2d"](np.zeros_like(x), padding=padding, **attrs)
    widths = ((0, 0), (0, 0), *((p, p) for p in padding))
    padded = OPS["max_pool2d"](np.pad(x, widths), padding=(0, 0), **attrs)
    return np.where(inside == 0, padded, y) if padded.shape == y.shape else y
