"""Arrays that interpret the definitions: ``Exact``, ``Noisy``, and the dispatch they share."""
