"""Samplers of contractions: matmul, einsum, tensordot, linear."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import cycle

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, essentials, refuser, sampler
from tensorcts.reference import dtypes
from tensorcts.reference.arrays.subscripts import spelled_out

TILES = (15, 16, 17, 31, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257)
"""Sizes around those of the tiles that matrix products are computed in."""

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
    "ii",
    "bii->bi",
    "ba",
    "bA",
    "i j , j k",
    ",ij->ji",
    "...ij,...jk->...ik",
    "i...->...",
    "b...,b...->...b",
    "...,...",
    "i...i",
    "ij,ji->",
    "ij,jk,kl,lm->im",
    "i,j,k,l->lkji",
    "->",
)

ELLIPSES = ("", "1", "21")
"""What an ellipsis may stand for: axes, counted from the right."""

SIDES = (2, 3, 1, 5, 4, 3, 2, 0)


@sampler("matmul")
def matmul(d: Draw) -> Sample:
    """Matrices, vectors and batches of matrices whose leading axes broadcast."""
    rows, inner = d.shape(min_dims=2, max_dims=2)
    columns = d.choice((rows, 1, d.side(1, 12)))
    if 0 < rows * inner < TILES[0] and not d.expensive:
        columns = d.choice(TILES)
    batch = tuple(d.integer(1, 3) for _ in range(d.integer(0, 2)))
    left, right = d.choice(
        (
            ((rows, inner), (inner, columns)),
            ((columns, inner), (inner, rows)),
            ((inner,), (inner, columns)),
            ((rows, inner), (inner,)),
            ((inner,), (inner,)),
            ((*batch, rows, inner), (inner, columns)),
            ((*batch, rows, inner), (*batch, inner, columns)),
            ((*(1 for _ in batch), rows, inner), (*batch, inner, columns)),
        )
    )
    return (d.array(left), d.array(right)), {}


@essentials("matmul")
def batches_of_one(d: Draw) -> list[Sample]:
    """A batch of 1 beside a larger one; square matrices, which fit transposed too."""
    pairs = (((1, 2, 3), (4, 3, 2)), ((4, 2, 3), (1, 3, 2)), ((3, 3), (3, 3)))
    return [((d.array(x), d.array(y)), {}) for x, y in pairs]


@refuser("matmul")
def misfitting_matrices(d: Draw) -> list[Refusal]:
    """Inner sizes and batches that do not fit, and no axes at all."""
    wrong = (
        ("C2", "the inner sizes are 3 and 2", (2, 3), (2, 3)),
        ("C2", "the inner sizes are 3 and 1", (2, 3), (1, 4)),
        ("C2", "the inner sizes are 3 and 4", (3,), (4,)),
        ("C3", "the batches are 2 and 3", (2, 2, 3), (3, 3, 2)),
        ("C4", "x has no axes", (), (3,)),
        ("C4", "y has no axes", (2, 3), ()),
    )
    return [Refusal(c, why, (d.array(x), d.array(y)), {}) for c, why, x, y in wrong]


@sampler("einsum")
def einsum(d: Draw) -> Sample:
    """A contraction that everyone knows, or subscripts of random terms; sizes that they fit."""
    subscripts, terms = _usual(d, d.choice(EQUATIONS)) if d.boolean() else _unusual(d)
    sides = (2, 3, 1, 2, 0) if d.expensive else SIDES
    sizes = {letter: d.choice(sides) for letter in _letters(terms)}
    return _operands(d, subscripts, [_shape(d, term, sizes) for term in terms])


@essentials("einsum")
def well_known(d: Draw) -> list[Sample]:
    """Every contraction that everyone knows, of sizes beyond 1."""
    return [_of_some_size(d, *_usual(d, subscripts)) for subscripts in EQUATIONS]


def _of_some_size(d: Draw, subscripts: str, terms: Sequence[str]) -> Sample:
    sizes = dict(zip(_letters(terms), cycle((2, 3, 4)), strict=False))
    return _operands(d, subscripts, [tuple(sizes[c] for c in term) for term in terms])


def _operands(d: Draw, subscripts: str, shapes: Sequence[tuple[int, ...]]) -> Sample:
    """Arrays whose products of three or four numbers fit into float16, and fit any grouping."""
    few = ("normal", "small_integers", "moderate_special", "special", "wide")
    finite = dtypes.is_floating(d.dtype) and d.special and _factorable(subscripts, shapes)
    styles = ("normal",) if finite else few if len(shapes) > 2 else None
    return tuple(d.array(shape, styles=styles) for shape in shapes), {"subscripts": subscripts}


def _factorable(subscripts: str, shapes: Sequence[tuple[int, ...]]) -> bool:
    """Whether some operands can be summed up before the others are multiplied with them.

    Whether infinities of two signs meet then depends on the grouping, which is free.
    """
    inputs, output = spelled_out(subscripts, shapes)
    along = [{c for c, n in zip(*pair, strict=True) if n != 1}
             for pair in zip(inputs, shapes, strict=True)]  # fmt: skip
    summed = set().union(*along) - set(output)
    return any(not summed <= letters for letters in along)


def _letters(terms: Sequence[str]) -> list[str]:
    """The letters of the terms, and the digits for the axes of an ellipsis."""
    return sorted(set("".join(terms)))


def _usual(d: Draw, subscripts: str) -> tuple[str, list[str]]:
    """Subscripts, and their terms with digits for the axes of an ellipsis."""
    terms = subscripts.replace(" ", "").partition("->")[0].split(",")
    return subscripts, [term.replace("...", d.choice(ELLIPSES)) for term in terms]


def _unusual(d: Draw) -> tuple[str, list[str]]:
    """Subscripts, and their terms with digits for the axes of an ellipsis."""
    letters = d.choice(("ij", "i", "jAi", "Bxay", "zYbaC", "kIjiJK"))
    terms = [_term(d, letters) for _ in range(d.integer(1, 4))]
    written = ("," if d.boolean() else " , ").join(re.sub(r"\d+", "...", term) for term in terms)
    if d.boolean():
        return written, terms
    output = [c for c in dict.fromkeys("".join(terms)) if c.isalpha() and d.boolean()]
    if "..." in written:
        output.insert(d.integer(0, len(output)), "...")
    return f"{written}->{''.join(output)}", terms


def _term(d: Draw, letters: str) -> str:
    """Up to three letters, repeated ones too, and up to two axes of an ellipsis: "i21j"."""
    term = "".join(d.choice(letters) for _ in range(d.integer(0, 3)))
    place = d.integer(0, len(term))
    return term[:place] + d.choice(ELLIPSES) + term[place:]


def _shape(d: Draw, term: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
    """The sizes of a term's letters, some of them 1, which broadcasts."""
    thin = {letter for letter in sizes if d.integer(0, 5) == 5}
    return tuple(1 if c in thin else sizes[c] for c in term)


