"""Samplers of contractions: matmul, einsum, linear."""

from __future__ import annotations

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Sample, sampler

EQUATIONS = (
    "ij,jk->ik",
    "i,i->",
    "ij->ji",
    "ij->i",
    "bij,bjk->bik",
    "bhqd,bhkd->bhqk",
    "ij,kj->ki",
    "i,j->ij",
    "ij,jk,kl->il",
    "ijk->",
    "ij,j->i",
    "abc,cd->abd",
)


@sampler("matmul")
def matmul(d: Draw) -> Sample:
    """Matrices, vectors and batches of matrices whose leading axes broadcast."""
    rows, inner = d.shape(min_dims=2, max_dims=2)
    columns = d.choice((rows, 1, d.side(1, 12)))
    batch = tuple(d.integer(1, 3) for _ in range(d.integer(0, 2)))
    left, right = d.choice(
        (
            ((rows, inner), (inner, columns)),
            ((inner,), (inner, columns)),
            ((rows, inner), (inner,)),
            ((inner,), (inner,)),
            ((*batch, rows, inner), (inner, columns)),
            ((*batch, rows, inner), (*batch, inner, columns)),
            ((*(1 for _ in batch), rows, inner), (*batch, inner, columns)),
        )
    )
    return (d.array(left), d.array(right)), {}


@sampler("einsum")
def einsum(d: Draw) -> Sample:
    """A contraction, with a size for each letter."""
    subscripts = d.choice(EQUATIONS)
    terms = subscripts.partition("->")[0].split(",")
    most = 5 if d.expensive else 9
    sizes = {letter: d.integer(0, most) for letter in sorted({c for t in terms for c in t})}
    arrays = tuple(d.array(tuple(sizes[c] for c in term)) for term in terms)
    return arrays, {"subscripts": subscripts}


@sampler("linear")
def linear(d: Draw) -> Sample:
    """Rows of features, a weight matrix, a bias or none."""
    shape = d.shape(min_dims=1, max_dims=3, min_side=1)
    outputs = d.side(1, 12)
    bias = d.array((outputs,)) if d.boolean() else None
    return (d.array(shape), d.array((outputs, shape[-1])), bias), {}
