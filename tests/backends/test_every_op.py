"""Every op in every dtype on one sample against the reference: the adapters, not the precision."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tensorcts.backends import registry as backends
from tensorcts.backends.protocol import Backend, UnavailableError, UnsupportedError
from tensorcts.reference import dtypes, registry

TOLERANCE = {"float64": 1e-11, "float32": 2e-5, "float16": 1e-2, "bfloat16": 6e-2}
Sample = tuple[list[Any], dict[str, Any]]


def draw(rng: np.random.Generator, dtype: str, shape: tuple[int, ...], domain: Any = None) -> Any:
    low, high = domain or (-np.inf, np.inf)
    target = dtypes.numpy_dtype(dtype)
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype in dtypes.INTEGER:
        start = 0 if dtype in dtypes.UNSIGNED else -100
        return rng.integers(start, 101, shape).astype(target)
    values = rng.uniform(max(low, -3.0), min(high, max(low, 0.0) + 3.0), shape)
    if dtype in dtypes.COMPLEX:
        values = values + 1j * rng.uniform(-3, 3, shape)
    return np.asarray(values).astype(target)


def indices(rng: np.random.Generator, size: int, shape: tuple[int, ...], low: int = 0) -> Any:
    return rng.integers(low, size, shape)


def creation(name: str, dtype: str) -> Iterator[Sample]:
    ends = {"start": 1.0, "stop": 9.0}
    match name:
        case "zeros" | "ones":
            for shape in ((2, 3), (), (0, 4)):
                yield [], {"shape": shape, "dtype": dtype}
        case "full":
            for shape in ((2, 3), (), (0, 4)):
                yield [], {"shape": shape, "value": 1, "dtype": dtype}
        case "eye":
            for rows, columns, k in ((3, 4, 0), (3, 4, 2), (4, 3, -1), (2, 2, 5), (0, 3, 0)):
                yield [], {"rows": rows, "columns": columns, "k": k, "dtype": dtype}
        case "arange":
            yield [], {**ends, "step": 2.0, "dtype": dtype}
            yield [], {**ends, "step": -1.0, "dtype": dtype}
            yield [], {"start": 7.0, "stop": 1.0, "step": -3.0, "dtype": dtype}
        case "linspace":
            for num in (0, 1, 2, 7):
                yield [], {**ends, "num": num, "dtype": dtype}


def contraction(name: str, dtype: str, rng: np.random.Generator) -> Iterator[Sample]:
    def x(*shape: int) -> Any:
        return draw(rng, dtype, shape)

    if name == "linear":
        yield [x(2, 3, 5), x(4, 5), x(4)], {}
        yield [x(3, 5), x(4, 5)], {}
        yield [x(3, 0), x(4, 0), x(4)], {}
    elif name == "einsum":
        yield [x(3, 4), x(4, 5)], {"subscripts": "ij,jk->ik"}
        yield [x(2, 3, 4), x(2, 5, 4), x(2, 5, 3)], {"subscripts": "bij,bkj,bkl->bil"}
        yield [x(3, 4)], {"subscripts": "ij->j"}
        yield [x(3), x(4)], {"subscripts": "i,j->ji"}
        yield [x(3, 0), x(0, 2)], {"subscripts": "ij,jk->ik"}
    else:
        for a, b in (
            ((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((2, 1, 3, 4), (3, 4, 2)), ((4,), (4,)),
            ((3, 4), (4,)), ((4,), (2, 4, 3)), ((3, 0), (0, 2)), ((0, 3), (3, 2)),
        ):  # fmt: skip
            yield [x(*a), x(*b)], {}


def shaping(name: str, x: Any) -> Iterator[Sample]:
    """Of an x of shape (2, 1, 6)."""
    attrs: dict[str, list[dict[str, Any]]] = {
        "reshape": [{"shape": (3, 4)}, {"shape": (-1,)}],
        "permute_dims": [{"axes": (2, 0, 1)}, {"axes": (0, -1, 1)}],
        "broadcast_to": [{"shape": (3, 2, 4, 6)}],
        "flatten": [{"start": 0, "end": -1}, {"start": 1, "end": 2}],
        "squeeze": [{"axis": 1}, {"axis": (-2,)}],
        "expand_dims": [{"axis": 0}, {"axis": -1}, {"axis": 3}],
        "split": [{"sizes": (1, 0, 5), "axis": 2}, {"sizes": (2,), "axis": -3}],
    }
    for each in attrs[name]:
        yield [x], each
    if name == "flatten":
        yield [x[0, 0, 0]], {"start": 0, "end": 0}
        yield [x[:, :0]], {"start": 1, "end": 2}


def indexing(name: str, dtype: str, rng: np.random.Generator) -> Iterator[Sample]:
    x, updates = draw(rng, dtype, (4, 5)), draw(rng, dtype, (3, 5))
    distinct = np.stack([rng.permutation(4)[:3] for _ in range(5)], axis=1)
    match name:
        case "take":
            yield [x, indices(rng, 4, (6,), -4)], {"axis": 0}
            yield [x, indices(rng, 5, (0,))], {"axis": -1}
        case "gather":
            yield [x, indices(rng, 4, (7, 5), -4)], {"axis": 0}
            yield [x, indices(rng, 5, (4, 0))], {"axis": 1}
        case "scatter":
            yield [x, distinct - 4 * (distinct > 2), updates], {"axis": 0}
            yield [x, distinct[:0], updates[:0]], {"axis": -2}
        case "scatter_add":
            yield [x, indices(rng, 4, (3, 5), -4), updates], {"axis": 0}
            yield [x, indices(rng, 5, (4, 2)), draw(rng, dtype, (4, 2))], {"axis": -1}
        case "masked_select":
            yield [x, draw(rng, "bool", (4, 5))], {}
            yield [x, np.zeros((4, 5), bool)], {}
        case "embedding":
            yield [x, indices(rng, 4, (2, 3))], {}
            yield [x, indices(rng, 4, (0,))], {}


def reduction(op: registry.Op, dtype: str, rng: np.random.Generator) -> Iterator[Sample]:
    x = draw(rng, dtype, (2, 3, 5))
    more: dict[str, Any] = {"correction": 1} if op.name == "var" else {}
    if op.result == "dtype":
        more = {"dtype": dtype if dtypes.is_inexact(dtype) else "int64"}
    several = () if op.result == "index" else ((0, 2), (-1, -2))
    for axis in (None, 0, -1, *several):
        for keepdims in (False, True):
            yield [x], {"axis": axis, "keepdims": keepdims, **more}
    yield [x[0, 0, 0]], {"axis": None, "keepdims": False, **more}
    if op.name in ("sum", "prod", "any", "all", "mean", "var"):
        yield [x[:0]], {"axis": 0, "keepdims": False, **more}
    yield [x[:0]], {"axis": 1, "keepdims": True, **more}


def attention(dtype: str, rng: np.random.Generator) -> Iterator[Sample]:
    def x(*shape: int) -> Any:
        return draw(rng, dtype, shape)

    for heads, rows, columns, masked, biased, offset in (
        (2, 5, 5, False, False, None), (2, 5, 5, False, False, 0), (1, 3, 7, False, False, 4),
        (1, 7, 3, False, False, -1), (2, 4, 6, True, False, None), (2, 4, 6, True, True, 2),
        (1, 4, 6, False, True, None), (1, 1, 1, False, False, 0),
    ):  # fmt: skip
        mask = rng.integers(0, 3, (rows, columns)) > 0 if masked else None
        bias = x(1, 4, rows, columns) if biased else None
        arrays = [x(2, 4, rows, 8), x(2, heads, columns, 8), x(2, heads, columns, 3), mask, bias]
        yield arrays, {"scale": 0.3, "causal_offset": offset}


def composite(name: str, dtype: str, rng: np.random.Generator) -> Iterator[Sample]:
    def x(*shape: int) -> Any:
        return draw(rng, dtype, shape)

    for shape in ((3, 7), (2, 3, 1), (1, 1500), (0, 4)):
        if name in ("softmax", "log_softmax"):
            yield [x(*shape)], {"axis": -1}
            yield [x(*shape)], {"axis": 0}
        elif name == "layer_norm":
            yield [x(*shape), x(shape[-1]), x(shape[-1])], {"eps": 1e-5}
        elif name == "rms_norm":
            yield [x(*shape), x(shape[-1])], {"eps": 1e-5}
    if name == "rotary_embedding":
        for layout in ("half", "interleaved"):
            yield [x(2, 5, 6), np.arange(5)], {"base": 10000.0, "layout": layout}
            yield [x(0, 2), np.arange(0)], {"base": 500.0, "layout": layout}


def elementwise(op: registry.Op, dtype: str, rng: np.random.Generator) -> Iterator[Sample]:
    count = len([p for p in op.signature.parameters.values() if p.kind != p.KEYWORD_ONLY])
    for shapes in (((3, 5), (3, 5)), ((4, 1), (3,)), ((), ()), ((0, 3), (1,)), ((), (2, 2))):
        arrays = [draw(rng, dtype, s, op.domain_of(i)) for i, s in enumerate(shapes[-count:])]
        if op.name == "where":
            arrays = [draw(rng, "bool", (3, 1))] + [draw(rng, dtype, s) for s in ((3, 5), (5,))]
        yield arrays, {}


def samples(op: registry.Op, dtype: str) -> Iterator[Sample]:
    rng = np.random.default_rng(7)
    match op.family:
        case "creation":
            yield from creation(op.name, dtype)
        case "contractions":
            yield from contraction(op.name, dtype, rng)
        case "shaping":
            yield from shaping(op.name, draw(rng, dtype, (2, 1, 6)))
        case "joining" if op.name == "split":
            yield from shaping(op.name, draw(rng, dtype, (2, 1, 6)))
        case "joining":
            for axis in (0, -1):
                yield [draw(rng, dtype, (2, 3)) for _ in range(3)], {"axis": axis}
        case "indexing":
            yield from indexing(op.name, dtype, rng)
        case "reductions":
            yield from reduction(op, dtype, rng)
        case "attentions":
            yield from attention(dtype, rng)
        case "normalizations" | "positions":
            yield from composite(op.name, dtype, rng)
        case "casts":
            complex_targets = dtypes.COMPLEX if dtype in dtypes.COMPLEX else dtypes.ALL
            for target in complex_targets:
                yield [np.abs(draw(rng, dtype, (3, 5)))], {"dtype": target}
                yield [draw(rng, dtype, ())], {"dtype": dtype}
        case _:
            yield from elementwise(op, dtype, rng)


def widened(arrays: list[Any]) -> list[Any]:
    return [a if a is None else dtypes.widen(a) for a in arrays]


def truth(op: registry.Op, arrays: list[Any], attrs: dict[str, Any]) -> Any:
    kind = np.float64 if attrs.get("dtype", "float64") in dtypes.FLOATING else np.int64
    lifted = {k: kind(v) if k in op.lifted else v for k, v in attrs.items()}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the mean of nothing
        return op.function(*widened(arrays), **lifted)


def undefined(op: registry.Op, arrays: list[Any], attrs: dict[str, Any], shape: Any) -> Any:
    """Where the result is implementation-defined, and so not compared here."""
    where = np.zeros(shape, bool)
    for choice in op.choices:
        where = where | choice.where(*widened(arrays), **attrs)
    return where.reshape(shape)


def compare(got: Any, want: Any, name: str, scale: Any) -> str:
    """What is wrong with one result, or "" where nothing is."""
    if dtypes.name_of(got.dtype) != name:
        return f"dtype {got.dtype}, not {name}"
    if got.shape != np.shape(want):
        return f"shape {got.shape}, not {np.shape(want)}"
    if not dtypes.is_inexact(name):
        expected = np.asarray(want).astype(dtypes.numpy_dtype(name))
        return "" if np.array_equal(got, expected) else f"got {got}, truth {expected}"
    wide = dtypes.widen(got)
    close = np.isclose(wide, want, rtol=scale, atol=scale, equal_nan=True)
    return "" if close.all() else f"got {wide[~close]}, truth {np.asarray(want)[~close]}"


def trouble(backend: Backend, op: registry.Op, dtype: str) -> Iterator[str]:
    """What is wrong with one op in one dtype, sample by sample."""
    for arrays, attrs in samples(op, dtype):
        device = [a if a is None else backend.to_device(a) for a in arrays]
        label = f"{op.name}/{dtype} {[np.shape(a) for a in arrays]} {attrs}: "
        try:
            results = backend.ops[op.name](*device, **attrs)
            several = isinstance(results, tuple | list)
            hosts = [backend.to_host(r) for r in (results if several else [results])]
            backend.synchronize()
        except UnsupportedError as reason:
            yield f"{label}unsupported: {reason}"
            continue
        except Exception as error:
            yield f"{label}{type(error).__name__}: {error}"
            continue
        name = op.result_dtype(dtype, attrs)
        scale = max(TOLERANCE.get(dtypes.component(d), 0.0) for d in (name, dtype))
        wants = truth(op, arrays, attrs)
        for got, want in zip(hosts, wants if several else [wants], strict=True):
            if op.choices and got.shape == np.shape(want):
                free = undefined(op, arrays, attrs, got.shape)
                got, want = got[~free], want[~free]
            if wrong := compare(got, want, name, scale):
                yield label + wrong
        for before, after in zip(arrays, device, strict=True):
            if before is not None and not np.array_equal(backend.to_host(after), before, True):
                yield f"{label}an argument was changed"


def load(spec: str) -> Backend:
    try:
        return backends.load(spec)
    except UnavailableError as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("spec", ["torch", "torch:cuda", "cuda"])
def test_every_op_in_every_dtype_is_near_the_reference(spec: str) -> None:
    backend = load(spec)
    found = [
        line
        for op in registry.all_ops()
        for dtype in op.dtypes
        if backend.unsupported(op.name, dtype) is None
        for line in trouble(backend, op, dtype)
        if not re.search("unsupported: ", line)
    ]
    assert not found, f"{len(found)} deviations\n" + "\n".join(found)


@pytest.mark.parametrize("spec", ["torch", "torch:cuda", "cuda"])
def test_the_op_table_is_the_registry(spec: str) -> None:
    assert set(load(spec).ops) == {op.name for op in registry.all_ops()}
