"""Why a backend that is here to be judged, not to be complete, offers no more than it does."""

from __future__ import annotations

from collections.abc import Container, Mapping

from tensorcts.reference.registry import all_ops

_SPARSE = ("sparse_coordinates", "sparse_products", "sparse_rows")


def of_ops(library: str, offered: Container[str], known: Mapping[str, str]) -> dict[str, str]:
    """A reason for every op that is not offered.

    known: reasons by op or by family; of all others the adapter calls nothing of the library.
    """
    families = {
        **dict.fromkeys(_SPARSE, f"the adapter holds dense arrays of {library} alone"),
        **known,
    }
    missing = (op for op in all_ops() if op.name not in offered)
    other = f"the adapter calls no function of {library} for it"
    return {op.name: families.get(op.name, families.get(op.family, other)) for op in missing}
