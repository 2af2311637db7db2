"""einsum: the operands are contracted two at a time, each pair by permuting and one matmul."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from tensorcts.backends.opencl import contractions, elementwise, reductions
from tensorcts.backends.opencl.arrays import DeviceArray, permuted, view
from tensorcts.backends.opencl.checks import one_dtype
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.reference.arrays.subscripts import sizes_of, spelled_out

Term = tuple[str, DeviceArray]
"""An operand and the letters of its axes."""


def einsum(runtime: Runtime, *operands: DeviceArray, subscripts: str) -> DeviceArray:
    """16-bit floats stay in float32 until the end."""
    inputs, output = spelled_out(subscripts, [x.shape for x in operands])
    dtype = one_dtype(**{f"operands[{i}]": x for i, x in enumerate(operands)})
    sizes = sizes_of(inputs, [x.shape for x in operands])
    wide = zip(inputs, (elementwise.widened(runtime, x) for x in operands))
    terms = [_thinned(_on_diagonals(term, x), sizes) for term, x in wide]
    while len(terms) > 1:
        others = "".join(t for t, _ in terms[2:]) + output
        terms = [_contracted(runtime, terms[0], terms[1], others), *terms[2:]]
    letters, total = _summed(runtime, terms[0], output)
    ordered = permuted(total, [letters.index(letter) for letter in output])
    return elementwise.rounded(runtime, ordered, dtype)


def _on_diagonals(letters: str, x: DeviceArray) -> Term:
    """The view in which each letter has one axis, that of its diagonal."""
    kept = dict.fromkeys(letters)
    shape = [x.shape[letters.index(c)] for c in kept]
    strides = [sum(s for c, s in zip(letters, x.strides) if c == letter) for letter in kept]
    return "".join(kept), view(x, shape, strides, x.offset)


def _thinned(term: Term, sizes: Mapping[str, int]) -> Term:
    """The term without axes of size 1 whose letter is longer elsewhere."""
    letters, x = term
    kept = [i for i, c in enumerate(letters) if x.shape[i] == sizes[c]]
    return "".join(letters[i] for i in kept), permuted(x, kept)


def _summed(runtime: Runtime, term: Term, wanted: str) -> Term:
    """The term summed over the letters that nobody wants."""
    letters, x = term
    gone = tuple(i for i, letter in enumerate(letters) if letter not in wanted)
    if not gone:
        return term
    total = reductions.sum(runtime, x, axis=gone, keepdims=False, dtype=x.dtype)
    return "".join(letter for letter in letters if letter in wanted), total


def _contracted(runtime: Runtime, left: Term, right: Term, others: str) -> Term:
    """The product of two terms, summed over the letters that no other term or the output has."""
    left = _summed(runtime, left, right[0] + others)
    right = _summed(runtime, right, left[0] + others)
    batch = [c for c in left[0] if c in right[0] and c in others]
    inner = [c for c in left[0] if c in right[0] and c not in others]
    rows = [c for c in left[0] if c not in right[0]]
    columns = [c for c in right[0] if c not in left[0]]
    sizes = dict(zip(left[0], left[1].shape)) | dict(zip(right[0], right[1].shape))
    x = _grouped(runtime, left, (batch, rows, inner))
    y = _grouped(runtime, right, (batch, inner, columns))
    letters = "".join(batch + rows + columns)
    product = contractions.matmul(runtime, x, y)
    return letters, runtime.reshaped(product, [sizes[c] for c in letters])


def _grouped(runtime: Runtime, term: Term, groups: tuple[list[str], ...]) -> DeviceArray:
    """The term with one axis for each group of letters."""
    letters, x = term
    turned = permuted(x, [letters.index(c) for group in groups for c in group])
    sizes = dict(zip(letters, x.shape))
    return runtime.reshaped(turned, [prod(sizes[c] for c in group) for group in groups])


OPS: dict[str, Callable[..., Any]] = {
    "einsum": einsum,
}
