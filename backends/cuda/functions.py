"""Exponentials, trigonometric and special functions: CuPy's own.

16-bit floats go through float32 where a kernel has several steps, each of which would round, and
where CuPy gives float64 for float16 and knows no bfloat16 (SciPy's functions).
"""

from __future__ import annotations

import cupy
import cupyx.scipy.special as special

from tensorcts.backends.cuda.adapting import Function, both

OPS: dict[str, Function] = {
    "exp2": cupy.exp2,
    "log2": cupy.log2,
    "log10": cupy.log10,
    "logaddexp": both(cupy.logaddexp),
    "sinc": both(cupy.sinc),
    "deg2rad": both(cupy.deg2rad),
    "rad2deg": both(cupy.rad2deg),
    "erf": both(special.erf),
    "erfc": both(special.erfc),
    "erfinv": both(special.erfinv),
    "lgamma": both(special.gammaln),
    "digamma": both(special.digamma),
    "xlogy": both(special.xlogy),
    "xlog1py": both(special.xlog1py),
    "logit": both(special.logit),
}
