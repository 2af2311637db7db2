"""Sparse ops: component arrays made torch's sparse tensors, and their results taken apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.backends.torch_eager.adapting import DTYPES

Shape = tuple[int, ...]

_UNORDERED = re.compile("sorted and distinct|<= ncols")
"""How torch says that a row's columns are not in order, or more than there are."""

_ORDER = "torch.sparse_csr_tensor: columns must be in order, each once in a row"


def _coo(values: Tensor, indices: Tensor, shape: Shape) -> Tensor:
    return torch.sparse_coo_tensor(_packed(indices), _packed(values), shape, check_invariants=True)


def _packed(x: Tensor) -> Tensor:
    """A copy of stride 1, which torch asks of a single element too.

    Of indices it asks so in ``to_sparse_csr`` where invariants are checked everywhere, and so they
    are at times once several threads have asked for it: findings.md#torch-invariants.
    """
    return x.clone(memory_format=torch.contiguous_format)


def _csr(values: Tensor, columns: Tensor, row_starts: Tensor, shape: Shape) -> Tensor:
    starts, places, numbers = map(_packed, (row_starts, columns, values))
    whole = not (places.is_floating_point() or starts.is_floating_point())
    if values.is_cuda and whole and not _in_order(places, starts):  # asserted, which ends a context
        raise UnsupportedError(_ORDER)
    try:
        return torch.sparse_csr_tensor(starts, places, numbers, shape, check_invariants=True)
    except RuntimeError as error:
        if _UNORDERED.search(str(error)):
            raise UnsupportedError(_ORDER) from error
        raise


def _in_order(columns: Tensor, row_starts: Tensor) -> bool:
    """Whether the columns of each row ascend."""
    first = torch.zeros(columns.numel() + 1, dtype=torch.bool, device=columns.device)
    first[row_starts] = True
    return bool(torch.all((columns[1:] > columns[:-1]) | first[1:-1]))


def _canonical(values: Tensor, columns: Tensor, row_starts: Tensor, shape: Shape) -> Tensor:
    """A CSR tensor; entries out of order, or of one column, are put in order by way of COO."""
    try:
        return _csr(values, columns, row_starts, shape)
    except UnsupportedError:
        counts, ends = torch.diff(row_starts), row_starts[[0, -1]].tolist()
        if ends != [0, columns.numel()] or bool((counts < 0).any()):  # no matrix at all
            raise
        rows = torch.repeat_interleave(torch.arange(shape[0], device=values.device), counts)
        return _coo(values, torch.stack([rows, columns.to(rows.dtype)]), shape).to_sparse_csr()


def _of_coo(x: Tensor) -> tuple[Tensor, Tensor]:
    x = x.coalesce()
    return x.values(), x.indices()


