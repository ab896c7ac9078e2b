"""Wet hands: on every admin screen there is, everything that can be touched is 15 mm high, seen whole, uncovered and in
nobody's way; in every size, both languages and the largest text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.button import Button
from kivy.uix.widget import Widget

from kiosk.screens.admin.stage import _CLASSES
from kiosk.screens.flow.state import TextSize, View
from kiosk.screens.widgets.push_button import PushButton
from kiosk.screens.widgets.scroll_area import ScrollArea
from tests.screens.admin_crawl import ATTRACT, EVERYBODY, Crawl, ListeningDriver
from tests.screens.conftest import close
from tests.screens.driver import LYING, UPRIGHT
from tests.screens.test_admin_shell import open_admin
from tests.screens.touching import LEAST_PX_AT_WIDE, WIDE, check_touch

LOOKS = [
    (WIDE, View("zh", TextSize.NORMAL)),
    (LYING, View("en", TextSize.LARGEST)),
]
OpenApp = Callable[[tuple[int, int]], ListeningDriver]


@pytest.fixture
def open_app(kept_of: Callable[[type[Any]], Callable[..., Any]]) -> OpenApp:
    return lambda size: kept_of(ListeningDriver)(ATTRACT, size=size)


@pytest.fixture(scope="module")
def crawled() -> list[Crawl]:
    """Made once, by the first test that needs it."""
    return []


def crawl(crawled: list[Crawl], open_app: OpenApp) -> Crawl:
    if not crawled:
        ui = open_app(WIDE)
        open_admin(ui, EVERYBODY)
        crawled.append(Crawl(ui, ui.app.admin.state))
    return crawled[0]


def test_every_screen_is_reached_by_touches(open_app: OpenApp, crawled: list[Crawl]) -> None:
    """Else it would not be held to anything here."""
    found = crawl(crawled, open_app)
    missing = _CLASSES.keys() - found.screens - {"gate"}
    assert not missing, f"answer in tests/admin_flow/answers.py what they wait for: {sorted(found.unanswered)}"


@pytest.mark.parametrize(("size", "view"), LOOKS, ids=str)
def test_everything_can_be_touched_with_wet_hands(
    open_app: OpenApp, crawled: list[Crawl], size: tuple[int, int], view: View
) -> None:
    found = crawl(crawled, open_app)
    check_all(open_app(size), found, view, touches_all=view == LOOKS[0][1])


@pytest.mark.prove
@pytest.mark.parametrize("size", [WIDE, UPRIGHT, LYING], ids=str)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("text_size", TextSize)
def test_in_every_size_language_and_text_size(
    open_app: OpenApp, crawled: list[Crawl], size: tuple[int, int], language: str, text_size: TextSize
) -> None:
    found = crawl(crawled, open_app)
    check_all(open_app(size), found, View(language, text_size), touches_all=True)


def check_all(ui: ListeningDriver, found: Crawl, view: View, *, touches_all: bool) -> None:
    open_admin(ui, None)
    check_touch(ui)
    faults = []
    for state in found.states.values():
        ui.put(replace(state, view=view))
        try:
            check_touch(ui, touches_all=touches_all)
        except AssertionError as fault:
            faults.append(f"{state.screen}: {fault}")
    assert not faults, "\n".join(faults)


# --- planted bugs, each on a home that is as it should be ---


def _small(ui: ListeningDriver) -> None:
    tile = ui.find(test_id="section-stock")
    tile.size_hint_y, tile.height = None, LEAST_PX_AT_WIDE - 1


def _of_another_class(ui: ListeningDriver) -> None:
    ui.app.admin._stage.layers.add_widget(Button(text="small", size_hint=(None, None), size=(300, 60)))


def _bound_alone(ui: ListeningDriver) -> None:
    """A picture that something is bound to."""
    picture = Widget(size_hint=(None, None), size=(60, 60))
    picture.bind(on_touch_down=lambda *_: True)
    ui.app.admin._stage.layers.add_widget(picture)


def _covered(ui: ListeningDriver) -> None:
    tile = ui.find(test_id="section-stock")
    ui.app.admin._stage.layers.add_widget(
        PushButton(text="x", size_hint=(None, None), size=(200, 200), pos=tile.center)
    )


def _off_the_window(ui: ListeningDriver) -> None:
    ui.app.admin._stage.layers.add_widget(PushButton(text="x", size_hint=(None, None), size=(200, 200), pos=(-80, 0)))


def _unseen(ui: ListeningDriver) -> None:
    key = PushButton(text="x", size_hint=(None, None), size=(200, 200), opacity=0)
    ui.app.admin._stage.layers.add_widget(key)


def _dragged(ui: ListeningDriver) -> None:
    """A list without page keys."""
    area, rows = ScrollArea(size_hint=(None, None), size=(400, 200)), BoxLayout(orientation="vertical")
    rows.size_hint_y, rows.height = None, 600
    for number in range(4):
        rows.add_widget(PushButton(text=str(number), size_hint_y=None, height=150))
    area.add_widget(rows)
    ui.app.admin._stage.layers.add_widget(area)


PLANTED: Mapping[Callable[[ListeningDriver], None], str] = {
    _small: "too small for a wet finger: 'section-stock'",
    _of_another_class: "too small for a wet finger: 'small'",
    _bound_alone: "too small for a wet finger: 'Widget'",
    _covered: "covered: a touch at .* of 'section-",
    _off_the_window: "not wholly on the window: 'x'",
    _unseen: "takes touches unseen: 'x'",
    _dragged: "read by a drag alone",
}


@pytest.mark.parametrize(("plant", "told"), PLANTED.items(), ids=[plant.__name__ for plant in PLANTED])
def test_planted_bugs_are_found(
    open_app: OpenApp, kept: list[Any], plant: Callable[[ListeningDriver], None], told: str
) -> None:
    ui = open_app(WIDE)
    open_admin(ui, EVERYBODY)
    check_touch(ui)
    plant(ui)
    with pytest.raises(AssertionError, match=told):
        check_touch(ui, touches_all=True)
    close(kept)  # nobody goes on with that window
