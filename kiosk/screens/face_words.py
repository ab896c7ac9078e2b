"""What is said while somebody is looked at, and when nothing came of it: always what to do next. Pure, no Kivy."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.face import Fault
from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Stage
from kiosk.screens.flow.face_state import MOST_TRIES, FaceTrouble, Facing
from kiosk.screens.texts import Texts
from kiosk.services.face_events import FaceSeen


@dataclass(frozen=True, slots=True)
class TroubleWords:
    icon: str
    happened: str
    advice: str


def asked_words(seen: FaceSeen | None, texts: Texts) -> str:
    """What whoever stands there is to do now."""
    _ = texts.gettext
    if seen is not None and seen.stage is not None:
        return _turn_words(seen, seen.stage, texts)
    return {
        None: _("Look into the camera"),
        Fault.NO_FACE: _("Stand in front of the camera"),
        Fault.SEVERAL_FACES: _("One person at a time, please"),
        Fault.TOO_FAR: _("Come a little closer"),
        Fault.CUT_OFF: _("Move to the middle of the picture"),
        Fault.TURNED: _("Look straight at the camera"),
        Fault.TOO_DARK: _("It is too dark: turn towards the light"),
        Fault.TOO_BRIGHT: _("It is too bright: turn away from the light"),
        Fault.BLURRED: _("Hold still for a moment"),
    }[seen.fault if seen is not None else None]


def digits_words(facing: Facing, unsure: str, texts: Texts) -> str:
    """In doubt, beside the keys for the digits of their card; `unsure`: before the first try. Nothing of who it is."""
    _ = texts.gettext
    if facing.checking:
        return _("One moment")
    if facing.tries_left == MOST_TRIES:
        return unsure
    tries = texts.ngettext("{n} try left", "{n} tries left", facing.tries_left).format(n=facing.tries_left)
    return _("That did not match: {tries}").format(tries=tries)


def _turn_words(seen: FaceSeen, stage: Stage, texts: Texts) -> str:
    _ = texts.gettext
    if stage is Stage.TURN:
        asked = {
            Direction.LEFT: _("Turn your head slowly to the left"),
            Direction.RIGHT: _("Turn your head slowly to the right"),
            Direction.UP: _("Raise your chin slowly"),
            Direction.DOWN: _("Lower your chin slowly"),
            None: _("Look straight at the camera"),
        }[seen.direction]
        if seen.turns < 2:
            return asked
        return _("{asked} ({turn} of {turns})").format(asked=asked, turn=seen.turn, turns=seen.turns)
    return {
        Stage.AHEAD: _("Look straight at the camera"),
        Stage.BACK: _("Now look straight ahead again"),
        Stage.BLINK: _("Please blink once"),
    }.get(stage, _("Hold still for a moment"))


def trouble_words(trouble: Fault | FaceTrouble, texts: Texts) -> TroubleWords:
    """The card is offered beside it; the sentences say what else helps."""
    _ = texts.gettext
    again = _("Please try again, or use your card.")
    happened, advice = {
        Fault.NO_FACE: (_("No face was seen"), _("Stand in front of the camera and try again, or use your card.")),
        Fault.SEVERAL_FACES: (
            _("More than one face was seen"),
            _("Only one person may be in the picture. Try again, or use your card."),
        ),
        Fault.TOO_FAR: (_("Your face was too far away"), _("Come closer and try again, or use your card.")),
        Fault.CUT_OFF: (_("Your face was not all in the picture"), again),
        Fault.TURNED: (_("Your face was turned away"), _("Look straight at the camera, or use your card.")),
        Fault.TOO_DARK: (_("It was too dark"), _("Turn towards the light and try again, or use your card.")),
        Fault.TOO_BRIGHT: (_("It was too bright"), _("Turn away from the light and try again, or use your card.")),
        Fault.BLURRED: (_("The picture was not sharp"), _("Hold still and try again, or use your card.")),
        FaceTrouble.CAMERA_GONE: (_("The camera shows nothing right now"), _("Please use your card.")),
        FaceTrouble.SLOW: (_("It is taking too long right now"), again),
        FaceTrouble.NOT_TURNED: (
            _("That was not quite the turn we asked for"),
            _("Turn your head slowly when you are asked to, alone in the picture; or use your card."),
        ),
        FaceTrouble.UNKNOWN: (
            _("We do not know this face"),
            _("Perhaps it is not enrolled for this here. Try again, or use your card."),
        ),
        FaceTrouble.NOT_NOW: (_("This face cannot be used right now"), _("Please use your card.")),
        FaceTrouble.WRONG_DIGITS: (_("These digits did not match"), _("Please use your card.")),
    }[trouble]
    return TroubleWords(_ICONS.get(trouble, "information-outline"), happened, advice)


_ICONS: dict[Fault | FaceTrouble, str] = {
    Fault.NO_FACE: "account-off",
    Fault.TOO_DARK: "weather-night",
    Fault.TOO_BRIGHT: "weather-sunny",
    FaceTrouble.CAMERA_GONE: "power-plug-off",
    FaceTrouble.SLOW: "timer-sand",
    FaceTrouble.NOT_TURNED: "swap-horizontal",
    FaceTrouble.UNKNOWN: "help-circle-outline",
    FaceTrouble.WRONG_DIGITS: "lock",
}