def _of_csr(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return x.values(), x.col_indices().to(torch.int64), x.crow_indices().to(torch.int64)


def _with_axes(name: str, x: Tensor, count: int) -> Tensor:
    """``x``, where torch would take another number of axes for another op."""
    if x.ndim != count:
        raise ValueError(f"{name} must have {count} axes, not the shape {tuple(x.shape)}")
    return x


def _coo_transpose(
    values: Tensor, indices: Tensor, *, shape: Shape, axes: Shape
) -> tuple[Tensor, Tensor]:
    turned = torch.permute(_coo(values, indices, shape), axes)
    return turned._values(), turned._indices()


def _coo_add(
    values: Tensor, indices: Tensor, other_values: Tensor, other_indices: Tensor, *, shape: Shape
) -> tuple[Tensor, Tensor]:
    x, y = _coo(values, indices, shape), _coo(other_values, other_indices, shape)
    return _of_coo(torch.add(x, y))


def _coo_multiply(
    values: Tensor, indices: Tensor, other_values: Tensor, other_indices: Tensor, *, shape: Shape
) -> tuple[Tensor, Tensor]:
    """Of coalesced arrays, as others leave zeros where only one of them has an entry."""
    if values.is_cuda:
        raise UnsupportedError("torch.mul: on a GPU it keeps the places of one operand, not both's")
    x, y = _coo(values, indices, shape), _coo(other_values, other_indices, shape)
    return _of_coo(torch.mul(x.coalesce(), y.coalesce()))


def _coo_multiply_dense(values: Tensor, indices: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return _of_coo(torch.mul(_coo(values, indices, tuple(y.shape)), y))


def _coo_sum(
    values: Tensor, indices: Tensor, *, shape: Shape, axis: int | None, dtype: str
) -> Tensor:
    total = torch.sparse.sum(_coo(values, indices, shape), axis, dtype=DTYPES[dtype])
    return total.to_dense() if total.is_sparse else total


def _csr_to_coo(
    values: Tensor, columns: Tensor, row_starts: Tensor, *, shape: Shape
) -> tuple[Tensor, Tensor]:
    x = _csr(values, columns, row_starts, shape).to_sparse(layout=torch.sparse_coo)
    return x.values(), x.indices().to(torch.int64)


def _csr_transpose(
    values: Tensor, columns: Tensor, row_starts: Tensor, *, shape: Shape
) -> tuple[Tensor, Tensor, Tensor]:
    turned = torch.transpose(_csr(values, columns, row_starts, shape), 0, 1)
    return _of_csr(turned.to_sparse_csr())


def _csr_multiply_dense(
    values: Tensor, columns: Tensor, row_starts: Tensor, y: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    return _of_csr(torch.mul(_canonical(values, columns, row_starts, tuple(y.shape)), y))


def _csr_matvec(
    values: Tensor, columns: Tensor, row_starts: Tensor, x: Tensor, *, shape: Shape
) -> Tensor:
    return torch.matmul(_canonical(values, columns, row_starts, shape), _with_axes("x", x, 1))


def _csr_matmul(
    values: Tensor, columns: Tensor, row_starts: Tensor, y: Tensor, *, shape: Shape
) -> Tensor:
    return torch.matmul(_canonical(values, columns, row_starts, shape), _with_axes("y", y, 2))


def _csr_matmul_csr(
    values: Tensor, columns: Tensor, row_starts: Tensor, other_values: Tensor,
    other_columns: Tensor, other_row_starts: Tensor, *, shape: Shape, other_shape: Shape,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Sorted as COO: torch leaves the columns of the product without order."""
    x = _canonical(values, columns, row_starts, shape)
    y = _canonical(other_values, other_columns, other_row_starts, other_shape)
    product = torch.matmul(x, y).to_sparse(layout=torch.sparse_coo)
    ordered = _coo(product.values(), product.indices(), tuple(product.shape))
    return _of_csr(ordered.to_sparse_csr())


def _csr_sampled_matmul(x: Tensor, y: Tensor, columns: Tensor, row_starts: Tensor) -> Tensor:
    shape = (x.shape[0], y.shape[1])
    pattern = _csr(torch.zeros(columns.shape, dtype=x.dtype, device=x.device), columns,
                   row_starts, shape)  # fmt: skip
    return torch.sparse.sampled_addmm(pattern, x, y, beta=0.0).values()


OPS: dict[str, Callable[..., Any]] = {
    "coo_to_dense": lambda values, indices, *, shape: _coo(values, indices, shape).to_dense(),
    "dense_to_coo": lambda x: _of_coo(x.to_sparse()),
    "coo_coalesce": lambda values, indices, *, shape: _of_coo(_coo(values, indices, shape)),
    "coo_transpose": _coo_transpose,
    "coo_add": _coo_add,
    "coo_multiply": _coo_multiply,
    "coo_add_dense": lambda values, indices, y: torch.add(y, _coo(values, indices, tuple(y.shape))),
    "coo_multiply_dense": _coo_multiply_dense,
    "coo_sum": _coo_sum,
    "coo_matmul": lambda values, indices, y, *, shape: torch.sparse.mm(
        _coo(values, indices, shape), y
    ),
    "coo_to_csr": lambda values, indices, *, shape: _of_csr(
        _coo(values, indices, shape).to_sparse_csr()
    ),
    "csr_to_coo": _csr_to_coo,
    "csr_to_dense": lambda values, columns, row_starts, *, shape: _canonical(
        values, columns, row_starts, shape
    ).to_dense(),
    "dense_to_csr": lambda x: _of_csr(_with_axes("x", x, 2).to_sparse_csr()),
    "csr_transpose": _csr_transpose,
    "csr_multiply_dense": _csr_multiply_dense,
    "csr_matvec": _csr_matvec,
    "csr_matmul": _csr_matmul,
    "csr_matmul_csr": _csr_matmul_csr,
    "csr_sampled_matmul": _csr_sampled_matmul,
}

NARROW = frozenset({"coo_to_dense", "coo_coalesce", "coo_add", "coo_multiply", "coo_add_dense",
                    "coo_multiply_dense", "coo_matmul", "coo_sum", "coo_to_csr",
                    "csr_to_dense", "csr_multiply_dense", "csr_matvec"})  # fmt: skip
"""Ops whose sums are rounded to 16 bits at each entry."""

UNCHECKED = frozenset(f"{op}/C2" for op in OPS if op.startswith("coo_")) | {"dense_to_coo/C1"}
"""Floating indices are truncated; an array without axes is its own sparse form."""

ASSERTED = frozenset(f"{op}/{label}" for op in OPS for label in ("C3", "C4", "C5")
                     if op.startswith("csr_"))  # fmt: skip
"""Columns and row starts that a kernel on a GPU asserts, which ends the context."""
