"""The terminal's commands as somebody types them: play, check, enrol, backup, and what they say of bad settings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from kiosk.state_folder import take_state_dir
from tests.end_to_end.site import ROOT, free_port, without_display


def main(*arguments: str, timeout_s: float = 100) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        cwd=ROOT,
        env=without_display(),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


@pytest.fixture
def demo_config(tmp_path: Path) -> Path:
    """The demonstration's own settings, with folders and ports of this test."""
    central_port, printer_port = str(free_port()), str(free_port())

    def adapted(name: str) -> Path:
        text = (ROOT / "config" / name).read_text("utf-8")
        text = text.replace("out/demo", str(tmp_path)).replace("8710", central_port).replace("9810", printer_port)
        text = text.replace("config/demo-central.toml", str(tmp_path / "demo-central.toml"))
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    adapted("demo-central.toml")
    return adapted("demo.toml")


@pytest.mark.timeout(240)
def test_the_demonstration_plays_to_its_end(demo_config: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = main("--config", str(demo_config), "play", "--out", str(out), timeout_s=200)
    assert done.returncode == 0, done.stdout + done.stderr + _log(tmp_path)
    for said in ("paid", "central has order A001", "central has order A002", "refused, nothing charged", "Done."):
        assert said in done.stdout
    for picture in ("attract", "menu", "combo", "checkout", "paying", "result-paid", "result-counter"):
        with Image.open(out / f"{picture}.png") as image:
            assert image.size == (1080, 1920)
            fewer = image.resize((270, 480), Image.Resampling.NEAREST)
            assert len(fewer.getcolors(270 * 480) or []) > 200, f"{picture} shows nothing"
    for paper in ("receipt-member", "kitchen-ticket-member", "counter-slip"):
        assert (out / f"{paper}.png").stat().st_size > 1000
    log = _log(tmp_path)
    for personal in ("62E3086CED", "王小明", "王*明", "02004DB005"):
        assert personal not in log
    _check_says_what_is_there(demo_config)


def _check_says_what_is_there(demo_config: Path) -> None:
    """Afterwards: the database is good, and nothing of the demonstration runs any more."""
    done = main("--config", str(demo_config), "check")
    assert done.returncode == 1
    assert "0 events wait to be uploaded" in done.stdout
    assert "enrolled as terminal A" in done.stdout
    assert "86 dishes" in done.stdout
    assert "its simulator is not running" in done.stdout
    audited = main("--config", str(demo_config), "check-audit")
    assert audited.returncode == 0, audited.stdout + audited.stderr
    assert "central was not asked" in audited.stdout
    whole = re.search(r"entries 1 to (\d+) are whole, countersigned by central up to (\d+)", audited.stdout)
    assert whole, audited.stdout
    # Begun, started, enrolled, and, after the last upload, stopped.
    assert (int(whole[1]), int(whole[2])) == (4, 3)
    assert "does not answer" in done.stdout


def _log(folder: Path) -> str:
    return "".join(p.read_text("utf-8", "replace") for p in (folder / "terminal" / "logs").glob("*.log"))


@pytest.mark.parametrize(
    ("line", "replacement", "said"),
    [
        ('driver = "rdm6300"', 'driver = "rdm9999"', "card_reader[0].driver: unknown device driver 'rdm9999'"),
        ("fullscreen = false", "fulscreen = false", "screen.fulscreen: "),
        ("width = 1080", 'width = "wide"', "screen.width: Expected `int`, got `str`"),
        ('name = "kitchen"', 'name = "receipts"', "printer[1].name: 'receipts' stands twice"),
        ("[screen]", "[screen", "is not TOML"),
    ],
)
def test_bad_settings_name_file_line_and_field(demo_config: Path, line: str, replacement: str, said: str) -> None:
    text = demo_config.read_text("utf-8")
    number = text[: text.index(line)].count("\n") + 1
    demo_config.write_text(text.replace(line, replacement, 1), "utf-8")
    done = main("--config", str(demo_config), "check")
    assert done.returncode == 2
    assert said in done.stderr
    assert f"{demo_config}:{number}:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_settings_file_that_is_missing_is_named(tmp_path: Path) -> None:
    done = main("--config", str(tmp_path / "nothing.toml"), "check")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "nothing.toml: cannot be read" in done.stderr


def test_a_wrong_code_does_not_enrol(demo_config: Path) -> None:
    done = main("--config", str(demo_config), "enrol", "WRONG-CODE")
    assert done.returncode == 1
    assert done.stderr.startswith("Not enrolled: ")


def test_a_face_is_enrolled_only_by_staff_who_say_who_they_are(demo_config: Path) -> None:
    done = main("--config", str(demo_config), "enrol-face", "--card", "62e3086ced", "--staff", " ")
    assert done.returncode == 2
    assert "who is there of the staff" in done.stderr


def test_a_database_that_cannot_be_opened_ends_the_program_with_the_reason(demo_config: Path, tmp_path: Path) -> None:
    state_dir = tmp_path / "terminal"
    assert main("--config", str(demo_config), "backup", str(tmp_path / "copy.db")).returncode == 0
    (state_dir / "terminal.key").write_bytes(bytes(32))
    done = main("--config", str(demo_config), "run")
    assert done.returncode == 1
    assert "the key does not open it" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_terminal_in_the_same_folder_is_refused(demo_config: Path, tmp_path: Path) -> None:
    lock = take_state_dir(tmp_path / "terminal")
    try:
        done = main("--config", str(demo_config), "run")
    finally:
        os.close(lock)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "a terminal is running" in done.stderr


def test_a_backup_is_a_whole_encrypted_copy(demo_config: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    done = main("--config", str(demo_config), "backup", str(copy))
    assert done.returncode == 0, done.stderr
    assert copy.stat().st_size > 4096
    assert not copy.read_bytes().startswith(b"SQLite format 3")
