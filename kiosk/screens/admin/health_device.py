"""One device: how it is, what to do, what it has done since the start; and the way to try it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.admin.device_words import (
    advice,
    count_words,
    ended_words,
    picture_words,
    state_words,
    worked_words,
)
from kiosk.screens.admin.health_words import ICONS, page_words
from kiosk.screens.admin.orders_details import DetailRow
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import health_state as hs
from kiosk.screens.admin_flow.health_device import may_test
from kiosk.screens.admin_flow.health_state import Health, LiveCamera, TestPrint
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.words import camera_light
from kiosk.services.device_reports import DeviceReport, DevicesSeen
from kiosk.services.events import DeviceHealth, DeviceKind


class HealthDeviceScreen(AdminScreen):
    """What is known of it at the left (above), trying it at the right (below). `acts`: there is something to touch,
    with that `icon`; `can_act`: now. `mark`: what stands where nothing was read or is shown yet."""

    acts = BooleanProperty(defaultvalue=False)
    can_act = BooleanProperty(defaultvalue=False)
    icon = StringProperty("")
    mark = StringProperty("")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._preview: Any = self.ids.preview.__self__  # kept while it is off the stage
        self._preview.parent.remove_widget(self._preview)
        self._kind: DeviceKind | None = None

    def title(self, state: AdminState) -> str:
        return state.open.device if isinstance(state.open, Health) else ""

    def notice_words(self, about: object) -> str:
        return page_words(about, self.texts)[0] if isinstance(about, TestPrint) else ""

    def left(self) -> None:
        self._preview.active = False
        self._shown.clear()  # shown again, it looks again

    def render(self, state: AdminState) -> None:
        section = state.open
        health = state.devices.get(section.device) if isinstance(section, Health) else None
        if not isinstance(section, Health) or health is None:
            return
        self._kind = health.kind
        if self.changed("facts", health, section.seen):
            self._render_facts(health, section.seen)
        may = may_test(state, health.kind)
        if self.changed("trying", health, may, section.readings, section.page, section.live, section.cameras_on):
            self._render_trying(health, section, may=may)

    # --- how it is ---

    def _render_facts(self, health: DeviceHealth, seen: DevicesSeen | None) -> None:
        ids, rows = self.ids, self.ids.rows
        ids.state.text, ids.state.tone = state_words(health, self.texts)
        said = advice(health.problem, health.kind, self.texts)
        ids.wrong.text, ids.todo.text = (said.wrong, said.todo) if said is not None else ("", "")
        ids.wrong.tone = ids.state.tone
        rows.clear_widgets()
        report = seen.reports.get(health.name) if seen is not None else None
        if seen is None or report is None:
            return
        for text, value, detail in self._facts(health, report):
            rows.add_widget(DetailRow(text=text, value=value, detail=detail))
        since = self.texts.gettext("Counted since the program started: {time}")
        ids.since.text = since.format(time=f"{seen.since:%Y-%m-%d %H:%M}")

    def _facts(self, health: DeviceHealth, report: DeviceReport) -> Iterator[tuple[str, str, str]]:
        """What matters most first."""
        _ = self.texts.gettext
        before = advice(report.last_problem, health.kind, self.texts)
        if before is None or report.problem_at is None:
            yield _("Last problem"), _("none so far"), ""
        elif health.problem is report.last_problem:  # it is said above what that is
            yield _("Since when"), f"{report.problem_at:%H:%M:%S}", ""
        else:
            yield _("Last problem"), f"{report.problem_at:%H:%M:%S}", str(before)
        if report.worked_at is not None:
            yield worked_words(health.kind, self.texts), f"{report.worked_at:%H:%M:%S}", ""
        for what, number in report.counts.items():
            yield count_words(what, self.texts), str(number), ""

    # --- trying it ---

    def _render_trying(self, health: DeviceHealth, section: Health, *, may: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        self.acts = may and health.kind in (DeviceKind.PRINTER, DeviceKind.CAMERA)
        self.can_act = self.acts
        ids.told.text, ids.told.tone, ids.big.text, ids.small.text = "", "ink_soft", "", ""
        ids.hint.text = self._hint(health.kind) if may else _("Your roles do not let you try it.")
        self._stand(section.live if may else None, camera_on=health.name in section.cameras_on)
        if health.kind is DeviceKind.PRINTER:
            self._render_printer(section.page)
        elif health.kind is DeviceKind.CAMERA:
            self._render_camera(section.live)
        elif health.name in section.readings:
            self._render_reading(section.readings[health.name])
        is_empty = not ids.big.text and self._preview.parent is None
        self.mark = ICONS[health.kind] if is_empty else ""

    def _hint(self, kind: DeviceKind) -> str:
        _ = self.texts.gettext
        return {
            DeviceKind.PRINTER: _("A test page shows letters, digits, black and grey, a code and the cut."),
            DeviceKind.CARD_READER: _("Hold any card to it. Nothing is paid here, and its number is not shown whole."),
            DeviceKind.SCANNER: _("Hold any code before it. Nothing is done with it, and it is not shown whole."),
            DeviceKind.CAMERA: _("See what it sees. Nobody is recognised, and no picture is kept."),
        }[kind]

    def _render_printer(self, page: TestPrint | None) -> None:
        ids, _ = self.ids, self.texts.gettext
        self.icon, ids.act.text = "printer", _("Print a test page")
        if page is None:
            return
        self.can_act = self.acts and not page.is_under_way
        ids.act.text = _("One moment") if page.is_under_way else _("Print a test page")
        ids.told.text, ids.told.tone = page_words(page, self.texts)

    def _render_reading(self, reading: hs.Reading) -> None:
        ids = self.ids
        ids.big.text = f"…{reading.end}" if reading.end else "…"
        characters = self.texts.ngettext("{n} character", "{n} characters", reading.characters)
        parts = characters.format(n=reading.characters), f"{reading.at:%H:%M:%S}", f"× {reading.number}"
        ids.small.text = " · ".join(parts)
        ids.told.text, ids.told.tone = self.texts.gettext("It reads."), "positive"

    def _render_camera(self, live: LiveCamera | None) -> None:
        _, ids = self.texts.gettext, self.ids
        is_on = live is not None and live.is_on
        self.icon, ids.act.text = ("close", _("Stop the picture")) if is_on else ("eye", _("Show the picture"))
        if live is None:
            return
        if not live.has_desk:
            words = _(
                "Faces are not recognised at this terminal, so its camera is not used. IT: [face] in the settings."
            )
            ids.told.text, ids.told.tone = words, "warning"
        elif live.end is not None:
            ids.told.text, ids.told.tone = ended_words(live.end, self.texts)
        elif live.seen:
            ids.told.text, ids.told.tone = picture_words(live.fault, self.texts)
        else:
            ids.told.text = _("One moment: the camera begins.")

    def _stand(self, live: LiveCamera | None, *, camera_on: bool) -> None:
        """What is not seen is not on the stage: the clear pixels of a hidden widget take as long as any."""
        stand, is_shown = self.ids.stand, live is not None and live.is_on
        if is_shown and self._preview.parent is None:
            stand.add_widget(self._preview)
        elif not is_shown and self._preview.parent is not None:
            stand.remove_widget(self._preview)
        self._preview.active = is_shown
        self._preview.light_text = camera_light(self.texts) if camera_on else ""

    def act(self) -> None:
        self.dispatch_flow(hs.PrintTouched() if self._kind is DeviceKind.PRINTER else hs.CameraTouched())


load_kv(__file__)
