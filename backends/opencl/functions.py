"""Exponentials, trigonometric and special functions: a program of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tensorcts.backends.opencl.elementwise import binary, unary

_unary, _binary = partial(unary, family="functions"), partial(binary, family="functions")

OPS: dict[str, Callable[..., Any]] = {
    "exp2": partial(_unary, "exp2"),
    "log2": partial(_unary, "log2"),
    "log10": partial(_unary, "log10"),
    "logaddexp": partial(_binary, "logaddexp"),
    "sinc": partial(_unary, "sinc"),
    "deg2rad": partial(_unary, "deg2rad"),
    "rad2deg": partial(_unary, "rad2deg"),
    "erf": partial(_unary, "erf"),
    "erfc": partial(_unary, "erfc"),
    "erfinv": partial(_unary, "erfinv"),
    "lgamma": partial(_unary, "lgamma"),
    "digamma": partial(_unary, "digamma"),
    "xlogy": partial(_binary, "xlogy"),
    "xlog1py": partial(_binary, "xlog1py"),
    "logit": partial(_unary, "logit"),
}
