"""Hand-made samples of the ops: small, in the domain, away from kinks.

A test with an argument ``sample`` runs on every sample of every op that has a floating dtype, one
with ``smooth`` on those of the differentiable ops, with ``smooth_complex`` on those of the ones
that have a complex dtype, imaginary parts added. An op without an entry here gets what its
sampler in ``conformance/samplers`` draws.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import samples_of_indexing

from tensorcts.conformance import draws
from tensorcts.conformance.samplers import all_samplers
from tensorcts.reference import dtypes
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.registry import Op, all_ops

Case = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Sample:
    """An op with arguments: float64 or complex128 arrays where they are floating."""

    op: Op
    arrays: tuple[Any, ...]
    attrs: dict[str, Any]

    @property
    def floating(self) -> list[int]:
        """The positions of the floating arrays."""
        return [i for i, a in enumerate(self.arrays) if a is not None and a.dtype.kind in "fc"]

    @property
    def points(self) -> list[Exact]:
        """The floating arrays as exact numbers."""
        return [Exact(self.arrays[i]) for i in self.floating]

    def exactly(self, *floating: Any) -> tuple[Any, ...]:
        """The op's results with the floating arrays replaced by exact ones, as a tuple."""
        return self.on(floating, exact=True)

    @property
    def complex(self) -> Sample:
        """The same with imaginary parts, drawn at random, in the floating arrays."""
        rng = np.random.default_rng(zlib.crc32(self.op.name.encode()))
        arrays = list(self.arrays)
        for i in self.floating:
            arrays[i] = arrays[i] + 1j * rng.uniform(-2, 2, arrays[i].shape)
        attrs = {n: "complex128" if n == "dtype" else value for n, value in self.attrs.items()}
        return Sample(self.op, tuple(arrays), attrs)

    def on(self, floating: Any, *, exact: bool) -> tuple[Any, ...]:
        """The op's results with the floating arrays replaced, as a tuple."""
        arrays = list(self.arrays)
        for position, array in zip(self.floating, floating, strict=True):
            arrays[position] = array
        attrs = dict(self.attrs)
        for name in self.op.lifted if exact else ():
            attrs[name] = Exact(np.asarray(attrs[name]))
        result = self.op.function(*arrays, **attrs)
        return result if isinstance(result, tuple) else (result,)


class Draw:
    """Random arrays of one op."""

    def __init__(self, op: Op) -> None:
        self.op, self.rng = op, np.random.default_rng(zlib.crc32(op.name.encode()))

    def real(self, *shape: int, low: float = -2.0, high: float = 2.0) -> Any:
        return self.rng.uniform(low, high, shape)

    def index(self, size: int, *shape: int) -> Any:
        return self.rng.integers(-size, size, shape)

    def permutation(self, *shape: int, axis: int) -> Any:
        """Indices without duplicates along the axis."""
        return np.argsort(self.rng.uniform(size=shape), axis=axis)

    def mask(self, *shape: int) -> Any:
        return self.rng.uniform(size=shape) < 0.6


def _reduction(d: Draw, **attrs: Any) -> list[Case]:
    x = d.real(2, 3, 4)
    cases: list[tuple[Any, bool]] = [(None, False), (1, True), ((0, -1), False), (None, True)]
    return [((x,), {"axis": axis, "keepdims": keep, **attrs}) for axis, keep in cases]


def _prod(d: Draw) -> list[Case]:
    zeros = d.real(3, 3) * np.array([[1, 1, 1], [1, 0, 1], [0, 1, 0]])
    along = {"axis": 1, "keepdims": False, "dtype": "float64"}
    return [*_reduction(d, dtype="float64"), ((zeros,), along)]


def _cumulative_prod(d: Draw) -> list[Case]:
    zeros = d.real(3, 3) * np.array([[1, 1, 1], [1, 0, 1], [0, 1, 0]])
    along = {"axis": 1, "include_initial": False, "dtype": "float64"}
    initial = {"axis": -3, "include_initial": True, "dtype": "float64"}
    return [((zeros,), along), ((d.real(2, 3, 2),), initial)]


