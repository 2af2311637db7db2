"""What ``tensorcts model`` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tensorcts.backends import registry
from tensorcts.conformance.models import minilm, tables
from tensorcts.conformance.models.judging import judge
from tensorcts.conformance.models.progresses import progress


def run(
    backends: Sequence[str], dtype: str, texts: Sequence[str], output: Path | None, *, as_json: bool
) -> bool:
    """Judge the model on each backend and print what was found; whether everything held.

    texts: sentences; none means the default ones. output: a file for the JSON, or None.
    Raises ModelError, UnknownBackendError, UnavailableError, or OSError for the file.
    """
    loaded = {spec: registry.load(spec) for spec in dict.fromkeys(backends)}
    batch = minilm.tokenise(texts or minilm.SENTENCES)
    stack = minilm.load(batch, dtype)
    console, errors = Console(quiet=as_json), Console(stderr=True, quiet=as_json)
    if output is not None:
        output.touch()  # a file that can't be written is known before the work, not after
    found = []
    for spec, backend in loaded.items():
        with progress(spec, errors) as advance:
            found.append(judge(stack, backend, advance))
        tables.show(stack, batch, found[-1], console)
    written = json.dumps(tables.data(stack, batch, found), indent=2, ensure_ascii=False)
    if output is not None:
        output.write_text(written + "\n", encoding="utf-8")
    if as_json:
        print(written)
    return all(one.verdict == "pass" for one in found)
