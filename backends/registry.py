"""Finding backends: in-tree ones and a vendor's register through the same entry-point group."""

from __future__ import annotations

import difflib
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from tensorcts.backends.protocol import Backend, UnavailableError

GROUP = "tensorcts.backends"


class UnknownBackendError(LookupError):
    """No installed package registers a backend of that name."""


@cache
def registered() -> dict[str, EntryPoint]:
    """The entry points of all installed backends, by name."""
    return {point.name: point for point in entry_points(group=GROUP)}


def check_name(spec: str) -> None:
    """Raise UnknownBackendError, with the nearest names, unless ``spec`` names a backend."""
    name = spec.partition(":")[0]
    if name in registered():
        return
    near = difflib.get_close_matches(name, registered())
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise UnknownBackendError(
        f"unknown backend {name!r}; {hint}Registered backends: {', '.join(sorted(registered()))}"
    )


def load(spec: str) -> Backend:
    """The backend that ``spec`` names: NAME, or NAME:DEVICE.

    Raises UnknownBackendError for a name nobody registers and UnavailableError where it can't run.
    """
    check_name(spec)
    name, _, device = spec.partition(":")
    try:
        backend_type = registered()[name].load()
    except ImportError as error:
        raise UnavailableError(
            f"the {name} backend needs the package {error.name or error}: "
            f"pip install 'tensorcts[{name}]'"
        ) from error
    except Exception as error:
        raise _not_starting(name, error) from error
    try:
        backend: Backend = backend_type(device or None)
    except UnavailableError:
        raise
    except Exception as error:
        raise _not_starting(name, error) from error
    return backend


def _not_starting(name: str, error: Exception) -> UnavailableError:
    """A backend that breaks instead of saying why it can't run."""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return UnavailableError(f"the {name} backend does not start: {what}")
