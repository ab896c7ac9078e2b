"""What a kitchen's screen and a pickup board make of their settings; numbers called out; marks kept."""

from __future__ import annotations

import threading
import wave
from pathlib import Path
from typing import Any

import pytest

from kiosk.configfile import ConfigFileError
from kiosk.domain.kitchen import Mark, Ticket
from kiosk.kitchen_start import first_kitchen_state
from kiosk.screens.announcer import Announcer, clips_for, has_voice, join_clips
from kiosk.screens.board_flow.state import BoardRules
from kiosk.screens.kitchen_effects import KitchenEffects
from kiosk.screens.kitchen_flow.events import MarkKept, MarkNotKept, MarkTicket
from kiosk.screens.kitchen_flow.state import KitchenRules
from kiosk.services.ports import StorageFailed
from kiosk.settings import Settings, load_settings
from tests.central.support import wait_until
from tests.kitchen_flow import scenes as scene

CONFIG = Path(__file__).resolve().parents[2] / "config"


def settings(tmp_path: Path, role: str, more: str = "") -> Settings:
    path = tmp_path / "terminal.toml"
    least = f'[terminal]\nname = "x"\nrole = "{role}"\n[central]\nurl = "http://127.0.0.1:1"\n'
    path.write_text(least + more, "utf-8")
    return load_settings(path)


@pytest.mark.parametrize("role", ["kitchen", "board"])
def test_the_files_that_come_along_are_understood(role: str) -> None:
    for name in ("demo", "example"):
        found = load_settings(CONFIG / f"{name}-{role}.toml")
        assert (found.terminal.role, found.is_of_kitchen) == (role, True)


def test_rules_come_from_the_settings(tmp_path: Path) -> None:
    more = '[kitchen]\nstall = "面档"\nlate_after_s = 60\nvery_late_after_s = 90\n'
    kitchen = settings(tmp_path, "kitchen", more)
    assert first_kitchen_state(kitchen).rules == KitchenRules("面档", 60, 90)
    assert (kitchen.screen.width, kitchen.screen.height) == (1920, 1080)
    more = '[kitchen]\nstall = "面档"\n[board]\nshow_ready_s = 100\nnew_for_s = 5\n'
    first = first_kitchen_state(settings(tmp_path, "board", more))
    assert first.rules == BoardRules("面档", 100, 5)
    assert first.view.high_contrast


@pytest.mark.parametrize(
    "more",
    ["[kitchen]\nlate_after_s = 600\n", f'[kitchen]\nstall = "{"x" * 21}"\n', '[board]\nvoice = ["fr"]\n'],
)
def test_what_cannot_be_is_refused(tmp_path: Path, more: str) -> None:
    with pytest.raises(ConfigFileError):
        settings(tmp_path, "kitchen", more)


def test_every_number_can_be_said(tmp_path: Path) -> None:
    assert has_voice(["zh", "en"])
    names = [clip.stem for clip in clips_for("A07", ["zh", "en"])]
    zh, en = ["zh-before", "A", "zh-0", "zh-7", "zh-after"], ["en-before", "A", "en-0", "en-7", "en-after"]
    assert names == ["chime", *zh, *en]
    assert [clip.stem for clip in clips_for("/../é ٣", ["zh"])] == ["chime", "zh-before", "zh-after"]
    join_clips(clips_for("AB1037", ["zh"]), tmp_path / "said.wav")
    with wave.open(str(tmp_path / "said.wav")) as said:
        assert 3 < said.getnframes() / said.getframerate() < 8


class Loudspeaker:
    """Remembers what was played; each sound is as long as it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def load(self, path: Path) -> Any:
        assert path.is_file()
        heard, name = self.heard, path.name

        class Played:
            length = 0.0

            def play(self) -> None:
                heard.append(name)

        return Played()


def test_calls_come_one_after_the_other_and_none_blocks(tmp_path: Path) -> None:
    speaker = Loudspeaker()
    announcer = Announcer(tmp_path, ["zh"], speaker.load)
    announcer.call("A001")
    announcer.call("A002")
    wait_until(lambda: len(speaker.heard) == 2)
    assert len(set(speaker.heard)) == 2
    for _ in range(100):
        announcer.call("A003")
    announcer.stop()


def test_a_call_that_fails_silences_no_other(tmp_path: Path) -> None:
    tries: list[int] = []

    def load(_path: Path) -> Any:
        tries.append(1)
        raise OSError

    announcer = Announcer(tmp_path, ["zh"], load)
    announcer.call("A001")
    announcer.call("A002")
    wait_until(lambda: len(tries) == 2)
    announcer.stop()
    Announcer(tmp_path, ["zh"]).stop()


class Marks:
    """Keeps marks, or its disk is full."""

    def __init__(self, *, is_full: bool = False) -> None:
        self.kept: list[tuple[str, Mark]] = []
        self._is_full = is_full

    def mark(self, before: Ticket, mark: Mark) -> None:
        if self._is_full:
            raise StorageFailed
        self.kept.append((before.number, mark))

    @property
    def mark_tickets(self) -> Marks:
        return self


def test_marks_are_kept_in_order_and_a_failure_is_told() -> None:
    told: list[Any] = []
    done = threading.Event()

    def post(event: Any) -> None:
        told.append(event)
        if len(told) == 2:
            done.set()

    marks = Marks()
    effects = KitchenEffects(lambda: marks, post, lambda _: None)
    effects(MarkTicket(scene.ticket(1), Mark.READY))
    effects(MarkTicket(scene.ticket(2), Mark.READY))
    assert done.wait(10)
    effects.stop()
    assert marks.kept == [("A001", Mark.READY), ("A002", Mark.READY)]
    assert all(isinstance(event, MarkKept) for event in told)

    failing = KitchenEffects(lambda: Marks(is_full=True), told.append, lambda _: None)
    failing(MarkTicket(scene.ticket(3), Mark.READY))
    failing.stop()
    assert told[-1] == MarkNotKept(scene.ticket(3))
