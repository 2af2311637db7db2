"""Reports: the record of a run and what renders it."""
