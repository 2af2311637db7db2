"""The wheel, built from the source distribution, ships what the folders hold and nothing else."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("reference", "backends", "conformance", "tolerances", "reports")
MISSING = [name for name in ("build", "hatchling") if importlib.util.find_spec(name) is None]


def tracked() -> set[str]:
    """What git knows under a path, or where there is no git what lies there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", *FOLDERS, "tests"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode == 0:
        return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    paths = (p for f in (*FOLDERS, "tests") for p in (ROOT / f).rglob("*"))
    return {str(p.relative_to(ROOT)) for p in paths if p.is_file() and "__pycache__" not in p.parts}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if MISSING:
        pytest.skip(f"{' and '.join(MISSING)} not installed")
    out = tmp_path_factory.mktemp("dist")
    ended = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return out


def shipped(built: Path) -> set[str]:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_ships_what_the_folders_hold(built: Path) -> None:
    files = {name for name in shipped(built) if not name.split("/")[0].endswith(".dist-info")}
    held = {f"tensorcts/{n}" for n in tracked() if n.split("/")[0] in FOLDERS}
    held = {name for name in held if not name.startswith("tensorcts/reports/published/")}
    untracked = {name for name in files - held if not (ROOT / name.partition("/")[2]).is_file()}
    assert held - files == set()
    assert untracked == set()


def test_the_wheel_is_typed_and_a_namespace(built: Path) -> None:
    files = shipped(built)
    assert {f"tensorcts/{folder}/py.typed" for folder in FOLDERS} <= files
    assert "tensorcts/__init__.py" not in files
    assert not any("__pycache__" in name or name.startswith("tests/") for name in files)


def test_the_wheel_carries_its_entry_points_and_licence(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        points = next(n for n in archive.namelist() if n.endswith("entry_points.txt"))
        text = archive.read(points).decode()
        assert any(n.endswith("licenses/LICENSE") for n in archive.namelist())
    for group in ("[console_scripts]", "[pytest11]", "[tensorcts.backends]"):
        assert group in text


def test_the_source_distribution_holds_the_tests(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    assert tracked() <= names
    assert {"pyproject.toml", "README.md", "LICENSE"} <= names
