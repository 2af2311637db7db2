"""What the HTML pages share: templates, texts that can't break out of them, an order of dtypes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


def environment(folder: Path) -> Environment:
    """What renders the templates of a folder, every text escaped."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )


def assets(files: Iterable[Path]) -> Markup:
    """Styles or scripts, one after the other."""
    return Markup("\n".join(file.read_text("utf-8") for file in files))


def encodable(page: str) -> str:
    """The page without what UTF-8 can't hold."""
    return page.encode("utf-8", "replace").decode("utf-8")


def embed(content: Any) -> str:
    """JSON that can stand inside a script element whatever its strings hold."""
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def dtype_order(dtype: str) -> tuple[int, int, str]:
    """A sort key: floats, complex, integers, bool, each from the widest to the narrowest."""
    kinds = ("float", "bfloat", "complex", "int", "uint", "bool")
    match = re.match(r"([a-z]+)(\d*)", dtype)
    kind, bits = match.groups() if match else ("", "")
    place = kinds.index(kind) if kind in kinds else len(kinds)
    return (0 if kind == "bfloat" else place, -int(bits or 0), f"{place}{dtype}")
