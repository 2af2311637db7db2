"""The layers of a sentence encoder and their judgement, on a small one with random weights."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console
from scipy.special import erfc

from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.conformance.models import minilm, tables
from tensorcts.conformance.models.judging import RUNS, Judgement, judge, noise_model
from tensorcts.conformance.models.minilm import Batch, ModelError, Sentence
from tensorcts.conformance.models.stacks import Stack
from tensorcts.reference import dtypes
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.layers import encoders, poolings
from tensorcts.reference.ops import definitions
from tensorcts.tolerances import spreads
from tensorcts.tolerances.rules import SIGMAS
from tensorcts.tolerances.ulps import kahan_ulp

BLOCKS, HEADS, WIDTH, INNER = 2, 4, 16, 32
CONFIG = {
    "hidden_act": "gelu",
    "num_attention_heads": HEADS,
    "num_hidden_layers": BLOCKS,
    "hidden_size": WIDTH,
    "layer_norm_eps": 1e-12,
}
LAYERS = ["embeddings", *(f"block {i}" for i in range(BLOCKS)), "sentence"]
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])


def tiny_weights() -> dict[str, NDArray[np.float32]]:
    """A checkpoint of the same form, with random weights."""
    rng = np.random.default_rng(0)

    def affine(name: str, out: int, into: int) -> dict[str, NDArray[Any]]:
        return {f"{name}.weight": rng.normal(0, 2 / np.sqrt(into), (out, into)),
                f"{name}.bias": rng.normal(0, 0.5, out)}  # fmt: skip

    def norm(name: str) -> dict[str, NDArray[Any]]:
        return {
            f"{name}.weight": rng.uniform(0.5, 1.5, WIDTH),
            f"{name}.bias": rng.normal(0, 0.3, WIDTH),
        }

    tables = {"word": 50, "position": 8, "token_type": 2}
    found = {f"embeddings.{k}_embeddings.weight": rng.normal(size=(n, WIDTH))
             for k, n in tables.items()}  # fmt: skip
    found |= norm("embeddings.LayerNorm")
    for prefix in (f"encoder.layer.{i}." for i in range(BLOCKS)):
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            found |= affine(f"{prefix}attention.{part}", WIDTH, WIDTH)
        found |= norm(f"{prefix}attention.output.LayerNorm")
        found |= affine(f"{prefix}intermediate.dense", INNER, WIDTH)
        found |= affine(f"{prefix}output.dense", WIDTH, INNER)
        found |= norm(f"{prefix}output.LayerNorm")
    found["pooler.dense.weight"] = np.ones((WIDTH, WIDTH))  # part of checkpoints, not of the model
    return {name: array.astype(np.float32) for name, array in found.items()}


def tiny_batch() -> Batch:
    tokens = np.random.default_rng(1).integers(0, 50, MASK.shape)
    counts = MASK.sum(axis=1).tolist()
    return Batch(tuple(Sentence(f"text {n}", n, False) for n in counts), tokens, MASK)


def tiny(dtype: str) -> Stack:
    return minilm.stack(CONFIG, tiny_weights(), tiny_batch(), dtype)


class Altered(NumpyBackend):
    """NumPy with some ops replaced; None takes one away."""

    def __init__(self, **changes: Callable[..., Any] | None) -> None:
        super().__init__()
        self._ops = {n: f for n, f in (OPS | changes).items() if f is not None}

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        return self._ops


def judged(stack: Stack, **changes: Callable[..., Any] | None) -> Judgement:
    return judge(stack, "altered", Altered(**changes), lambda: None)


def failing_steps(found: Judgement) -> list[str]:
    return [one.layer for one in found.layers if one.step.comparison.outcome == "fail"]


# -- Layers ----------------------------------------------------------------------------------------


def by_einsum(weights: Mapping[str, Any], batch: Batch) -> NDArray[np.float64]:
    """The whole encoder in one piece, written differently."""
    w = {name: array.astype(np.float64) for name, array in weights.items()}

    def norm(x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        return (
            centred / np.sqrt(x.var(-1, keepdims=True) + 1e-12) * w[f"{name}.weight"]
            + w[f"{name}.bias"]
        )

    def affine(x: Any, name: str) -> Any:
        return np.einsum("bli,oi->blo", x, w[f"{name}.weight"]) + w[f"{name}.bias"]

    x = w["embeddings.word_embeddings.weight"][batch.tokens]
    x = x + w["embeddings.position_embeddings.weight"][: x.shape[1]]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for block in (f"encoder.layer.{i}" for i in range(BLOCKS)):
        q, k, v = (
            affine(x, f"{block}.attention.self.{n}").reshape(*x.shape[:2], HEADS, -1)
            for n in ("query", "key", "value")
        )
        scores = np.einsum("bihd,bjhd->bhij", q, k) / np.sqrt(WIDTH / HEADS)
        weighed = np.exp(scores) * batch.mask[:, None, None, :]
        weighed = weighed / weighed.sum(-1, keepdims=True)
        mixed = np.einsum("bhij,bjhd->bihd", weighed, v).reshape(x.shape)
        mixed = affine(mixed, f"{block}.attention.output.dense")
        x = norm(x + mixed, f"{block}.attention.output.LayerNorm")
        inner = affine(x, f"{block}.intermediate.dense")
        inner = inner * erfc(-inner / np.sqrt(2)) / 2
        x = norm(x + affine(inner, f"{block}.output.dense"), f"{block}.output.LayerNorm")
    pooled = np.einsum("bld,bl->bd", x, batch.mask) / batch.mask.sum(1, keepdims=True)
    result: NDArray[np.float64] = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    return result


def test_layers_agree_with_the_same_encoder_written_by_einsum() -> None:
    got = tiny("float32").running(lambda a: a)[-1]
    np.testing.assert_allclose(got, by_einsum(tiny_weights(), tiny_batch()), rtol=0, atol=1e-14)


def test_part_keeps_the_rest_of_the_names() -> None:
    assert encoders.part({"a.b.c": 1, "b.a.": 2}, "a.") == {"b.c": 1}


def test_l2_normalize_leaves_zeros() -> None:
    rows = np.array([[3.0, 4.0], [0.0, 0.0]])
    got = poolings.l2_normalize(definitions, rows, eps=1e-12, dtype="float64")
    np.testing.assert_array_equal(got, [[0.6, 0.8], [0.0, 0.0]])


# -- Judgement -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_an_honest_backend_holds(dtype: str) -> None:
    ticks: list[None] = []
    found = judge(tiny(dtype), "numpy", NumpyBackend(), lambda: ticks.append(None))
    assert (found.verdict, found.message) == ("pass", "")
    assert [one.layer for one in found.layers] == LAYERS
    steps = [one.step.comparison for one in found.layers]
    assert all(s.vacuous < s.count / 20 for s in steps)  # some are near zero, in 16 bits
    assert len(ticks) == RUNS


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_float64_gives_the_truths_of_narrower_stacks(dtype: str) -> None:
    """To far less than what the tolerances leave open: beside 200 bits, from beginning to end."""
    stack = tiny(dtype)
    model = noise_model(NumpyBackend().capabilities, dtype, frozenset({"linear"}))
    plain, exact = stack.running(lambda array: array), stack.running(Exact)
    for got, truth, sigma in zip(plain, exact, spreads.sigma(stack.running, list(plain), model, 0)):
        hi, lo = truth.split()
        allowed = kahan_ulp(hi, lo, dtypes.format_of(dtype)) / 2 + SIGMAS * sigma
        assert np.all(np.abs((got - hi) - lo) <= 2.0**-29 * allowed)


def test_float64_does_not_judge_itself() -> None:
    with pytest.raises(ValueError, match="no truths of float64 layers"):
        judged(tiny("float64"))


def _unmasked(q: Any, k: Any, v: Any, mask: Any, **attrs: Any) -> Any:
    return OPS["scaled_dot_product_attention"](q, k, v, **attrs)


def _unbiased(x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
    deviation = np.sqrt(x.var(axis=-1, ddof=1, keepdims=True) + x.dtype.type(eps))
    return (x - x.mean(axis=-1, keepdims=True)) / deviation * weight + bias


LIES = {
    "tanh gelu": ({"gelu": OPS["gelu_tanh"]}, LAYERS[1:-1]),
    "mask ignored": ({"scaled_dot_product_attention": _unmasked}, LAYERS[1:-1]),
    "unbiased variance": ({"layer_norm": _unbiased}, LAYERS[:-1]),
    "sqrt off by 1e-5": ({"sqrt": lambda x: np.sqrt(x) * np.float32(1.00001)}, LAYERS[-1:]),
}


@pytest.mark.parametrize("lie", LIES)
def test_the_steps_name_the_layers_that_lie(lie: str) -> None:
    changes, layers = LIES[lie]
    found = judged(tiny("float32"), **changes)
    assert found.verdict == "fail"
    assert failing_steps(found) == layers


def test_a_missing_op_is_unsupported_from_its_layer_on() -> None:
    found = judged(tiny("float32"), gelu=None)
    assert (found.verdict, found.message) == ("unsupported", "numpy has no gelu")
    assert [one.layer for one in found.layers] == LAYERS[:1]
    assert found.got is None


def test_a_missing_dtype_is_unsupported_at_once() -> None:
    class Single(NumpyBackend):
        def __init__(self) -> None:
            super().__init__()
            object.__setattr__(self._capabilities, "dtypes", frozenset({"float32"}))

    found = judge(tiny("bfloat16"), "single", Single(), lambda: None)
    assert (found.verdict, found.layers) == ("unsupported", ())
    assert "bfloat16" in found.message


def test_an_exception_is_an_error() -> None:
    def broken(x: Any) -> Any:
        raise RuntimeError("out of resources")

    found = judged(tiny("float32"), sqrt=broken)
    assert (found.verdict, found.message) == ("error", "RuntimeError: out of resources")
    assert [one.layer for one in found.layers] == LAYERS[:-1]


def test_a_wrong_dtype_ends_the_run_there() -> None:
    wide = judged(
        tiny("float32"), layer_norm=lambda *a, **k: OPS["layer_norm"](*a, **k).astype(np.float64)
    )
    assert wide.verdict == "fail"
    assert [one.layer for one in wide.layers] == LAYERS[:1]
    assert "float64, not float32" in wide.layers[0].step.comparison.message


def test_nan_fails() -> None:
    found = judged(tiny("float32"), gelu=lambda x: x * np.float32(np.nan))
    assert failing_steps(found) == ["block 0"]
    text = tables.data(tiny("float32"), tiny_batch(), [found])
    assert "NaN" not in json.dumps(text) and "Infinity" not in json.dumps(text)


def test_the_noise_model_takes_the_coarsest_accumulator_of_the_ops_used() -> None:
    declared = NumpyBackend().capabilities
    object.__setattr__(declared, "accumulator", {"linear/float16": "float16"})
    for used, accumulator in ((("linear", "gelu"), "float16"), (("gelu",), "float32")):
        model = noise_model(declared, "float16", frozenset(used))
        assert (model.accumulator, model.intermediates) == (accumulator, "float16")


def test_the_table_says_what_failed() -> None:
    stack, found = tiny("float32"), judged(tiny("float32"), gelu=OPS["gelu_tanh"])
    out = io.StringIO()
    tables.show(stack, tiny_batch(), found, Console(file=out, width=80))
    assert "altered" in out.getvalue() and "fail" in out.getvalue()
    assert "block 0, step: " in out.getvalue()
    assert "off from the reference" in out.getvalue()


def test_another_activation_is_refused() -> None:
    with pytest.raises(ModelError, match="relu"):
        minilm.stack(CONFIG | {"hidden_act": "relu"}, tiny_weights(), tiny_batch(), "float32")


def test_weights_are_rounded_once_to_the_dtype() -> None:
    stack = tiny("bfloat16")
    floating = [a for a in stack.arrays.values() if a.dtype.kind not in "ib"]
    assert {dtypes.name_of(a.dtype) for a in floating} == {"bfloat16"}
    assert not any(name.startswith("pooler") for name in stack.arrays)
