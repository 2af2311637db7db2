"""What all ops share: the device, CuPy's way to refuse, and its gaps around bfloat16."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes

Function = Callable[..., Any]

BFLOAT16 = dtypes.numpy_dtype("bfloat16")
_MISSING = re.compile(r"Wrong type|only supports|not supported|did not contain a loop|Unsupported")
"""How CuPy says that it does not offer something, as against that a kernel went wrong."""


def honest(function: Function, device: Any) -> Function:
    """``function`` on ``device``; UnsupportedError says that CuPy lacks a kernel for it."""

    @functools.wraps(function)
    def call(*arrays: Any, **attrs: Any) -> Any:
        try:
            with device:
                return function(*arrays, **attrs)
        except (TypeError, NotImplementedError) as error:
            if isinstance(error, NotImplementedError) or _MISSING.search(str(error)):
                raise UnsupportedError(f"CuPy: {str(error).splitlines()[0]}") from error
            raise

    return call


def _narrow(*names: str) -> Callable[[Function], Function]:
    """A decorator: these 16-bit dtypes are computed in float32 and rounded once.

    Of several results it is the first one.
    """
    formats = [dtypes.numpy_dtype(name) for name in names]

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def compute(*arrays: Any, **attrs: Any) -> Any:
            found = [a.dtype for a in arrays if a is not None and a.dtype in formats]
            if not found:
                return function(*arrays, **attrs)
            single = [
                a.astype(np.float32) if a is not None and a.dtype == found[0] else a for a in arrays
            ]
            result = function(*single, **attrs)
            if isinstance(result, tuple):
                return result[0].astype(found[0]), *result[1:]
            return result.astype(found[0])

        return compute

    return decorate


both = _narrow("float16", "bfloat16")
brain = _narrow("bfloat16")


def bits(function: Function) -> Function:
    """A function that only moves data, on bfloat16's bits: CuPy moves no bfloat16 everywhere."""

    @functools.wraps(function)
    def move(*arrays: Any, **attrs: Any) -> Any:
        if not any(a.dtype == BFLOAT16 for a in arrays):
            return function(*arrays, **attrs)
        bits = [a.view(np.uint16) if a.dtype == BFLOAT16 else a for a in arrays]
        return function(*bits, **attrs).view(BFLOAT16)

    return move