def _einsum(d: Draw) -> list[Case]:
    sizes = {"b": 2, "i": 3, "j": 4, "k": 2}
    forms = ["ij,jk->ik", "bij,bkj,k->bi", "ijk->j", "ij,j->", "i,j->ij", "ij->ji", "bi,j->b",
             "ii->i", "jj", "iij,j->i", "kikij,i->jk", "ji,i"]  # fmt: skip
    spread = [("...ij,j...->...i", (2, 3, 4), (4, 3, 1)), ("i...,...i", (3, 2, 1), (4, 3)),
              ("ij,jk->ik", (2, 1), (3, 4)), (" B a , a ", (2, 3), (1,))]  # fmt: skip
    shapes = [
        (f, *(tuple(sizes[c] for c in t) for t in f.split("->")[0].split(","))) for f in forms
    ]
    return [
        (tuple(d.real(*shape) for shape in operands), {"subscripts": form})
        for form, *operands in shapes + spread
    ]


def _conv1d(d: Draw) -> list[Case]:
    attrs = {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}
    return [((d.real(2, 4, 7), d.real(2, 2, 3), bias), attrs) for bias in (None, d.real(2))]


def _matmul(d: Draw) -> list[Case]:
    shapes = [((2, 3), (3, 4)), ((3,), (3,)), ((3,), (2, 3, 4)), ((2, 2, 3), (3,)),
              ((2, 1, 2, 3), (2, 3, 2))]  # fmt: skip
    return [((d.real(*a), d.real(*b)), {}) for a, b in shapes]


def _attention(d: Draw) -> list[Case]:
    q, k, v = d.real(1, 2, 3, 4), d.real(1, 2, 5, 4), d.real(1, 2, 5, 3)
    mask = d.mask(1, 1, 3, 5)
    mask[..., 1, :] = False
    bias = d.real(2, 1, 5)
    grouped = k[:, :1], v[:, :1]
    return [((q, k, v), {"scale": 0.5, "causal_offset": None}),
            ((q, k, v, mask, None), {"scale": 0.5, "causal_offset": None}),
            ((q, *grouped, mask, bias), {"scale": 0.7, "causal_offset": 1}),
            ((q, *grouped, None, bias), {"scale": 1.0, "causal_offset": 0})]  # fmt: skip


def _rotary(d: Draw) -> list[Case]:
    x, positions = d.real(2, 3, 4), np.array([0, 2, 5])
    return [((x, positions), {"base": 10.0, "layout": name}) for name in ("half", "interleaved")]


_COO = np.array([[0, 2, 1, 2, 0], [3, 1, 1, 1, 0]])
_CSR = np.array([3, 1, 0, 1, 1]), np.array([0, 2, 2, 5])
_SHAPE = {"shape": (3, 4)}


def _sparse(d: Draw, *others: tuple[int, ...], rows: bool = False, **attrs: Any) -> list[Case]:
    """A 3×4 matrix with an empty row and two entries at one place, and dense arrays."""
    arrays = (d.real(5), *_CSR) if rows else (d.real(5), _COO)
    return [((*arrays, *(d.real(*shape) for shape in others)), attrs)]


