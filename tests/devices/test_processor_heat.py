"""The processor's temperature, from folders such as Linux shows them, and from some that nobody can make sense of."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from kiosk.processor_heat import processor_celsius


def zone(root: Path, number: int, kind: str, temp: str) -> None:
    folder = root / "thermal" / f"thermal_zone{number}"
    folder.mkdir(parents=True)
    (folder / "type").write_text(f"{kind}\n")
    (folder / "temp").write_text(temp)


def chip(root: Path, number: int, name: str, **inputs: str) -> None:
    folder = root / "hwmon" / f"hwmon{number}"
    folder.mkdir(parents=True)
    (folder / "name").write_text(f"{name}\n")
    for file, text in inputs.items():
        (folder / file).write_text(text)


@pytest.mark.parametrize("kind", ["x86_pkg_temp", "cpu-thermal", "cpu_thermal", "soc-thermal", "bigcore-thermal"])
def test_a_zone_of_the_processor(tmp_path: Path, kind: str) -> None:
    zone(tmp_path, 0, "acpitz", "27800\n")
    zone(tmp_path, 1, kind, "61500\n")
    assert processor_celsius(tmp_path) == 61.5


@pytest.mark.parametrize("name", ["coretemp", "k10temp", "zenpower"])
def test_the_hottest_of_a_chips_sensors(tmp_path: Path, name: str) -> None:
    chip(tmp_path, 0, "nvme", temp1_input="95000\n")
    chip(tmp_path, 1, name, temp1_input="58000\n", temp2_input="63000\n", temp2_max="100000\n", fan1_input="99000\n")
    assert processor_celsius(tmp_path) == 63.0


def test_sensors_are_links_as_in_the_kernels_own_folder(tmp_path: Path) -> None:
    zone(tmp_path / "devices", 0, "cpu-thermal", "41000")
    (tmp_path / "class" / "thermal").mkdir(parents=True)
    real = tmp_path / "devices" / "thermal" / "thermal_zone0"
    (tmp_path / "class" / "thermal" / "thermal_zone0").symlink_to(real)
    assert processor_celsius(tmp_path / "class") == 41.0


@pytest.mark.parametrize("temp", ["", "hot", "1e9", "150001", "-40000", "9" * 5000, "\0\0", "61.5", "0x10"])
def test_nonsense_is_not_known(tmp_path: Path, temp: str) -> None:
    zone(tmp_path, 0, "x86_pkg_temp", temp)
    assert processor_celsius(tmp_path) is None


def test_nothing_there_is_not_known(tmp_path: Path) -> None:
    assert processor_celsius(tmp_path) is None
    assert processor_celsius(tmp_path / "missing") is None


def test_what_would_keep_a_reader_waiting_is_not_read(tmp_path: Path) -> None:
    """A pipe that nobody writes to, a folder, a link to itself, a device that never ends."""
    folder = tmp_path / "thermal" / "thermal_zone0"
    folder.mkdir(parents=True)
    (folder / "type").write_text("x86_pkg_temp")
    os.mkfifo(folder / "temp")
    for number, target in enumerate(("/dev/zero", "loop", "."), start=1):
        other = tmp_path / "thermal" / f"thermal_zone{number}"
        other.mkdir()
        (other / "type").write_text("cpu")
        (other / "temp").symlink_to(target if target != "loop" else "temp")
    (tmp_path / "hwmon").write_text("no folder")
    assert processor_celsius(tmp_path) is None


def test_of_too_many_sensors_some_are_enough(tmp_path: Path) -> None:
    for number in range(200):
        zone(tmp_path, number, "cpu", "50000")
    assert processor_celsius(tmp_path) == 50.0


def test_whatever_bytes_stand_there(tmp_path: Path) -> None:
    """Never anything but a plausible number or None."""
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    print(f"SEED={seed}")  # noqa: T201 - shown when it fails
    chance = random.Random(seed)
    for number in range(40):
        zone(tmp_path, number, "cpu", "")
    for _ in range(25):
        for number in range(40):
            (tmp_path / "thermal" / f"thermal_zone{number}" / "temp").write_bytes(chance.randbytes(chance.randrange(9)))
        found = processor_celsius(tmp_path)
        assert found is None or -30 <= found <= 150
