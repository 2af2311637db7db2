"""Sweeps on an NVIDIA GPU: inputs, results and truths are made, compared and counted there.

formulas   the functions in double, as CUDA C, with the margin that they are certainly not off by
kernels    the kernels, compiled by CuPy: results beside truths → partial figures
placing    which sweeps are judged on a GPU, and in what blocks
judging    ``DeviceJudge``: the partial figures as rows; what is left undecided goes to the host
"""