@refuser("einsum")
def misfitting_terms(d: Draw) -> list[Refusal]:
    """Subscripts outside of the grammar, and those that do not fit the operands."""
    wrong: tuple[tuple[str, str, str, tuple[tuple[int, ...], ...]], ...] = (
        ("C1", "a digit is no letter", "i1->i", ((2, 3),)),
        ("C1", "two points are no ellipsis", "i..->i", ((2, 3),)),
        ("C1", "two ellipses", "...i...->i", ((2, 3),)),
        ("C2", "a term too few", "ij->ij", ((2, 3), (2, 3))),
        ("C2", "a term too many", "ij,jk->ik", ((2, 3),)),
        ("C2", "a letter too few", "i->i", ((2, 3),)),
        ("C2", "a letter too many", "ijk...->i", ((2, 3),)),
        ("C3", "j is 3 and 4", "ij,jk->ik", ((2, 3), (4, 5))),
        ("C3", "i is 2 and 3 in one operand", "ii->i", ((2, 3),)),
        ("C3", "i is 1 and 3 in one operand", "ii->i", ((1, 3),)),
        ("C3", "the ellipses do not broadcast", "...i,...i->...", ((2, 3), (4, 3))),
        ("C4", "no operand has k", "ij->k", ((2, 3),)),
        ("C4", "the output repeats i", "i->ii", ((3,),)),
        ("C5", "the output lacks the ellipsis", "...i->i", ((2, 3),)),
    )
    return [
        Refusal(c, why, tuple(d.array(s) for s in shapes), {"subscripts": subscripts})
        for c, why, subscripts, shapes in wrong
    ]


@sampler("tensordot")
def tensordot(d: Draw) -> Sample:
    """Arrays that share some sizes, next to each other or wherever they stand."""
    shape = d.shape(max_dims=3)
    more = tuple(d.integer(1, 3) for _ in range(d.integer(0, 2)))
    if d.boolean():
        count = d.integer(0, len(shape))
        y = shape[len(shape) - count :] + more
        return (d.array(shape), d.array(y)), {"axes": count}
    order = [int(a) for a in d.generator().permutation(len(shape))]
    own = tuple(order[: d.integer(0, len(shape))])
    rest = [*more, *(shape[a] for a in own)]
    places = [int(a) for a in d.generator().permutation(len(rest))]
    other = tuple(places.index(len(more) + i) - len(rest) for i in range(len(own)))
    return (d.array(shape), d.array(tuple(rest[a] for a in places))), {"axes": (own, other)}


@refuser("tensordot")
def misfitting_axes(d: Draw) -> list[Refusal]:
    """Axes that there are not, that stand twice, or that have two sizes."""
    arrays = d.array((2, 3)), d.array((3, 2))
    wrong = (
        ("C1", "there are no 3 axes", 3),
        ("C1", "a negative number of axes", -1),
        ("C2", "one axis of x, two of y", ((1,), (0, 1))),
        ("C3", "x has no axis 2", ((2,), (0,))),
        ("C3", "y has no axis -3", ((1,), (-3,))),
        ("C3", "an axis of x stands twice", ((1, 1), (0, 0))),
        ("C4", "the sizes are 2 and 3", ((0,), (0,))),
    )
    thin = d.array((2, 3)), d.array((1, 2))
    return [
        *(Refusal(c, why, arrays, {"axes": axes}) for c, why, axes in wrong),
        Refusal("C4", "the sizes are 3 and 1", thin, {"axes": 1}),
    ]


@sampler("linear")
def linear(d: Draw) -> Sample:
    """Rows of features, a weight matrix, a bias or none."""
    shape = d.shape(min_dims=1, max_dims=3, min_side=1)
    outputs = d.side(1, 12)
    bias = d.array((outputs,)) if d.boolean() else None
    return (d.array(shape), d.array((outputs, shape[-1])), bias), {}


@refuser("linear")
def misfitting_weights(d: Draw) -> list[Refusal]:
    """A weight for other features, a bias for other outputs."""
    x, weight = d.array((2, 3)), d.array((4, 3))
    wrong = (
        ("the weight has 2 features, x 3", (x, d.array((4, 2)), None)),
        ("the bias is longer than the outputs", (x, weight, d.array((5,)))),
    )
    return [Refusal("C2", why, arrays, {}) for why, arrays in wrong]
