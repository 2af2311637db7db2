"""What all ops share: dtypes by name, 64 bits switched on for a call, JAX's way to refuse."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes

Array = jax.Array

DTYPES = frozenset(name for name in dtypes.STORABLE if name not in dtypes.HALF_COMPLEX)
"""The dtypes that JAX has: it names and stores them as ml_dtypes does."""

_MISSING = re.compile(
    r"does not accept dtype|not implemented|does not support|[Uu]nsupported|requires .*dtype"
    r"|(must be|expected) (a )?(float|real|inexact|complex)"
)
"""How JAX says that it does not offer something, as against that a kernel went wrong."""


def dtype_of(name: str) -> Any:
    """JAX's dtype of that name; raises UnsupportedError where it has none."""
    if name not in DTYPES:
        raise UnsupportedError(f"jax has no {name}")
    return jnp.dtype(name)


def native(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with 64-bit dtypes, as JAX has them in a scope, and missing kernels named."""

    @functools.wraps(function)
    def call(*arrays: Any, **attrs: Any) -> Any:
        try:
            with jax.enable_x64(True):
                return function(*arrays, **attrs)
        except (TypeError, ValueError, NotImplementedError) as error:
            if isinstance(error, NotImplementedError) or _MISSING.search(str(error)):
                raise UnsupportedError(f"jax: {str(error).splitlines()[0]}") from error
            raise

    return call


def typed(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with its attribute ``dtype`` given by name."""
    return lambda *arrays, dtype, **attrs: function(*arrays, dtype=dtype_of(dtype), **attrs)
