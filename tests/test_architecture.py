"""The house's plan: who may import whom (docs/architecture.md, the contracts in pyproject.toml)."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = sorted((ROOT / "kiosk" / "domain").rglob("*.py"))

# Of the standard library, what reaches outside the program or reads a clock.
IMPURE = {
    "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "select", "shutil", "signal",
    "socket", "sqlite3", "ssl", "subprocess", "tempfile", "termios", "threading", "time", "urllib",
}  # fmt: skip
CLOCK_READINGS = {"now", "today", "utcnow", "monotonic", "time_ns", "perf_counter"}


def imported_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_contracts_hold() -> None:
    """In a process of its own: import-linter silences the loggers of the one that it runs in."""
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.stem)
def test_domain_is_pure(path: Path) -> None:
    """Standard library and itself only, nothing of it that does I/O, and no reading of a clock."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name in imported_names(tree):
        top = name.partition(".")[0]
        assert name.startswith("kiosk.domain") or top in sys.stdlib_module_names, f"{path}: imports {name}"
        assert top not in IMPURE, f"{path}: imports {name}, which does I/O or reads a clock"
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    readings = [ast.unparse(func) for func in calls if getattr(func, "attr", None) in CLOCK_READINGS]
    assert [r for r in readings if r.startswith(("datetime.", "date.", "time."))] == []


def loaded_by(module: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after importing `module`."""
    names = "{name.partition('.')[0] for name, loaded in sys.modules.items() if loaded is not None}"
    program = f"import sys, {module}; print(*{names})"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


def test_the_first_frame_does_not_wait_for_the_checkout() -> None:
    """Nobody pays so soon: the back room imports it."""
    program = "import sys, kiosk.bootstrap; print('kiosk.services.checkout' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("kiosk.sync.wire", {"kivy", "sqlalchemy", "httpx", "serial", "sqlcipher3"}),
        ("kiosk.screens.flow", {"kivy", "sqlalchemy", "httpx", "serial", "sqlcipher3"}),
        ("kiosk.machinery", {"cv2", "numpy"}),
        ("kiosk.check", {"cv2", "numpy"}),
        ("kiosk.devices.bench.__main__", {"cv2", "numpy"}),
        ("central.app", {"kivy", "serial", "escpos", "cv2", "numpy"}),
        ("kiosk.bootstrap", {"cv2", "numpy", "dlib", "face_recognition"}),
    ],
)
def test_loads_nothing_it_does_not_need(module: str, unwanted: set[str]) -> None:
    """What import-linter cannot see: a package's __init__ that drags in the rest."""
    assert loaded_by(module) & unwanted == set()


def test_no_kv_import_hides_an_id() -> None:
    """What one kv file imports, all of them see; an id of the same name, in any of them, would be hidden by it."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "kiosk").rglob("*.kv")]
    imported = {name for text in texts for name in re.findall(r"^#:import (\w+)", text, re.MULTILINE)}
    ids = {name for text in texts for name in re.findall(r"^\s+id: (\w+)", text, re.MULTILINE)}
    assert not imported & ids


def test_no_two_kv_rules_have_one_name() -> None:
    """Rules go by the name of the class alone, whichever module it is in: the one would dress the other's widgets."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "kiosk").rglob("*.kv")]
    names = [name for text in texts for name in re.findall(r"^<(\w+)[@>]", text, re.MULTILINE)]
    assert sorted(names) == sorted(set(names))
