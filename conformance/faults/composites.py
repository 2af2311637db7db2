"""Layers whose parts are put together wrongly: normalisations, attention, rotary embedding."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("composite")

ATTENTION = "scaled_dot_product_attention"
_HONEST = OPS[ATTENTION]


# -- Normalisations --------------------------------------------------------------------------------


@fault("layer_norm")
def layer_norm_eps_outside(x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
    """eps added to the deviation, not to the variance: TensorFlow 1's contrib had both."""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    deviation = np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True))
    return centred / (deviation + x.dtype.type(eps)) * weight + bias


@fault("layer_norm")
def layer_norm_eps_fixed(*arrays: Any, eps: float) -> Any:
    """1e-5, whatever eps is."""
    return OPS["layer_norm"](*arrays, eps=1e-5)


@fault("layer_norm")
def layer_norm_of_the_sample(x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
    """The variance divided by n - 1, as torch.std has it by default."""
    n = x.shape[-1]
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.sum(centred * centred, axis=-1, keepdims=True) / x.dtype.type(max(n - 1, 1))
    return centred / np.sqrt(variance + x.dtype.type(eps)) * weight + bias


@fault("layer_norm")
def layer_norm_without_bias(x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
    """The bias left out."""
    return OPS["layer_norm"](x, weight, bias * 0, eps=eps)


@fault("layer_norm")
def layer_norm_bias_scaled(x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
    """(normal + bias)·weight for normal·weight + bias."""
    ones, zeros = np.ones_like(weight), np.zeros_like(bias)
    return (OPS["layer_norm"](x, ones, zeros, eps=eps) + bias) * weight


@fault("rms_norm")
def rms_norm_without_eps(x: Any, weight: Any, *, eps: float) -> Any:
    """eps ignored."""
    return OPS["rms_norm"](x, weight, eps=0.0)


@fault("rms_norm")
def rms_norm_centred(x: Any, weight: Any, *, eps: float) -> Any:
    """The mean subtracted first: layer norm without bias."""
    return OPS["rms_norm"](x - np.mean(x, axis=-1, keepdims=True), weight, eps=eps)


@fault("rms_norm")
def rms_norm_weight_plus_one(x: Any, weight: Any, *, eps: float) -> Any:
    """Gemma's weights, which are stored less 1, for LLaMA's."""
    return OPS["rms_norm"](x, weight + x.dtype.type(1), eps=eps)


@fault("softmax")
def softmax_of_the_last_axis(x: Any, *, axis: int) -> Any:
    """The axis ignored: a kernel for contiguous rows without the transposes around it."""
    return OPS["softmax"](x, axis=-1)


@fault("log_softmax")
def log_softmax_of_everything(x: Any, *, axis: int) -> Any:
    """The maximum along the axis, but the sum over all."""
    shifted = x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.sum(np.exp(shifted)))


@fault("softmin")
def softmin_as_softmax(x: Any, *, axis: int) -> Any:
    """The sign forgotten."""
    return OPS["softmax"](x, axis=axis)


# -- Attention -------------------------------------------------------------------------------------


@fault(ATTENTION)
def attention_without_scale(*arrays: Any, scale: float, **attrs: Any) -> Any:
    """No division by √d: trustformers-core's flash kernel for CUDA."""
    return _HONEST(*arrays, scale=1.0, **attrs)


@fault(ATTENTION)
def attention_scaled_by_itself(query: Any, *rest: Any, scale: float, **attrs: Any) -> Any:
    """1/√d, whatever scale is given."""
    return _HONEST(query, *rest, scale=query.shape[-1] ** -0.5, **attrs)


@fault(ATTENTION)
def attention_bias_scaled(
    query: Any, key: Any, value: Any, mask: Any = None, bias: Any = None, *, scale: float,
    causal_offset: int | None,
) -> Any:  # fmt: skip
    """(query·keyᵀ + bias)·scale: the bias scaled too."""
    scaled = None if bias is None else bias * bias.dtype.type(scale)
    return _HONEST(query, key, value, mask, scaled, scale=scale, causal_offset=causal_offset)


@fault(ATTENTION)
def attention_without_bias(query: Any, key: Any, value: Any, mask: Any = None, bias: Any = None,
                           **attrs: Any) -> Any:  # fmt: skip
    """The bias left out where a mask is given: both take the kernel's one pointer."""
    return _HONEST(query, key, value, mask, None if mask is not None else bias, **attrs)


@fault(ATTENTION)
def attention_mask_inverted(query: Any, key: Any, value: Any, mask: Any = None, *rest: Any,
                            **attrs: Any) -> Any:  # fmt: skip
    """True for what is hidden, as in torch.nn.MultiheadAttention, for what is seen."""
    return _HONEST(query, key, value, None if mask is None else ~mask, *rest, **attrs)


@fault(ATTENTION)
def attention_masked_by_a_number(
    query: Any, key: Any, value: Any, mask: Any = None, bias: Any = None, **attrs: Any
) -> Any:
    """-1e9 for -inf: a row that sees nothing becomes the mean of all values."""
    if mask is not None:
        low = np.where(mask, np.float32(0), np.float32(-1e9))
        bias = low if bias is None else bias + low
    return _HONEST(query, key, value, None, bias, **attrs)


@fault(ATTENTION)
def attention_masked_after_softmax(
    query: Any, key: Any, value: Any, mask: Any = None, bias: Any = None, *, scale: float,
    causal_offset: int | None,
) -> Any:  # fmt: skip
    """The mask applied to the weights, which then do not add up to 1 (trustformers-core)."""
    if mask is None or causal_offset is not None or len({len(query), len(key)}) > 1:
        attrs: dict[str, Any] = {"scale": scale, "causal_offset": causal_offset}
        return _HONEST(query, key, value, mask, bias, **attrs)
    group = query.shape[-3] // key.shape[-3]
    key, value = (np.repeat(a, group, axis=-3) for a in (key, value))
    scores = np.matmul(query, np.swapaxes(key, -1, -2)) * query.dtype.type(scale)
    weights = OPS["softmax"](scores if bias is None else scores + bias, axis=-1)
    return np.matmul(np.where(mask, weights, query.dtype.type(0)), value)


@fault(ATTENTION)
def attention_sees_the_next(*arrays: Any, causal_offset: int | None, **attrs: Any) -> Any:
    """The causal mask off by one: j ≤ i + 1."""
    offset = None if causal_offset is None else causal_offset + 1
    return _HONEST(*arrays, causal_offset=offset, **attrs)


@fault(ATTENTION)
def attention_causal_from_the_end(query: Any, key: Any, *rest: Any, causal_offset: int | None,
                                  **attrs: Any) -> Any:  # fmt: skip
    """The mask aligned at the bottom right: FlashAttention changed to that in version 2.1."""
    offset = key.shape[-2] - query.shape[-2] if causal_offset == 0 else causal_offset
    return _HONEST(query, key, *rest, causal_offset=offset, **attrs)


@fault(ATTENTION)
def attention_heads_tiled(query: Any, key: Any, value: Any, *rest: Any, **attrs: Any) -> Any:
    """Key head h mod Hk for ⌊h/(Hq/Hk)⌋: tile for repeat_interleave."""
    group = query.shape[-3] // key.shape[-3]
    key, value = (np.concatenate([a] * group, axis=-3) for a in (key, value))
    return _HONEST(query, key, value, *rest, **attrs)


@fault(ATTENTION)
def attention_first_batch_for_all(query: Any, key: Any, value: Any, *rest: Any,
                                  **attrs: Any) -> Any:  # fmt: skip
    """The keys of the first sequence for all: a batch stride of 0."""
    return _HONEST(query, np.broadcast_to(key[:1], key.shape), value, *rest, **attrs)


# -- Rotary embedding ------------------------------------------------------------------------------


@fault("rotary_embedding")
def rotary_always_by_halves(*arrays: Any, layout: str, **attrs: Any) -> Any:
    """Halves turned where neighbours are meant: Hugging Face's weights are permuted for that."""
    return OPS["rotary_embedding"](*arrays, layout="half", **attrs)


@fault("rotary_embedding")
def rotary_backwards(x: Any, positions: Any, **attrs: Any) -> Any:
    """The sign of the sine exchanged: a rotation by minus the angle."""
    return OPS["rotary_embedding"](x, -positions, **attrs)


@fault("rotary_embedding")
def rotary_from_the_first(x: Any, positions: Any, **attrs: Any) -> Any:
    """Positions taken to follow one another from the first."""
    return OPS["rotary_embedding"](x, positions[0] + np.arange(len(positions)), **attrs)


@fault("rotary_embedding")
def rotary_base_fixed(*arrays: Any, base: float, **attrs: Any) -> Any:
    """10,000, whatever the base: LLaMA 3 has 500,000."""
    return OPS["rotary_embedding"](*arrays, base=10000.0, **attrs)
