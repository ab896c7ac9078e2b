"""What the kitchen's screen says. Pure, no Kivy."""

from __future__ import annotations

from kiosk.domain.kitchen import Ticket, TicketState
from kiosk.domain.order import DiningMode
from kiosk.screens.kitchen_flow.state import Lateness, Notice, NoticeKind, State
from kiosk.screens.texts import Texts
from kiosk.services.events import DeviceKind, DeviceState
from kiosk.services.kitchen_events import HeardTicket


def age_words(state: State, heard: HeardTicket, texts: Texts) -> str:
    minutes = int(max(0.0, state.now_s - heard.placed_s) // 60)
    return texts.ngettext("{n} min", "{n} min", minutes).format(n=minutes)


def lateness_words(lateness: Lateness, texts: Texts) -> str:
    _ = texts.gettext
    return {Lateness.IN_TIME: "", Lateness.LATE: _("Late"), Lateness.VERY_LATE: _("Very late")}[lateness]


def dining_words(ticket: Ticket, texts: Texts) -> str:
    if ticket.dining_mode is DiningMode.TAKE_AWAY:
        return texts.gettext("Take away")
    return texts.gettext("Dine in")


def button_words(ticket: Ticket, texts: Texts) -> str:
    _ = texts.gettext
    if ticket.state is TicketState.WITHDRAWN:
        return _("Cancelled: seen")
    return _("Ready") if ticket.state is TicketState.PREPARING else _("Is ready")


def count_words(state: State, texts: Texts) -> str:
    making = [heard for heard in state.to_make if heard.ticket.state is TicketState.PREPARING]
    if not making:
        return texts.gettext("Nothing to make")
    oldest = age_words(state, min(making, key=lambda heard: heard.placed_s), texts)
    template = texts.ngettext("{n} order, since {age}", "{n} orders, the oldest since {age}", len(making))
    return template.format(n=len(making), age=oldest)


def recall_words(state: State, texts: Texts) -> str:
    """What would be taken back."""
    if not state.acts:
        return texts.gettext("Take back")
    return texts.gettext("Take back {number}").format(number=state.acts[-1].after.number)


def notice_words(notice: Notice, texts: Texts) -> str:
    _ = texts.gettext
    template = {
        NoticeKind.MARKED_READY: _("{number} is ready and stands on the board"),
        NoticeKind.HANDED_OUT: _("{number} was handed out"),
        NoticeKind.TAKEN_BACK: _("{number}: taken back"),
        NoticeKind.NOT_KEPT: _("{number} was NOT marked: the disk does not take it. Please tell the technician."),
        NoticeKind.SCANNED_READY_BEFORE: _("{number} was marked before"),
        NoticeKind.SCANNED_UNKNOWN: _("This code is no order that is to be made here"),
    }[notice.kind]
    return template.format(number=notice.number)


def trouble_words(state: State, texts: Texts) -> str:
    """The worst that there is to know now."""
    _ = texts.gettext
    if state.out_of_order:
        return _("The disk takes nothing more: marks are not kept. Please tell the technician.")
    if state.heard_s is None:
        return _("Connecting to central. Until then please go by the paper tickets.")
    if not state.is_up_to_date:
        return _("Not up to date: new orders do not come here. Please go by the paper tickets.")
    scanners = [device for device in state.devices.values() if device.kind is DeviceKind.SCANNER]
    if any(device.state is DeviceState.UNAVAILABLE for device in scanners):
        return _("The scanner does not answer: please touch the orders.")
    return ""
