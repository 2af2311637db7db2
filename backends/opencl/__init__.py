"""The OpenCL backend: our own OpenCL C kernels, run through PyOpenCL."""

from tensorcts.backends.opencl.backend import OpenCLBackend

__all__ = ["OpenCLBackend"]
