"""What the screens of health have in common: what became of a test page, in plain words; and devices' icons."""

from __future__ import annotations

from kiosk.screens.admin_flow.health_state import TestPrint
from kiosk.screens.texts import Texts
from kiosk.services.events import DeviceKind, PrintJobState
from kiosk.services.staff_acts import RefusedReason

ICONS = {
    DeviceKind.CARD_READER: "credit-card-wireless",
    DeviceKind.PRINTER: "printer",
    DeviceKind.CAMERA: "face-recognition",
    DeviceKind.SCANNER: "barcode-scan",
}


def page_words(page: TestPrint, texts: Texts) -> tuple[str, str]:
    """And the tone."""
    _ = texts.gettext
    if page.refused is not None:
        if page.refused.reason is RefusedReason.STILL_PRINTING:
            return _("The last test page is not done yet. Nothing more was sent."), "warning"
        return _("This printer does not run. Nothing was sent."), "negative"
    return {
        PrintJobState.QUEUED: (_("It is handed to the printer."), "ink_soft"),
        PrintJobState.SENDING: (_("It prints."), "ink_soft"),
        PrintJobState.CONFIRMED: (_("The test page is printed and cut. Look at it."), "positive"),
        PrintJobState.UNKNOWN: (
            _("Not known whether it was printed: look at the printer. It is not printed again by itself."),
            "warning",
        ),
        PrintJobState.SKIPPED: (
            _("Not printed, and given up: nothing comes later. First do what is said of the printer here."),
            "negative",
        ),
    }[page.state]
