"""Which sweeps are judged on a GPU, and how large their blocks are."""

from __future__ import annotations

import importlib.util

import numpy as np

from tensorcts.backends.protocol import Backend, UnavailableError, UnsupportedError
from tensorcts.conformance.precision import blocks
from tensorcts.conformance.precision.blocks import Plan
from tensorcts.conformance.precision.gpu import formulas
from tensorcts.conformance.precision.judging import Place

BLOCK = 2**27
"""Magnitudes in a block that stays on a GPU: enough to keep it busy, in 2 GiB of its memory."""

COPIED = 2**23
"""Magnitudes in a block whose results come from the host: a binade, for processes to share."""

CUDA_MEMORY = 2
"""The type of such devices in DLPack."""


def of(backend: Backend, plan: Plan, wanted: Place | None) -> tuple[Place, int]:
    """Where a sweep is judged, and the magnitudes in its blocks.

    wanted: where if it can be; None: where the results lie.
    """
    if wanted == "host" or not has_truths(plan):
        return "host", blocks.BLOCK
    if importlib.util.find_spec("cupy") and adopts(backend):
        return "gpu", BLOCK
    return ("gpu", COPIED) if wanted == "gpu" else ("host", blocks.BLOCK)


def has_truths(plan: Plan) -> bool:
    """Whether a GPU computes the truths: of a float32 function with a formula, over all inputs."""
    function, dtype = plan.function, plan.dtype
    fits = plan.kind == "all" and dtype == "float32" == function.result_dtype(dtype)
    return fits and formulas.formula(function) is not None


def adopts(backend: Backend) -> bool:
    """Whether the backend's arrays lie in CUDA memory, and it takes arrays that do."""
    own = backend.to_device(np.zeros(1, np.float32))
    if not hasattr(own, "__dlpack_device__") or own.__dlpack_device__()[0] != CUDA_MEMORY:
        return False
    try:
        backend.adopt(own)
    except UnsupportedError:
        return False
    return True


def require_gpu() -> None:
    """Raise UnavailableError where no GPU can judge."""
    try:
        import cupy

        cupy.empty(1)
    except (ImportError, RuntimeError) as error:
        raise UnavailableError(
            f"--judge gpu needs an NVIDIA GPU and CuPy (pip install 'tensorcts[cuda]'): {error}"
        ) from error
