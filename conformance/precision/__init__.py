"""Precision: how far a function is off over all its inputs, counted block by block.

functions    what is swept, by the registry: elementwise ops whose results round, casts
blocks       the inputs, by bit pattern: ``Plan`` gives a block's strips, ``hard`` hard ones
midpoints    arguments whose results lie next to midpoints
evaluations  the function in float64 arithmetic, and the margin that it is certainly not off by
truths       Ziv's rounding test; what that leaves undecided by as many bits as it takes
errors       Kahan's ulps, signed, at speed
strips       results beside their truths → a ``Row`` and a histogram
neighbours   steps against the function's, f(-x) against its parity
tallies      ``Tally``: what blocks add up to, associative and commutative to the bit; JSON
judging      ``judge(task, block)`` → ``Tally``: all that an executor runs
journals     the tallies that are done, on the disk: what a killed sweep goes on from
sweeps       ``executor.map`` over blocks: here, in processes, on a Dask cluster
recording    ``Tally`` → the record of ``tensorcts.reports.precision``
commands     ``tensorcts precision``
gpu          ``judging`` on an NVIDIA GPU, which truths and counts do not leave

A device that computes the truths itself joins at ``judging.judge_of``, as ``gpu`` does: whatever
has a method ``tally(block) -> Tally`` may stand there in place of ``Judge``. It takes a ``Plan``'s
inputs, whole binades as runs of bit patterns, and fills a ``Row`` for each key of
``Layout.binade``:

* ``y = f(float64(x))`` by ``evaluations``, with its ``Margin`` (three numbers);
* where y ± margin round to two numbers the truth is undecided: these inputs, one in 2**18, go to
  the host, ``Truths`` gives theirs, and they are counted there, as a ``Strip`` of their own;
* the errors as ``errors.narrow`` has them, the sums in units of ``tallies.QUANTUM`` (integers, so
  that no order of additions shows), the histogram by ``strips.bins``, ``COUNTERS`` as described.

Counts, maxima and their inputs must come out as the host's; sums and histogram may differ by what
the device's float64 functions differ from NumPy's: 2**-28 ulp of a float32 result.
"""
