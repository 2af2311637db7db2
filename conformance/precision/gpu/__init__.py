"""Sweeps on an NVIDIA GPU: inputs, results and truths are made, compared and counted there.

formulas   the functions in double, as CUDA C, with the margin that they are certainly not off by
kernels    the kernels, compiled by CuPy: results beside truths → partial figures
judging    ``DeviceJudge``: the partial figures as rows; what is left undecided goes to the host
"""

BLOCK = 2**27
"""Magnitudes in a block: enough to keep a GPU busy, in 2 GiB of its memory."""
