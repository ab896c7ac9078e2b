"""The bar's signs of devices and link, and the strip's one sentence. Pure, no Kivy."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.screens.counter.words import trouble_words, undo_words
from kiosk.screens.counter_flow.after_sale_state import UndoEnd
from kiosk.screens.counter_flow.state import State, Trouble
from kiosk.screens.counter_flow.troubles import troubles
from kiosk.screens.texts import Texts
from kiosk.screens.words import camera_light
from kiosk.services.events import DeviceKind

_MOST_SENTENCES = 2
_MOST_WORDS = 2  # more have no room beside the tabs: then each sign tells by its shape alone


@dataclass(frozen=True, slots=True)
class Sign:
    """`words`: what does not work, or that the camera is on; `tone`: a palette colour's name."""

    test_id: str
    icon: str
    words: str = ""
    tone: str = "ink_soft"


def signs(state: State, texts: Texts) -> list[Sign]:
    """One for the link and each kind of device that there is."""
    found = set(troubles(state))
    kinds = {device.kind for device in state.devices.values()}
    shown = [_link(found, texts), _reader(found, texts)]
    shown += [_camera(found, texts, is_on=bool(state.cameras_on))] if DeviceKind.CAMERA in kinds else []
    shown += [_scanner(found, texts)] if DeviceKind.SCANNER in kinds else []
    shown += [_printer(found, texts)] if DeviceKind.PRINTER in kinds else []
    in_words = sum(bool(sign.words) for sign in shown) <= _MOST_WORDS
    return shown if in_words else [replace(sign, words="") for sign in shown]


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
        return Sign("sign-link", "wifi-off", texts.gettext("Offline"), "negative")
    return Sign("sign-link", "wifi")


def _reader(found: set[Trouble], texts: Texts) -> Sign:
    if Trouble.NO_CARD_READER in found:
        return Sign("sign-reader", "credit-card-off-outline", texts.gettext("Card reader"), "negative")
    return Sign("sign-reader", "credit-card-wireless")


def _camera(found: set[Trouble], texts: Texts, *, is_on: bool) -> Sign:
    """Its light, too: on whenever pictures are taken."""
    if is_on:
        return Sign("sign-camera", "eye", camera_light(texts), "accent_ink")
    if Trouble.NO_CAMERA in found:
        return Sign("sign-camera", "eye-off", texts.gettext("Camera"), "negative")
    return Sign("sign-camera", "face-recognition")


def _scanner(found: set[Trouble], texts: Texts) -> Sign:
    if Trouble.NO_SCANNER in found:
        return Sign("sign-scanner", "alert-circle-outline", texts.gettext("Scanner"), "negative")
    return Sign("sign-scanner", "qrcode-scan")


def _printer(found: set[Trouble], texts: Texts) -> Sign:
    if Trouble.NO_PRINTER in found:
        return Sign("sign-printer", "printer-off", texts.gettext("Printer"), "negative")
    if Trouble.PAPER_LOW in found:
        return Sign("sign-printer", "printer-alert", texts.gettext("Paper"), "warning")
    return Sign("sign-printer", "printer")
