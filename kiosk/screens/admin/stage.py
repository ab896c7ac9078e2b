"""The root of the admin screen's widgets: the bar, the screen for a state, and what the last act did."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from kivy.input import MotionEvent
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.admin.bar import AdminBar
from kiosk.screens.admin.notice_bar import NoticeBar
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow.state import AdminState, ShellNotice, ShownNotice
from kiosk.screens.art import Art
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look
from kiosk.screens.widgets.status_strip import StatusStrip
from kiosk.screens.words import other_language

# By the name of AdminState.screen; a section's own names come from its state.
_CLASSES = {
    "gate": ("gate", "GateScreen"),
    "home": ("home", "HomeScreen"),
    "stock": ("stock", "StockScreen"),
    "stock_dish": ("stock_dish", "StockDishScreen"),
    "ingredients": ("ingredients", "IngredientsScreen"),
    "ingredient": ("ingredient", "IngredientScreen"),
    "shift": ("shift", "ShiftScreen"),
    "shift-count": ("shift_count", "ShiftCountScreen"),
    "shift-amount": ("shift_amount", "ShiftAmountScreen"),
    "shift-reports": ("shift_reports", "ShiftReportsScreen"),
    "shift-report": ("shift_report", "ShiftReportScreen"),
    "menu_of_day": ("menu_of_day", "MenuOfDayScreen"),
    "menu_price": ("menu_price", "MenuPriceScreen"),
    "orders": ("orders", "OrdersScreen"),
    "order": ("orders_details", "OrderDetailsScreen"),
    "order_back": ("orders_back", "GivingBackScreen"),
    "order_payments": ("orders_payments", "LastPaymentsScreen"),
    "members": ("members", "MembersScreen"),
    "member_cards": ("member_cards", "MemberCardsScreen"),
    "member_correction": ("member_correction", "MemberCorrectionScreen"),
    "member_diet": ("member_diet", "MemberDietScreen"),
    "health": ("health", "HealthScreen"),
    "health_device": ("health_device", "HealthDeviceScreen"),
    "upkeep": ("upkeep", "UpkeepScreen"),
    "upkeep-sync": ("upkeep_pages", "SyncPage"),
    "upkeep-quarantine": ("upkeep_quarantine", "QuarantinePage"),
    "upkeep-storage": ("upkeep_pages", "StoragePage"),
    "upkeep-versions": ("upkeep_pages", "VersionsPage"),
    "upkeep-support": ("upkeep_support", "SupportPage"),
}


class AdminStage(BoxLayout):
    """From the top: a strip, the bar, the screen, what the last act did, which covers nothing of it. Screens are made
    when first shown and kept. No touch goes through to what lies below."""

    def __init__(self, dispatch: Callable[[Any], None], art: Art) -> None:
        super().__init__(orientation="vertical")
        self._dispatch = dispatch
        self._art = art
        self._made: dict[str, AdminScreen] = {}
        self._on: AdminScreen | None = None
        self.strip = StatusStrip(test_id="simulated-strip")
        self.bar = AdminBar()
        self.bar.bind(
            on_back=lambda _bar: dispatch(ev.BackTouched()),
            on_leave=lambda _bar: dispatch(ev.LeaveTouched()),
            on_text_size=lambda _bar: dispatch(ev.TextSizeTouched()),
            on_language=lambda _bar: dispatch(ev.LanguageTouched()),
        )
        self.layers = FloatLayout()
        self.notice = NoticeBar(pos_hint={"center_x": 0.5})
        self.notice.bind(on_undo=lambda _bar: self._undo())
        self._notice: ShownNotice | None = None
        for part in (self.strip, self.bar, self.layers):
            self.add_widget(part)

    def show(self, state: AdminState, look: Look, texts: Texts) -> None:
        """Bring what is seen in line with the state."""
        screen = self._screen(state.screen)
        if screen is not self._on:
            self._put(screen)
        self._show_bar(state, screen, look, texts)
        screen.show(state, look, texts)
        self._show_notice(state.notice, texts)

    def left(self) -> None:
        """The visit is over: nothing of it stays on a screen."""
        if self._on is not None:
            self._put(None)
        self._show_notice(None, None)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        super().on_touch_down(touch)
        return True

    # --- the frame ---

    def _show_bar(self, state: AdminState, screen: AdminScreen, look: Look, texts: Texts) -> None:
        _, bar = texts.gettext, self.bar
        names = texts.listed(state.simulated_devices)
        simulated = _("Demonstration: these devices are simulated: {names}").format(names=names)
        self.strip.text = simulated if names else ""
        screen.look, screen.texts = look, texts
        bar.title = screen.title(state)
        bar.who = state.staff.name if state.staff is not None else ""
        bar.leads_back = state.section is not None
        bar.leave_text = _("Leave") if state.staff is not None else _("Close")
        bar.language_text = other_language(texts).short_name

    def _show_notice(self, notice: ShownNotice | None, texts: Texts | None) -> None:
        self._notice = notice
        if notice is None or texts is None:
            if self.notice.parent is not None:
                self.remove_widget(self.notice)
            return
        if isinstance(notice.about, ShellNotice):
            self.notice.text = _shell_words(notice.about, texts)
        else:
            self.notice.text = self._screen(notice.screen).notice_words(notice.about)
        self.notice.tone = str(notice.tone)
        self.notice.undo_text = texts.gettext("Undo") if notice.undo is not None else ""
        if self.notice.parent is None:
            self.add_widget(self.notice)

    def _undo(self) -> None:
        if self._notice is not None and self._notice.undo is not None:
            self._dispatch(self._notice.undo)

    # --- screens ---

    def _put(self, screen: AdminScreen | None) -> None:
        if self._on is not None:
            self.layers.remove_widget(self._on)
            self._on.left()
        self._on = screen
        if screen is not None:
            self.layers.add_widget(screen, index=len(self.layers.children))

    def _screen(self, name: str) -> AdminScreen:
        if name not in self._made:
            module, class_name = _CLASSES[name]
            made: type[AdminScreen] = getattr(import_module(f"kiosk.screens.admin.{module}"), class_name)
            self._made[name] = made(self._dispatch, self._art, pos_hint={"x": 0, "y": 0})
        return self._made[name]


def _shell_words(notice: ShellNotice, texts: Texts) -> str:
    _ = texts.gettext
    return {
        ShellNotice.NOT_PERMITTED: _("Your roles do not permit this. Nothing was done."),
        ShellNotice.STORAGE_FAILED: _("The disk did not take it: nothing was done. Please tell IT."),
        ShellNotice.FAILED: _("That did not work. Please look whether it was done before you try again."),
    }[notice]
