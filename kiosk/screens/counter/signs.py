"""The bar's signs of devices and link, and the strip's one sentence. Pure, no Kivy."""

from __future__ import annotations

from kiosk.screens.counter.words import trouble_words, undo_words
from kiosk.screens.counter_flow.state import State, Trouble, UndoEnd
from kiosk.screens.counter_flow.troubles import troubles
from kiosk.screens.texts import Texts
from kiosk.services.events import DeviceKind

Sign = tuple[str, str, str]
NO_WORD = " "


_MOST_SENTENCES = 2
_MOST_WORDS = 2  # more have no room beside the tabs: then each sign tells by its shape alone


def signs(state: State, texts: Texts) -> list[Sign]:
    """One for the link and each kind of device that there is, as (test id, icon, what does not work)."""
    found = set(troubles(state))
    kinds = {device.kind for device in state.devices.values()}
    shown = [_link(found, texts), _reader(found, texts)]
    shown += [_camera(found, texts)] if DeviceKind.CAMERA in kinds else []
    shown += [_scanner(found, texts)] if DeviceKind.SCANNER in kinds else []
    shown += [_printer(found, texts)] if DeviceKind.PRINTER in kinds else []
    in_words = sum(bool(trouble) for _, _, trouble in shown) <= _MOST_WORDS
    return shown if in_words else [(test_id, icon, NO_WORD if trouble else "") for test_id, icon, trouble in shown]


def strip_words(state: State, texts: Texts) -> str:
    """The worst that there is to know now; nothing where all is well."""
    if state.undo is not None and state.undo.end in (UndoEnd.UNDOING, UndoEnd.BEING_CHECKED):
        return undo_words(state.undo, texts).detail
    worst = troubles(state)[:_MOST_SENTENCES]
    if worst:
        return " ".join(trouble_words(trouble, texts) for trouble in worst)
    if not state.checks:
        return ""
    waiting = texts.ngettext("{n} payment is being checked", "{n} payments are being checked", len(state.checks))
    return waiting.format(n=len(state.checks))


def _link(found: set[Trouble], texts: Texts) -> Sign:
    if found & {Trouble.OFFLINE, Trouble.NOT_ACCEPTED}:
        return "sign-link", "wifi-off", texts.gettext("Offline")
    return "sign-link", "wifi", ""


def _reader(found: set[Trouble], texts: Texts) -> Sign:
    if Trouble.NO_CARD_READER in found:
        return "sign-reader", "credit-card-off-outline", texts.gettext("Card reader")
    return "sign-reader", "credit-card-wireless", ""


def _camera(found: set[Trouble], texts: Texts) -> Sign:
    if Trouble.NO_CAMERA in found:
        return "sign-camera", "eye-off", texts.gettext("Camera")
    return "sign-camera", "face-recognition", ""


def _scanner(found: set[Trouble], texts: Texts) -> Sign:
    if Trouble.NO_SCANNER in found:
        return "sign-scanner", "alert-circle-outline", texts.gettext("Scanner")
    return "sign-scanner", "qrcode-scan", ""


def _printer(found: set[Trouble], texts: Texts) -> Sign:
    if Trouble.NO_PRINTER in found:
        return "sign-printer", "printer-off", texts.gettext("Printer")
    if Trouble.PAPER_LOW in found:
        return "sign-printer", "printer-alert", texts.gettext("Paper")
    return "sign-printer", "printer", ""
