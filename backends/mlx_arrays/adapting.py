"""What all ops share: dtypes by name, results computed at once, MLX's way to refuse."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import mlx.core as mx

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes

Array: TypeAlias = mx.array

DTYPES: dict[str, Any] = {
    name: getattr(mx, "bool_" if name == "bool" else name)
    for name in dtypes.ALL
    if hasattr(mx, name) or name == "bool"
}
"""The dtypes that MLX has: no complex128, no 8-bit floats, no half complex numbers."""

_MISSING = re.compile(
    r"[Uu]nsupported|not (yet )?(implemented|supported)|[Oo]nly (supports|real|floating|inexact)"
    r"|NYI|[Rr]eceived invalid type|is not defined for|empty array|cannot be empty|with size 0"
)
"""How MLX says that it does not offer something, as against that a kernel went wrong."""


def dtype_of(name: str) -> Any:
    """MLX's dtype of that name; raises UnsupportedError where it has none."""
    if name not in DTYPES:
        raise UnsupportedError(f"mlx has no {name}")
    return DTYPES[name]


def name_of(x: Array) -> str:
    """The suite's name of an array's dtype."""
    return str(x.dtype).removeprefix("mlx.core.").removesuffix("_")


def native(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, evaluated at once, with missing kernels named: MLX computes lazily."""

    @functools.wraps(function)
    def call(*arrays: Any, **attrs: Any) -> Any:
        try:
            result = function(*arrays, **attrs)
            mx.eval(result)
        except (ValueError, RuntimeError, TypeError, NotImplementedError) as error:
            if isinstance(error, NotImplementedError) or _MISSING.search(str(error)):
                raise UnsupportedError(f"mlx: {str(error).splitlines()[0]}") from error
            raise
        return result

    return call


def typed(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with its attribute ``dtype`` given by name."""
    return lambda *arrays, dtype, **attrs: function(*arrays, dtype=dtype_of(dtype), **attrs)