ODD: dict[str, Callable[[Draw], list[Case]]] = {
    **samples_of_indexing.SAMPLES,
    "where": lambda d: [((d.mask(2, 3), d.real(3), d.real(2, 1)), {})],
    "sum": lambda d: _reduction(d, dtype="float64"),
    "prod": _prod,
    "mean": _reduction,
    "max": _reduction,
    "min": _reduction,
    "argmax": lambda d: [((d.real(2, 3),), {"axis": a, "keepdims": True}) for a in (None, 1)],
    "argmin": lambda d: [((d.real(2, 3),), {"axis": a, "keepdims": False}) for a in (None, -2)],
    "nanmax": _reduction,
    "nanmin": _reduction,
    "logsumexp": _reduction,
    "std": lambda d: [*_reduction(d, correction=0), *_reduction(d, correction=1)[:2]],
    "vector_norm": lambda d: [case for order in (2.0, 1.0, np.inf, -np.inf, 3.0, -1.0)
                              for case in _reduction(d, ord=order)[1:3]],
    "cumulative_sum": lambda d: [((d.real(2, 3, 2),), {"axis": a, "include_initial": a < 0,
                                                       "dtype": "float64"}) for a in (1, -3)],
    "cumulative_prod": _cumulative_prod,
    "cummax": lambda d: [((d.real(2, 4),), {"axis": a}) for a in (0, -1)],
    "cummin": lambda d: [((d.real(2, 4),), {"axis": a}) for a in (0, -1)],
    "logcumsumexp": lambda d: [((d.real(2, 4),), {"axis": a}) for a in (0, -1)],
    "diff": lambda d: [((d.real(2, 4),), {"axis": -1, "n": n}) for n in (1, 2)],
    "median": lambda d: [((d.real(2, 5),), {"axis": a, "keepdims": a == 1}) for a in (None, 1)],
    "quantile": lambda d: [((d.real(2, 5),), {"q": 0.375, "axis": a, "keepdims": a is None})
                           for a in (None, -1)],
    "var": lambda d: [*_reduction(d, correction=0), *_reduction(d, correction=1)[:2]],
    "matmul": _matmul,
    "einsum": _einsum,
    "conv1d": _conv1d,
    "trace": lambda d: [((d.real(2, 3, 3),), {"offset": k, "dtype": "float64"}) for k in (0, -1)],
    "linear": lambda d: [((d.real(2, 2, 3), d.real(4, 3), d.real(4)), {}),
                         ((d.real(3), d.real(4, 3), None), {})],
    "softmax": lambda d: [((d.real(2, 3),), {"axis": a}) for a in (0, -1)],
    "log_softmax": lambda d: [((d.real(2, 3),), {"axis": a}) for a in (0, -1)],
    "softmin": lambda d: [((d.real(2, 3),), {"axis": a}) for a in (0, -1)],
    "relu6": lambda d: [((d.real(4, 5, low=-3, high=9),), {})],
    "layer_norm": lambda d: [((d.real(2, 4), d.real(4), d.real(4)), {"eps": 1e-5})],
    "rms_norm": lambda d: [((d.real(2, 4), d.real(4)), {"eps": 1e-6})],
    "reshape": lambda d: [((d.real(2, 6),), {"shape": (3, -1)}), ((d.real(1),), {"shape": ()})],
    "permute_dims": lambda d: [((d.real(2, 3, 4),), {"axes": (2, 0, -2)})],
    "broadcast_to": lambda d: [((d.real(3, 1),), {"shape": (2, 3, 4)})],
    "flatten": lambda d: [((d.real(2, 3, 2),), {"start": 1, "end": -1}),
                          ((d.real(),), {"start": 0, "end": -1})],
    "squeeze": lambda d: [((d.real(1, 3, 1),), {"axis": (0, -1)})],
    "expand_dims": lambda d: [((d.real(2, 3),), {"axis": -2})],
    "concat": lambda d: [((d.real(2, 3), d.real(2, 0), d.real(2, 1)), {"axis": -1})],
    "stack": lambda d: [((d.real(2, 3), d.real(2, 3)), {"axis": a}) for a in (0, -1)],
    "split": lambda d: [((d.real(5, 2),), {"sizes": (2, 0, 3), "axis": -2})],
    "expand": lambda d: [((d.real(3, 1),), {"shape": (2, -1, 4)})],
    "tril": lambda d: [((d.real(2, 3, 3),), {"k": k}) for k in (-1, 0, 1)],
    "triu": lambda d: [((d.real(2, 3, 3),), {"k": k}) for k in (-1, 0, 1)],
    "diag": lambda d: [((x,), {"k": k}) for x in (d.real(3), d.real(3, 4)) for k in (-1, 0, 2)],
    "meshgrid": lambda d: [((d.real(3), d.real(2), d.real(1)), {"indexing": i})
                           for i in ("xy", "ij")],
    "tile": lambda d: [((d.real(3, 1),), {"repetitions": n}) for n in ((2,), (2, 1, 3), ())],
    "repeat": lambda d: [((d.real(3, 2), np.array(n)), {"axis": a})
                         for n, a in ((2, None), ([3, 0, 1], 0), ([2], -1))],
    "coo_to_dense": lambda d: _sparse(d, **_SHAPE),
    "coo_coalesce": lambda d: _sparse(d, **_SHAPE),
    "coo_to_csr": lambda d: _sparse(d, **_SHAPE),
    "coo_transpose": lambda d: _sparse(d, **_SHAPE, axes=(1, 0)),
    "coo_sum": lambda d: [c for a in (0, -1, None)
                          for c in _sparse(d, **_SHAPE, axis=a, dtype="float64")],
    "coo_add": lambda d: [((d.real(5), _COO, d.real(5), 2 - _COO % 3), _SHAPE)],
    "coo_multiply": lambda d: [((d.real(5), _COO, d.real(5), 2 - _COO % 3), _SHAPE)],
    "coo_add_dense": lambda d: _sparse(d, (3, 4)),
    "coo_multiply_dense": lambda d: _sparse(d, (3, 4)),
    "coo_matmul": lambda d: _sparse(d, (4, 2), **_SHAPE),
    "csr_to_coo": lambda d: _sparse(d, rows=True, **_SHAPE),
    "csr_to_dense": lambda d: _sparse(d, rows=True, **_SHAPE),
    "csr_transpose": lambda d: _sparse(d, rows=True, **_SHAPE),
    "csr_multiply_dense": lambda d: _sparse(d, (3, 4), rows=True),
    "csr_matvec": lambda d: _sparse(d, (4,), rows=True, **_SHAPE),
    "csr_matmul": lambda d: _sparse(d, (4, 2), rows=True, **_SHAPE),
    "csr_matmul_csr": lambda d: [((d.real(5), *_CSR, d.real(3), np.array([0, 1, 0]),
                                   np.array([0, 1, 2, 2, 3])), {**_SHAPE, "other_shape": (4, 2)})],
    "csr_sampled_matmul": lambda d: [((d.real(3, 2), d.real(2, 4), *_CSR), {})],
    "dense_to_coo": lambda d: [((d.real(2, 3),), {})],  # a zero that is not stored is a kink
    "dense_to_csr": lambda d: [((d.real(2, 3),), {})],
    "ldexp": lambda d: [((d.real(2, 3), d.index(5, 3)), {})],
    "isclose": lambda d: [((d.real(2, 3), d.real(3)),
                           {"rtol": 0.1, "atol": 0.1, "equal_nan": False})],
    "lerp": lambda d: [((d.real(2, 3), d.real(3), d.real(2, 1)), {}),
                       ((d.real(3), d.real(3), np.array([0.0, 1.0, 0.5])), {})],
    "astype": lambda d: [((d.real(2, 3),), {"dtype": name}) for name in ("float32", "float64")],
    "rotary_embedding": _rotary,
    "scaled_dot_product_attention": _attention,
    "zeros": lambda d: [((), {"shape": (2, 3), "dtype": "float64"})],
    "ones": lambda d: [((), {"shape": (), "dtype": "float64"})],
    "full": lambda d: [((), {"shape": (2,), "value": 0.1, "dtype": "float64"})],
    "eye": lambda d: [((), {"rows": 2, "columns": 3, "k": 1, "dtype": "float64"})],
    "arange": lambda d: [((), {"start": 1.0, "stop": 2.0, "step": 0.3, "dtype": "float64"})],
    "linspace": lambda d: [((), {"start": 0.1, "stop": 0.7, "num": n, "dtype": "float64"})
                           for n in (0, 1, 4)],
}  # fmt: skip


