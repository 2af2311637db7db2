"""Every op of the suite, family by family; importing this module fills the registry.

A definition stands in its family's module: ``tensorcts.reference.ops.activations.gelu``.
"""

from types import SimpleNamespace

from tensorcts.reference.ops import (
    activations,
    arithmetic,
    attentions,
    bitwises,
    casts,
    combinations,
    comparisons,
    contractions,
    creation,
    divisions,
    exponentials,
    extremes,
    fusions,
    gates,
    hyperbolics,
    indexing,
    joining,
    logicals,
    normalizations,
    positions,
    powers,
    predicates,
    randoms,
    rectifiers,
    reductions,
    representations,
    roundings,
    shaping,
    shrinkages,
    signs,
    sparse_coordinates,
    sparse_products,
    sparse_rows,
    trigonometrics,
)
from tensorcts.reference.registry import OPS

__all__ = [
    "activations",
    "arithmetic",
    "attentions",
    "bitwises",
    "casts",
    "combinations",
    "comparisons",
    "contractions",
    "creation",
    "divisions",
    "exponentials",
    "extremes",
    "fusions",
    "gates",
    "hyperbolics",
    "indexing",
    "joining",
    "logicals",
    "normalizations",
    "positions",
    "powers",
    "predicates",
    "randoms",
    "rectifiers",
    "reductions",
    "representations",
    "roundings",
    "shaping",
    "shrinkages",
    "signs",
    "sparse_coordinates",
    "sparse_products",
    "sparse_rows",
    "trigonometrics",
]

definitions = SimpleNamespace(**{name: op.function for name, op in OPS.items()})
"""All definitions under their ops' names: what a layer calls to be run by the reference."""
