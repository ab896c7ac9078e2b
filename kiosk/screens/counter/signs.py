"""The bar's signs of devices and link, and the strip's one sentence. Pure, no Kivy."""

from __future__ import annotations

from kiosk.screens.counter.words import trouble_words, undo_words
from kiosk.screens.counter_flow.state import State, Trouble, UndoEnd
from kiosk.screens.counter_flow.troubles import troubles
from kiosk.screens.texts import Texts
from kiosk.services.events import DeviceKind

Sign = tuple[str, str, str]


def signs(state: State, texts: Texts) -> list[Sign]:
    """One for the link and each kind of device that there is, as (test id, icon, what does not work)."""
    _, found = texts.gettext, set(troubles(state))
    kinds = {device.kind for device in state.devices.values()}
    offline = bool(found & {Trouble.OFFLINE, Trouble.NOT_ACCEPTED})
    no_reader = Trouble.NO_CARD_READER in found
    shown: list[Sign] = [
        ("sign-link", "wifi-off" if offline else "wifi", _("Offline") if offline else ""),
        (
            "sign-reader",
            "credit-card-off-outline" if no_reader else "credit-card-wireless",
            _("Card reader") if no_reader else "",
        ),
    ]
    if DeviceKind.CAMERA in kinds:
        shown.append(("sign-camera", "face-recognition", _("Camera") if Trouble.NO_CAMERA in found else ""))
    if DeviceKind.SCANNER in kinds:
        shown.append(("sign-scanner", "qrcode-scan", _("Scanner") if Trouble.NO_SCANNER in found else ""))
    if DeviceKind.PRINTER in kinds:
        shown.append(_printer(found, texts))
    return shown


def strip_words(state: State, texts: Texts) -> str:
    """The worst that there is to know now; nothing where all is well."""
    worst = next(iter(troubles(state)), None)
    if state.undo is not None and state.undo.end in (UndoEnd.UNDOING, UndoEnd.BEING_CHECKED):
        return undo_words(state.undo, texts).detail
    if worst is not None:
        return trouble_words(worst, texts)
    if not state.checks:
        return ""
    waiting = texts.ngettext("{n} payment is being checked", "{n} payments are being checked", len(state.checks))
    return waiting.format(n=len(state.checks))


def _printer(found: set[Trouble], texts: Texts) -> Sign:
    if Trouble.NO_PRINTER in found:
        return "sign-printer", "printer-off", texts.gettext("Printer")
    if Trouble.PAPER_LOW in found:
        return "sign-printer", "printer-alert", texts.gettext("Paper")
    return "sign-printer", "printer", ""
