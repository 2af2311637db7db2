"""Matrix products, einsum, convolutions and pooling."""

from __future__ import annotations

from typing import Any

from tensorcts.reference.ops import definitions as ops

from .graphs import Node, OutsideError, converts


@converts("MatMul")
def matmul(node: Node, x: Any, y: Any) -> Any:
    return ops.matmul(x, y)


@converts("MatMulInteger")
def matmul_integer(node: Node, x: Any, y: Any, x_zero: Any = 0, y_zero: Any = 0) -> Any:
    wide = [ops.astype(a, dtype="int32") for a in (x, y)]
    return ops.matmul(wide[0] - x_zero, wide[1] - y_zero)


@converts("Gemm")
def gemm(node: Node, x: Any, y: Any, c: Any = None) -> Any:
    x = ops.matrix_transpose(x) if node.get("transA", 0) else x
    y = ops.matrix_transpose(y) if node.get("transB", 0) else y
    alpha, beta = node.get("alpha", 1.0), node.get("beta", 1.0)
    if c is None:
        return ops.matmul(x, y) * alpha
    c = ops.broadcast_to(c, shape=(x.shape[0], y.shape[1]))
    return ops.addmm(c, x, y, alpha=alpha, beta=beta)


@converts("Einsum")
def einsum(node: Node, *inputs: Any) -> Any:
    return ops.einsum(*inputs, subscripts=node.attrs["equation"])


def _pads(node: Node, count: int) -> tuple[int, ...]:
    """Symmetric paddings; others are no attributes of ours."""
    if node.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise OutsideError(f"{node.kind}: auto_pad")
    pads = node.get("pads", [0] * (2 * count))
    if pads[:count] != pads[count:]:
        raise OutsideError(f"{node.kind}: paddings that differ between the two sides")
    return tuple(pads[:count])


@converts("Conv")
def conv(node: Node, x: Any, weight: Any, bias: Any = None) -> Any:
    count = x.ndim - 2
    if count not in (1, 2):
        raise OutsideError(f"Conv over {count} axes")
    steps = [tuple(node.get(k, [1] * count)) for k in ("strides", "dilations")]
    padding, groups = _pads(node, count), node.get("group", 1)
    if count == 1:
        return ops.conv1d(x, weight, bias, stride=steps[0][0], padding=padding[0],
                          dilation=steps[1][0], groups=groups)  # fmt: skip
    return ops.conv2d(x, weight, bias, stride=steps[0], padding=padding, dilation=steps[1],
                      groups=groups)  # fmt: skip


@converts("ConvTranspose")
def conv_transpose(node: Node, x: Any, weight: Any, bias: Any = None) -> Any:
    if x.ndim != 4 or "output_shape" in node.attrs:
        raise OutsideError("ConvTranspose over other than two axes, or to an output_shape")
    pair = {k: tuple(node.get(k, [1, 1])) for k in ("strides", "dilations")}
    return ops.conv_transpose2d(
        x, weight, bias, stride=pair["strides"], padding=_pads(node, 2), dilation=pair["dilations"],
        output_padding=tuple(node.get("output_padding", [0, 0])), groups=node.get("group", 1),
    )  # fmt: skip


@converts("MaxPool", "AveragePool")
def pool(node: Node, x: Any) -> Any:
    if x.ndim != 4 or node.outputs > 1:
        raise OutsideError(f"{node.kind} over other than two axes, or with indices")
    window: dict[str, Any] = {
        "kernel": tuple(node.attrs["kernel_shape"]), "stride": tuple(node.get("strides", [1, 1])),
        "padding": _pads(node, 2), "ceil_mode": bool(node.get("ceil_mode", 0)),
    }  # fmt: skip
    if any(2 * p > k for p, k in zip(window["padding"], window["kernel"], strict=True)):
        raise OutsideError(f"{node.kind}: paddings of more than half the kernel")
    dilation = tuple(node.get("dilations", [1, 1]))
    if node.kind == "MaxPool":
        return ops.max_pool2d(x, dilation=dilation, **window)
    if dilation != (1, 1):
        raise OutsideError("AveragePool with dilations")
    include = bool(node.get("count_include_pad", 0))
    return ops.avg_pool2d(x, count_include_pad=include, **window)


@converts("GlobalAveragePool", "GlobalMaxPool")
def global_pool(node: Node, x: Any) -> Any:
    reduced = ops.max if node.kind == "GlobalMaxPool" else ops.mean
    return reduced(x, axis=tuple(range(2, x.ndim)), keepdims=True)
