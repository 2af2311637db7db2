"""A sweep's journal: the tallies of the blocks that are done, so that a killed sweep goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tensorcts.conformance.precision import tallies
from tensorcts.conformance.precision.tallies import Tally


class JournalError(ValueError):
    """A journal of another sweep, or one that can't be read; the message says which and why."""


class Journal:
    """A file of JSON lines: what is swept, then block after block as they are done.

    A line that was cut off when the sweep was killed is dropped; its block is judged again.
    """

    def __init__(self, path: Path, identity: Mapping[str, Any]) -> None:
        """Open a journal, or start one.

        identity: what decides the tallies; raises JournalError where the file is of another one.
        """
        self._path = path
        self.done: dict[int, Tally] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a+b") as file:
            file.seek(0)
            *lines, rest = file.read().split(b"\n")
            file.truncate(file.tell() - len(rest))
        if not lines:
            self._write(identity)
        else:
            self._read(lines, identity)

    def add(self, block: int, tally: Tally) -> None:
        """A block is done; it is on the disk when this returns."""
        self._write({"block": block, "tally": tallies.to_json(tally)})
        self.done[block] = tally

    def _read(self, lines: list[bytes], identity: Mapping[str, Any]) -> None:
        try:
            first, *blocks = map(json.loads, lines)
            found = {b["block"]: tallies.from_json(b["tally"]) for b in blocks}
        except (ValueError, KeyError, TypeError) as error:
            raise JournalError(f"can't read the journal {self._path}: {error}") from error
        if first != identity:
            changed = sorted(k for k in {*first, *identity} if first.get(k) != identity.get(k))
            raise JournalError(
                f"{self._path} is the journal of another sweep ({', '.join(changed)} changed); "
                f"delete it to start anew"
            )
        self.done = found

    def _write(self, content: Mapping[str, Any]) -> None:
        with open(self._path, "ab") as file:
            file.write(json.dumps(content).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
