"""Choosing the OpenCL device: by name, else a GPU before a CPU, never just the first one."""

from __future__ import annotations

import os

import pyopencl as cl

from tensorcts.backends.protocol import UnavailableError

VARIABLE = "TENSORCTS_OPENCL_PLATFORM"
_INSTALL = "pip install 'tensorcts[opencl]' brings PoCL, which runs OpenCL on the CPU"


def choose(name: str | None) -> cl.Device:
    """The device whose own or whose platform's name contains ``name``, in any case.

    Without a name the environment variable TENSORCTS_OPENCL_PLATFORM is asked, and without that
    any device is good; GPUs come before CPUs. Raises UnavailableError, which lists what there is.
    """
    wanted = name or os.environ.get(VARIABLE)
    devices = available()
    matching = [d for d in devices if wanted is None or wanted.lower() in label(d).lower()]
    if matching:
        return min(matching, key=_preference)
    if not devices:
        raise UnavailableError(f"no OpenCL platform has a device here; {_INSTALL}")
    there = "; ".join(map(label, devices))
    raise UnavailableError(
        f"no OpenCL platform or device matches {wanted!r}; {_INSTALL}; there is: {there}"
    )


def available() -> list[cl.Device]:
    """The devices of all platforms; OpenCL calls it an error if there is no platform."""
    try:
        platforms = cl.get_platforms()
    except cl.LogicError:
        return []
    return [device for platform in platforms for device in _devices(platform)]


def label(device: cl.Device) -> str:
    """The names of the device's platform and of the device itself."""
    return f"{device.platform.name.strip()}: {device.name.strip()}"


def _devices(platform: cl.Platform) -> list[cl.Device]:
    try:
        return list(platform.get_devices())
    except cl.LogicError:
        return []


def _preference(device: cl.Device) -> int:
    order = (cl.device_type.GPU, cl.device_type.ACCELERATOR, cl.device_type.CPU)
    return next((i for i, kind in enumerate(order) if device.type & kind), len(order))
