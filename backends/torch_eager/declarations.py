"""What PyTorch declares: its accumulators and intermediates, and what it does not check."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from tensorcts.backends.processors import cpu_name
from tensorcts.backends.protocol import Capabilities
from tensorcts.backends.torch_eager import sparses
from tensorcts.reference import dtypes

_NARROW = ("float16", "bfloat16", "complex32")

_STORED = {"conv_transpose2d", "cross", "diff", "einsum", "index_add", "linear", "linspace",
           "logspace", "logsumexp", "nanmean", "scaled_dot_product_attention", "scatter_reduce",
           "softsign", "tanhshrink", "tensordot", "vecdot"}  # fmt: skip
"""Ops that round intermediate results to the tensor's 16 bits: cross, vecdot and a tensordot of
which one number is left each product, diff the first differences, einsum the product of the first
operands, linear the product before the bias is added, linspace and logspace the step, logsumexp
the sum of exponentials, nanmean and scatter_reduce the sum, attention the probabilities, softsign
1 + |x|, tanhshrink the tanh."""

_UNCHECKED = {"arange/C2", "astype/C1", "einsum/C5", "index_put/C4", "ldexp/C1", "median/C1",
              "nonzero/C1", "softplus/C1", "std/C1", "var/C1"}  # fmt: skip
"""Constraints whose breach torch does not notice."""

_STORED_ON_GPU = {"conv1d", "conv2d", "csr_matmul_csr", "logcumsumexp", "scatter_add"}
"""More on a GPU: convolutions before the bias is added, atomic additions."""

_STORED_ON_CPU = {"arange", "index_put", "log_softmax", "logit", "prod", "rsqrt", "softmax",
                  "softmin", "xlog1py", "xlogy"}  # fmt: skip
"""More on the CPU: arange a vector's first element, softmax on all axes but the last, rsqrt the
root where no vector is full, logit the odds, xlogy and xlog1py the logarithm."""

_SPLIT = ("addmm", "baddbmm")
"""Products whose sum a GPU splits, to add the parts in 16 bits: torch's default, its setting
``allow_bf16_reduced_precision_reduction`` and the like."""

_ACCUMULATING = ("conv_transpose2d", "index_add", "tensordot")
_ACCUMULATING_ON_CPU = ("index_put", "nanmean", "nansum", "prod")
_ACCUMULATING_ON_GPU = ("csr_matmul", "csr_matmul_csr", "cumulative_prod", "cumulative_sum",
                        "logcumsumexp", "scatter_add", "scatter_reduce", *_SPLIT)  # fmt: skip
"""Ops that add or multiply one by one in 16 bits; nansum and nanmean, where axes are apart."""

_DIVIDING_GRADIENTS = ("cumulative_prod", "scatter_reduce")
"""Ops whose gradients divide the product by each factor, which the definition leaves out:
``cumprod_backward`` (ATen/native/ReduceOps.cpp) and ``scatter_reduce_backward``
(autograd/FunctionsManual.cpp)."""

_SUMMED_ON_CPU = ("broadcast_to", "cumulative_sum", "expand", "gather", "matmul",
                  "take_along_axis")  # fmt: skip
"""Ops whose gradients add 16-bit floats in float32: of 512 ones in bfloat16 they make 512. Those of
embedding, index, layer_norm's bias, take and unfold make 256, einsum's and mv's store products."""

_CONVOLUTIONS = ("conv1d", "conv2d", "conv_transpose2d")

_WIDE = ("float32", "float64")
_DIFFERENTIATED = dtypes.FLOATING + dtypes.COMPLEX
_WELFORD = ("std", "var")
"""Ops that update a mean, whose rounding the deviations don't make up for."""

_CLAIMED_ON_CPU = {"accumulation_rounding": "nearest", "deterministic": "yes", "leak_free": "yes",
                   "thread_safe": "yes"}  # fmt: skip
"""On a GPU tensor cores truncate, and atomic additions come in any order."""

_BROADCASTING = {"tensordot/C4", "vecdot/C2"}
"""Sizes that must be equal, where torch broadcasts a 1."""

