"""Reading and writing where a mask is true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

OPS: dict[str, Callable[..., Any]] = {
    "masked_select": torch.masked_select,
    "masked_fill": torch.masked_fill,
    "masked_scatter": torch.masked_scatter,
}
