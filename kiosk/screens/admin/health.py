"""What of this terminal works: a row a device; beside them (below) central, disk, clock, temperature and version."""

from __future__ import annotations

from kiosk.screens.admin.device_words import advice, face_advice, state_words
from kiosk.screens.admin.health_words import ICONS, page_words
from kiosk.screens.admin.parts import AdminRow
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow.health_state import DeviceTouched, Health, TestPrint
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.words import camera_light
from kiosk.services.events import DeviceHealth, DeviceState, LinkState
from kiosk.services.face_events import FaceProblem
from kiosk.services.terminal_health import TerminalHealth

_URGENCY = [DeviceState.UNAVAILABLE, DeviceState.DEGRADED, DeviceState.STARTING, DeviceState.READY]
_GIGABYTE = 1_000_000_000


class HealthScreen(AdminScreen):
    """Nothing here changes anything. A device is touched to look at it by itself."""

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Health")

    def notice_words(self, about: object) -> str:
        return page_words(about, self.texts)[0] if isinstance(about, TestPrint) else ""

    def render(self, state: AdminState) -> None:
        section = state.open
        if not isinstance(section, Health):
            return
        shown = (
            state.devices,
            state.face,
            state.link,
            state.out_of_order,
            section.terminal,
            section.readings,
            section.cameras_on,
        )
        if not self.changed("rows", *shown):
            return
        devices, terminal = self.ids.devices, self.ids.terminal
        devices.clear_widgets()
        terminal.clear_widgets()
        if state.face.problem is not None:
            devices.add_widget(self._face_row(state.face.problem))
        for name, health in sorted(state.devices.items(), key=_worst_first):
            devices.add_widget(self._device_row(name, health, section))
        said = [self._link_row(state.link, section.terminal)]
        if section.terminal is not None:
            said += self._terminal_rows(section.terminal, out_of_order=state.out_of_order)
        for row in said:
            row.disabled = True
            terminal.add_widget(row)

    def _device_row(self, name: str, health: DeviceHealth, section: Health) -> AdminRow:
        _ = self.texts.gettext
        value, tone = state_words(health, self.texts)
        detail = str(advice(health.problem, health.kind, self.texts) or "")
        if not detail and name in section.readings:
            end = section.readings[name].end
            detail = _("Read just now; it ends in {end}.").format(end=end) if end else _("Read just now.")
        if name in section.cameras_on:  # as long as it is, whatever is looked at
            detail = camera_light(self.texts)
        icon = ICONS[health.kind]
        row = AdminRow(test_id=f"device-{name}", icon=icon, text=name, detail=detail, value=value, tone=tone)
        row.fbind("on_release", self._open, name)
        return row

    def _face_row(self, problem: FaceProblem) -> AdminRow:
        _ = self.texts.gettext
        row = AdminRow(
            test_id="health-face",
            icon="face-recognition",
            text=_("Face recognition"),
            detail=str(face_advice(problem, self.texts)),
            value=_("does not work"),
            tone="negative",
        )
        row.disabled = True
        return row

    def _open(self, name: str, _row: AdminRow) -> None:
        self.dispatch_flow(DeviceTouched(name))

    def _link_row(self, link: LinkState, terminal: TerminalHealth | None) -> AdminRow:
        _ = self.texts.gettext
        value, tone = {
            LinkState.ONLINE: (_("connected"), "positive"),
            LinkState.OFFLINE: (_("not connected"), "warning"),
            LinkState.REFUSED: (_("refused"), "negative"),
        }[link]
        detail = {
            LinkState.ONLINE: "",
            LinkState.OFFLINE: _("Sales go on and are kept here. Look at the network cable, then ask IT."),
            LinkState.REFUSED: _("Central does not accept this terminal. IT: enrol it anew."),
        }[link]
        if terminal is not None and terminal.waiting:
            waiting = self.texts.ngettext(
                "{n} event waits to be sent.", "{n} events wait to be sent.", terminal.waiting
            )
            detail = f"{waiting.format(n=terminal.waiting)}\n{detail}".strip()
        return AdminRow(
            test_id="health-link", icon="cloud-sync", text=_("Central server"), detail=detail, value=value, tone=tone
        )

    def _terminal_rows(self, terminal: TerminalHealth, *, out_of_order: bool) -> list[AdminRow]:
        _ = self.texts.gettext
        room = _("{n} GB free").format(n=f"{terminal.free_bytes / _GIGABYTE:.1f}")
        full, failing = _("Make room: IT can say what may go."), _("It takes nothing more: nobody can order here.")
        is_bad = out_of_order or terminal.room_is_low
        behind = _("It is behind central's. IT: set it, and look at its time server.")
        return [
            AdminRow(
                test_id="health-disk",
                icon="wallet",
                text=_("Disk"),
                detail=failing if out_of_order else full if terminal.room_is_low else "",
                value=room,
                tone="negative" if is_bad else "positive",
            ),
            AdminRow(
                test_id="health-clock",
                icon="clock-outline",
                text=_("Clock"),
                detail=behind if terminal.clock_is_behind else self._central_words(terminal),
                value=f"{terminal.now:%H:%M}",
                tone="negative" if terminal.clock_is_behind else "ink",
            ),
            self._heat_row(terminal),
            AdminRow(
                test_id="health-version",
                icon="information-outline",
                text=_("Version"),
                value=terminal.version,
            ),
        ]

    def _heat_row(self, terminal: TerminalHealth) -> AdminRow:
        _ = self.texts.gettext
        known = terminal.processor_c is not None
        hot = _("It is hot: free its vents of dust and paper, give it shade and air. It slows down, then switches off.")
        return AdminRow(
            test_id="health-heat",
            icon="fire",
            text=_("Temperature of the processor"),
            detail=hot if terminal.is_hot else "" if known else _("This machine does not say."),
            value=f"{terminal.processor_c:.0f} °C" if known else _("not known"),
            tone="negative" if terminal.is_hot else "positive" if known else "ink_soft",
        )

    def _central_words(self, terminal: TerminalHealth) -> str:
        _ = self.texts.gettext
        if terminal.central_at is None:
            return _("Central has not shown its clock yet.")
        return _("Central's clock when it was last shown: {time}").format(time=f"{terminal.central_at:%Y-%m-%d %H:%M}")


def _worst_first(device: tuple[str, DeviceHealth]) -> tuple[int, str]:
    """What somebody has to do something about is seen without scrolling."""
    name, health = device
    return _URGENCY.index(health.state), name


load_kv(__file__)
