"""The shared widgets on a bare screen, and that the layout check finds each kind of fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.screens.flow.state import ScreenName
from kiosk.screens.widgets import (
    Chip,
    FitText,
    Glyph,
    IconButton,
    PushButton,
    ScrollArea,
    Sheet,
    SheetPanel,
    Stepper,
    TextBlock,
)
from kiosk.screens.widgets.typesetting import TEXT_FONT
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.layout import check_layout

Bare = Callable[..., Driver]


@pytest.fixture
def bare(open_app: Callable[..., Driver]) -> Bare:
    """Puts these widgets alone on an open app, each at its own place."""
    ui = open_app(replace(scenes.state(ScreenName.MENU), menu=None))
    ui.app._stage.layers.clear_widgets()

    def shown(*widgets: Widget) -> Driver:
        for widget in widgets:
            ui.app._stage.layers.add_widget(widget)
        ui.step(3)
        return ui

    return shown


class Counted:
    """How often something was released, and which."""

    def __init__(self, *buttons: Any) -> None:
        self.released: list[Any] = []
        for button in buttons:
            button.bind(on_release=self.released.append)


def button(text: str = "ok", pos: tuple[int, int] = (100, 900), **kwargs: Any) -> PushButton:
    return PushButton(text=text, size_hint=(None, None), width=300, pos=pos, **kwargs)


# --- pressing ---


def test_button_acts_when_the_finger_leaves_inside(bare: Bare) -> None:
    ui = bare(one := button())
    seen = Counted(one)
    finger = ui.press(*one.center)
    assert one.pressed
    assert seen.released == []
    finger.send("end")
    assert seen.released == [one]
    assert not one.pressed


def test_finger_that_slides_off_does_nothing(bare: Bare) -> None:
    ui = bare(one := button())
    seen = Counted(one)
    finger = ui.press(*one.center)
    finger.send("update", one.right + 100, one.top + 100)
    assert not one.pressed
    finger.send("end")
    assert seen.released == []


def test_disabled_button_does_nothing(bare: Bare) -> None:
    ui = bare(one := button(disabled=True))
    seen = Counted(one)
    ui.tap(one)
    assert seen.released == []


def test_only_the_topmost_is_reached(bare: Bare) -> None:
    below, above = button("below"), button("above")
    ui = bare(below, above)
    seen = Counted(below, above)
    ui.tap(above)
    assert seen.released == [above]


# --- scrolling ---


def long_list(rows: int = 30) -> tuple[ScrollArea, list[PushButton]]:
    area = ScrollArea(size_hint=(None, None), size=(600, 900), pos=(100, 300))
    column = BoxLayout(orientation="vertical", size_hint_y=None, height=rows * 120)
    buttons = [PushButton(text=f"row {i}") for i in range(rows)]
    for row in buttons:
        row.height = 120
        column.add_widget(row)
    area.add_widget(column)
    return area, buttons


def test_press_shows_at_once_and_a_drag_takes_it_back(bare: Bare) -> None:
    area, buttons = long_list()
    ui = bare(area)
    seen = Counted(*buttons)
    finger = ui.press(400, 700)
    pressed = [row for row in buttons if row.pressed]
    assert len(pressed) == 1
    for y in (750, 800, 850, 900):
        finger.send("update", 400, y)
    assert not pressed[0].pressed
    finger.send("end")
    ui.advance(3)
    assert seen.released == []
    assert area.scroll_px > 0


def test_small_tremble_still_presses(bare: Bare) -> None:
    area, buttons = long_list()
    ui = bare(area)
    seen = Counted(*buttons)
    finger = ui.press(400, 700)
    finger.send("update", 404, 710)
    finger.send("end")
    assert len(seen.released) == 1
    assert area.scroll_px == 0


def test_touch_reaches_what_is_seen_after_scrolling(bare: Bare) -> None:
    area, buttons = long_list()
    ui = bare(area)
    seen = Counted(*buttons)
    area.scroll_to(1200)
    ui.step()
    ui.tap_at(400, 300 + 900 - 60)
    assert seen.released == [buttons[10]]


def test_scroll_stays_between_its_ends(bare: Bare) -> None:
    area, _ = long_list()
    ui = bare(area)
    ui.drag((400, 400), (400, 1100), frames=4)
    ui.drag((400, 1100), (400, 400), frames=4)
    ui.advance(5)
    assert area.scroll_px == 0
    area.scroll_to(10**6)
    assert area.scroll_px == area.furthest_px == 30 * 120 - 900


def test_nothing_outside_the_area_is_touched(bare: Bare) -> None:
    area, buttons = long_list()
    ui = bare(area)
    seen = Counted(*buttons)
    ui.tap_at(400, 250)
    ui.tap_at(400, 1250)
    assert seen.released == []


# --- sheet, stepper ---


def test_sheet_blocks_and_is_dismissed_beside_its_panel(bare: Bare) -> None:
    below = button(pos=(100, 1700))
    sheet = Sheet()
    panel = SheetPanel(units=800)
    inside = PushButton(text="inside")
    panel.add_widget(inside)
    sheet.add_widget(panel)
    ui = bare(below, sheet)
    seen = Counted(below, inside)
    dismissed: list[object] = []
    sheet.bind(on_dismiss=dismissed.append)
    assert panel.height == 800
    ui.tap(inside)
    assert seen.released == [inside]
    ui.tap_at(540, 600)  # on the panel, beside its content
    assert dismissed == []
    ui.tap(below)
    assert dismissed == [sheet]
    assert seen.released == [inside]


def test_stepper_asks_within_its_bounds(bare: Bare) -> None:
    stepper = Stepper(value=2, lowest=1, highest=3, pos=(100, 900), test_id="n")
    ui = bare(stepper)
    asked: list[int] = []
    stepper.bind(on_step=lambda _widget, wanted: asked.append(wanted))
    ui.tap(test_id="n-plus")
    ui.tap(test_id="n-minus")
    assert asked == [3, 1]
    stepper.value = 3
    ui.tap(test_id="n-plus")
    assert asked == [3, 1]


# --- text ---


def test_text_shrinks_rather_than_be_cut(bare: Bare) -> None:
    box = FitText(text="A very long label for so small a box", size_hint=(None, None), size=(240, 90), pos=(100, 900))
    ui = bare(box)
    assert box.font_size < ui.app.look.font("label")
    check_layout(ui)
    box.text = "ok"
    assert box.font_size == ui.app.look.font("label")


def test_text_block_grows_with_its_text(bare: Bare) -> None:
    block = TextBlock(text="short", size_hint_x=None, width=400, pos=(100, 900))
    ui = bare(block)
    one_line = block.height
    block.text = "a much longer text that certainly needs several lines of that width"
    ui.step(2)
    assert block.height >= 3 * one_line


def test_text_block_breaks_its_lines_as_chinese_does(bare: Bare) -> None:
    """At no width a mark that closes begins a line; `text` stays what it was."""
    said = "请刷卡，或看这里：“付款”。"
    block = TextBlock(text=said, size_hint_x=None, width=400, pos=(100, 900))
    ui = bare(block)
    for width in range(200, 500, 10):
        block.width = width
        ui.step(2)
        check_layout(ui)
    assert block.text == said


def test_unknown_icon_draws_something(bare: Bare) -> None:
    glyph = Glyph(icon="no-such-icon", pos=(100, 900))
    bare(glyph)
    assert glyph.text


# --- the layout check itself ---


def fault_of(ui: Driver) -> str:
    with pytest.raises(AssertionError) as caught:
        check_layout(ui)
    return str(caught.value)


def small(widget: IconButton) -> IconButton:
    widget.width = 90
    return widget


def words(text: str, pos: tuple[int, int], size: tuple[int, int], **kwargs: Any) -> Label:
    return Label(text=text, size_hint=(None, None), size=size, pos=pos, font_size=40, **kwargs)


def chinese(text: str) -> Label:
    """As Kivy breaks it, four characters a line."""
    return words(text, (100, 900), (170, 200), text_size=(170, 200), font_name=TEXT_FONT)


def test_check_passes_a_good_screen(bare: Bare) -> None:
    check_layout(bare(button(), words("fine", (600, 900), (300, 100))))


@pytest.mark.parametrize(
    ("faulty", "named"),
    [
        (lambda: [words("far too long for its box", (100, 900), (150, 60))], "overflows"),
        (lambda: [words("two lines in a box of one", (100, 900), (300, 70), text_size=(300, 70))], "cut off"),
        (lambda: [words("shortened to an end", (100, 900), (200, 70), text_size=(200, 70), shorten=True)], "shortened"),
        (lambda: [words("Incomprehensibilities", (100, 900), (200, 200), text_size=(200, 200))], "word broken"),
        (
            lambda: [chinese("四个字呢，逗号")],
            "begins a line",
        ),
        (
            lambda: [chinese("三个字（括号")],
            "ends a line",
        ),
        (lambda: [words("one", (100, 900), (200, 60)), words("two", (120, 910), (200, 60))], "overlap"),
        (lambda: [words("outside", (1000, 900), (300, 60))], "sticks out"),
        (lambda: [words("below", (100, -30), (300, 60))], "off the screen"),
        (lambda: [button(), small(IconButton(icon="plus", pos=(600, 900)))], "too small"),
        (lambda: [button("a"), button("b", pos=(300, 950))], "targets overlap"),
    ],
)
def test_check_finds(bare: Bare, faulty: Callable[[], list[Widget]], named: str) -> None:
    assert named in fault_of(bare(*faulty()))


def test_check_fails_where_nothing_can_be_read(bare: Bare) -> None:
    assert "nothing to read" in fault_of(bare(FloatLayout()))


def test_chip_marks_itself_by_more_than_colour(bare: Bare) -> None:
    chip = Chip(text="halal", icon="food-halal", pos=(100, 900))
    ui = bare(chip)
    chip.active = True
    ui.step(2)
    assert [g.icon for g in chip.children if isinstance(g, Glyph)] == ["check-bold"]