def samples(op: Op) -> list[Sample]:
    """The samples of one op: those made here, else small ones of the suite's own sampler."""
    cases = ODD[op.name](Draw(op)) if op.name in ODD else _drawn(op)
    return [Sample(op, arrays, attrs) for arrays, attrs in cases]


def _drawn(op: Op) -> list[Case]:
    """Of each shape one sample, in float64, of normal numbers: none at a kink."""
    rng = np.random.default_rng(zlib.crc32(op.name.encode()))

    def integer(low: int, high: int) -> int:
        return int(rng.integers(low, high, endpoint=True))

    return [
        all_samplers()[op.name](draws.Draw(op, "float64", integer, shape=s, styles=("normal",)))
        for s in ((2, 3), (4,), (2, 1, 2))
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    floating = [o for o in all_ops() if set(o.dtypes) & set(dtypes.FLOATING) and not o.own_dtype]
    chosen = {"sample": floating, "smooth": [o for o in floating if o.differentiable],
              "smooth_complex": [o for o in all_ops() if o.differentiable
                                 and set(o.dtypes) & set(dtypes.COMPLEX)]}  # fmt: skip
    for name in set(chosen) & set(metafunc.fixturenames):
        params = [pytest.param(s.complex if name == "smooth_complex" else s, id=f"{o.name}-{i}")
                  for o in chosen[name] for i, s in enumerate(samples(o))]  # fmt: skip
        metafunc.parametrize(name, params)


@pytest.fixture(scope="session")
def every_smooth() -> list[Sample]:
    """All samples of the differentiable ops, and their complex ones."""
    smooth = [(o, s) for o in all_ops() if o.differentiable for s in samples(o)]
    real = [s for o, s in smooth if set(o.dtypes) & set(dtypes.FLOATING)]
    return real + [s.complex for o, s in smooth if set(o.dtypes) & set(dtypes.COMPLEX)]
