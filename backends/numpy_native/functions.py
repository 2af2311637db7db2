"""Exponentials, trigonometric and special functions: NumPy's and SciPy's ufuncs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special

from tensorcts.backends.numpy_native.narrow import through_float32

OPS: dict[str, Callable[..., Any]] = {
    "exp2": np.exp2,
    "log2": np.log2,
    "log10": np.log10,
    "logaddexp": through_float32(np.logaddexp),
    "sinc": through_float32(np.sinc),
    "deg2rad": through_float32(np.deg2rad),
    "rad2deg": through_float32(np.rad2deg),
    "erf": through_float32(scipy.special.erf),
    "erfc": through_float32(scipy.special.erfc),
    "erfinv": through_float32(scipy.special.erfinv),
    "lgamma": through_float32(scipy.special.gammaln),
    "digamma": through_float32(scipy.special.digamma),
    "xlogy": through_float32(scipy.special.xlogy),
    "xlog1py": through_float32(scipy.special.xlog1py),
    "logit": through_float32(scipy.special.logit),
}
