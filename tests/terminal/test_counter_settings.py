"""What [counter] in a settings file means, and what is refused."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import pytest

from kiosk.configfile import ConfigFileError
from kiosk.domain.counter import NOTHING_KEYED, CounterLimits
from kiosk.settings import Settings, load_settings

BEGIN = """
[terminal]
name = "T1"
role = "{role}"
[central]
url = "http://127.0.0.1:1"
"""


def settings_of(folder: Path, text: str, role: str = "counter") -> Settings:
    path = folder / "terminal.toml"
    path.write_text(BEGIN.format(role=role) + text, encoding="utf-8")
    return load_settings(path)


def test_what_staff_may_type(tmp_path: Path) -> None:
    limits = "[counter]\nlargest_sum_minor = 5000\nlargest_weight_g = 1500\n"
    assert settings_of(tmp_path, limits).counter_limits() == CounterLimits(5000, 1500)
    assert settings_of(tmp_path, "").counter_limits() == CounterLimits(20_000, 3_000)
    assert settings_of(tmp_path, limits, role="order").counter_limits() == NOTHING_KEYED


def test_the_example_that_is_commented_out_is_sound(tmp_path: Path) -> None:
    lines = Path("config/example-terminal.toml").read_text(encoding="utf-8").splitlines()
    shown = takewhile(lambda line: line.startswith("#"), lines[lines.index("# [counter]") :])
    counter = settings_of(tmp_path, "\n".join(line.removeprefix("#").strip() for line in shown)).counter
    assert (counter.staff, counter.ask_again_s) == ("7", 20)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("largest_sum_minor = 0", "largest_sum_minor"),
        ("largest_sum_minor = 1000001", "largest_sum_minor"),
        ("largest_weight_g = -1", "largest_weight_g"),
        ("largest_weight_g = 20001", "largest_weight_g"),
        ("ask_again_s = 0", "ask_again_s"),
        ("turn_from_minor = -1", "turn_from_minor"),
        ('staff = ""', "staff"),
        ('staff = "  "', "staff"),
        ('staff = "a\\u0000b"', "staff"),
        (f'staff = "{"x" * 61}"', "staff"),
        ("till = 1", "till"),
    ],
)
def test_what_cannot_be(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(ConfigFileError) as caught:
        settings_of(tmp_path, f"[counter]\n{text}\n")
    assert caught.value.field == f"counter.{field}"


def test_a_role_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(ConfigFileError) as caught:
        settings_of(tmp_path, "", role="cook")
    assert caught.value.field == "terminal.role"


PRINTER = """
[[printer]]
name = "{name}"
port = "tcp://127.0.0.1:{port}"
drawer = true
"""


def test_one_cash_drawer_where_cash_is_taken(tmp_path: Path) -> None:
    one, other = PRINTER.format(name="front", port=1), PRINTER.format(name="kitchen", port=2)
    assert [printer.drawer for printer in settings_of(tmp_path, one).printer] == [True]
    with pytest.raises(ConfigFileError, match=r"printer\[1\].drawer"):
        settings_of(tmp_path, one + other)
    with pytest.raises(ConfigFileError, match=r"printer\[0\].drawer"):
        settings_of(tmp_path, one, role="order")