_ASSERTED = {"take/C2", "gather/C3", "index/C3", "embedding/C3", "scatter/C3", "scatter_add/C3",
             "scatter_reduce/C3", "put_along_axis/C3", "index_copy/C3", "index_add/C3",
             "index_put/C3", "masked_scatter/C2", "bernoulli/C3", "one_hot/one_hot_negative",
             "one_hot/one_hot_out_of_range"}  # fmt: skip
"""What a kernel on a GPU asserts, which ends the context."""

_UNCHECKED_ON_GPU = _ASSERTED | sparses.ASSERTED | {"conv_transpose2d/C5"}


def declared(device: torch.device, refused: Iterable[str]) -> Capabilities:
    """What PyTorch declares on the device, which has no arrays of the dtypes ``refused``."""
    gpu = device.type == "cuda"
    stored = _STORED | (_STORED_ON_GPU if gpu else _STORED_ON_CPU) | sparses.NARROW
    more = _ACCUMULATING_ON_GPU if gpu else _ACCUMULATING_ON_CPU
    accumulating = (
        *_ACCUMULATING,
        *more,
        *sparses.NARROW,
    )
    summed = () if gpu else [f"{op}.backward" for op in _SUMMED_ON_CPU]
    versions = {"torch": torch.__version__, "cuda": torch.version.cuda}
    return Capabilities(
        device=_model(device),
        dtypes=frozenset(dtypes.STORABLE).difference(refused),
        versions={name: str(found) for name, found in versions.items() if found},
        profile="tight" if gpu else "opencl",
        correctly_rounded=frozenset({"divide", "reciprocal", "sqrt"} if gpu else {"divide"}),
        accumulator={
            f"{op}/{dtype}": dtypes.component(dtype) for op in accumulating for dtype in _NARROW
        }
        | {f"{op}/{dtype}": "float32" for op in summed for dtype in ("float16", "bfloat16")},
        operand_bits=_operand_bits() if gpu else {},
        intermediates=frozenset(f"{op}/{dtype}" for op in stored for dtype in _NARROW),
        unchecked=frozenset(_UNCHECKED | _BROADCASTING | (_UNCHECKED_ON_GPU if gpu else set()))
        | sparses.UNCHECKED,
        backward_stable=frozenset(f"{op}/{dtype}" for op in _WELFORD for dtype in _WIDE)
        | {f"{op}.backward/{dtype}" for op in _DIVIDING_GRADIENTS for dtype in _DIFFERENTIATED},
        traits={
            **({} if gpu else _CLAIMED_ON_CPU),
            "index_dtype": "int64",
            "activation_at_minus_infinity": "nan",
            "softsign_at_infinity": "nan",
            "attention_masked_row": "zero",
            "nan_in_descending_order": "first",
            "take_along_axis/out_of_range_index": "wrap",
            "scatter_duplicates": "any_of_them",
            "uninitialized": "any",
            "negative_steps": "raises",
            "one_hot_negative": "raises",
            "one_hot_out_of_range": "raises",
            "cast_out_of_range": "any",
            "gemm_alpha_zero": "any",  # 16-bit and batched products propagate
            "float8_e4m3fn_overflow": _overflow(device),
            "integer_division_by_zero": "any" if gpu else "raises",
            "integer_remainder_by_zero": "any" if gpu else "raises",
            "sign_of_nan": "zero",
            "remainder_zero_sign": "dividend",
            "lerp_of_infinity": "any",
        },
    )


def _operand_bits() -> dict[str, int]:
    """What is left of float32 operands, as torch is set: by default convolutions take TF32."""
    allowed = _CONVOLUTIONS if torch.backends.cudnn.allow_tf32 else ()
    return {f"{op}/float32": 11 for op in allowed}


def _overflow(device: torch.device) -> str:
    """What lies past the largest e4m3fn: NaN up to PyTorch 2.11, the largest since."""
    past = torch.full((1,), 1e4, device=device).to(torch.float8_e4m3fn)
    return "nan" if bool(past.float().isnan()) else "saturate"


def _model(device: torch.device) -> str:
    """The device as its driver names it."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return cpu_name() if device.type == "cpu" else str(device)
