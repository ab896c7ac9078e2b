"""What a counter terminal makes of its settings: its screen lies, its rules, its customer's window."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.counter_start import customer_window, first_counter_state
from kiosk.domain.counter import CounterLimits
from kiosk.screens.bridge import Bridge
from kiosk.settings import Settings, load_settings

CONFIG = Path(__file__).resolve().parents[2] / "config"
LEAST = """
[terminal]
name = "counter"
role = "{role}"
[central]
url = "http://127.0.0.1:1"
"""


def settings(tmp_path: Path, more: str = "", role: str = "counter") -> Settings:
    path = tmp_path / "terminal.toml"
    path.write_text(LEAST.format(role=role) + more, "utf-8")
    return load_settings(path)


def test_a_counters_screen_lies_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    screen = settings(tmp_path).screen
    assert (screen.width, screen.height) == (1920, 1080)
    screen = settings(tmp_path, role="order").screen
    assert (screen.width, screen.height) == (1080, 1920)
    screen = settings(tmp_path, "[screen]\nwidth = 1280\nheight = 800\n").screen
    assert (screen.width, screen.height) == (1280, 800)


def test_the_files_that_come_along_are_understood() -> None:
    for name in ("demo-counter", "example-counter"):
        assert load_settings(CONFIG / f"{name}.toml").terminal.role == "counter"


def test_what_staff_may_key_comes_from_the_settings(tmp_path: Path) -> None:
    more = "[counter]\nlargest_sum_minor = 3000\nlargest_weight_g = 500\n[idle]\nresult_s = 4\n"
    rules = first_counter_state(settings(tmp_path, more), None).rules
    assert rules.limits == CounterLimits(3000, 500)
    assert rules.result_s == 4
    assert rules.face_policy is None


@pytest.mark.parametrize(("face", "camera", "takes"), [(True, True, True), (True, False, False), (False, True, False)])
def test_faces_pay_where_both_sections_are(tmp_path: Path, face: bool, camera: bool, takes: bool) -> None:
    more = "[counter]\nturn_from_minor = 700\n"
    more += "[face]\nlargest_minor = 2000\n" if face else ""
    more += '[camera]\nsource = "0"\n' if camera else ""
    policy = first_counter_state(settings(tmp_path, more), None).rules.face_policy
    assert (policy is not None) is takes
    if policy is not None:
        assert (policy.turn_from_minor, policy.largest_minor) == (700, 2000)


def test_a_customers_window_only_where_it_is_asked_for(tmp_path: Path) -> None:
    bridge = Bridge()
    own = bridge.preview
    assert customer_window(settings(tmp_path), tmp_path, bridge) is None
    shown = "[counter]\ncustomer_display = true\n"
    assert customer_window(settings(tmp_path, shown), tmp_path, bridge) is not None
    assert bridge.preview is own, "without a camera there is nothing to share"
    with_camera = shown + '[camera]\nsource = "/dev/video0"\n'
    assert customer_window(settings(tmp_path, with_camera), tmp_path, bridge) is not None
    assert bridge.preview is not own
