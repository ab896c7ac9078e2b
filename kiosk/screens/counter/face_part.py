"""What the staff see while a customer may pay by card or face: the hint, the camera's picture, who was recognised."""

from __future__ import annotations

from dataclasses import dataclass

from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.counter_flow.facing import can_look
from kiosk.screens.counter_flow.state import State
from kiosk.screens.face_words import asked_words, digits_words, trouble_words
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.words import camera_light


class FacePart(FloatLayout):
    """`shows`: "hint", the camera's "picture", the "count" of seconds to say no to who was recognised, or a "sign"
    (`icon`, `tone`) for what is awaited or went wrong."""

    shows = OptionProperty("hint", options=["hint", "picture", "count", "sign"])
    face = BooleanProperty(defaultvalue=False)
    icon = StringProperty("timer-sand")
    tone = StringProperty("ink_soft")
    left_s = NumericProperty(0)
    count_s = NumericProperty(1)

    def show(self, state: State, texts: Texts) -> None:
        """In line with the look at whoever stands there."""
        facing = state.sale.facing
        self.face = can_look(state)
        self.icon, self.tone = "timer-sand", "ink_soft"
        if state.in_flight or (facing is not None and facing.checking):
            self.shows = "sign"
        elif facing is None:
            self.shows = "hint"
        elif facing.found is not None:
            self.shows, self.left_s = "count", facing.left_s
            self.count_s = state.rules.face_policy.confirm_s if state.rules.face_policy else 1
        elif facing.trouble is not None:
            self.shows, self.icon, self.tone = "sign", trouble_words(facing.trouble, texts).icon, "warning"
        else:
            self.shows = "picture" if state.cameras_on else "hint"
        preview = self.ids.preview
        preview.active = self.shows == "picture"
        preview.light_text = camera_light(texts) if state.cameras_on else ""

    def leave(self) -> None:
        """Nobody's picture stays."""
        self.ids.preview.active = False


@dataclass(frozen=True, slots=True)
class LookWords:
    """`headline` may be empty."""

    headline: str
    detail: str


def look_words(state: State, texts: Texts) -> LookWords | None:
    """What is to be said of the look; None: nothing, the hint says it."""
    _, facing = texts.gettext, state.sale.facing
    if facing is None:
        return None
    if facing.found is not None:
        counted = texts.ngettext("Charged in {n} second", "Charged in {n} seconds", facing.left_s)
        return LookWords(facing.found.member.masked_name, counted.format(n=facing.left_s))
    if facing.trouble is not None:
        words = trouble_words(facing.trouble, texts)
        return LookWords(words.happened, words.advice)
    if facing.asks_digits:
        unsure = _("Not sure who this is: ask for these digits, or take the card.")
        return LookWords("", digits_words(facing, unsure, texts))
    if facing.checking:
        return LookWords(_("One moment"), "")
    return LookWords(asked_words(facing.seen, texts), _("Or tap the card on the reader."))


load_kv(__file__)
