"""The command line: run, backends, catalogue, explain, dtypes, report, reproduce, model, selftest.

Exit codes: 0 all held, 1 something failed, 2 wrong use.
"""

from tensorcts.conformance.cli import judging, listing, showing, testing
from tensorcts.conformance.cli.group import main

__all__ = ["judging", "listing", "main", "showing", "testing"]
