"""The camera's picture and what to do before it; or, when nothing came of it, why and what else there is."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty

from kiosk.domain.face_consent import ConsentPurpose
from kiosk.screens.face_words import asked_words, trouble_words
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.face_state import Facing
from kiosk.screens.flow.facing import may_look_again
from kiosk.screens.flow.redeeming import money_to_pay
from kiosk.screens.flow.state import PayMethod, State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.words import camera_light
from kiosk.services.face_events import FaceSeen


class FaceLookScreen(PageScreen):
    """`looking`: the picture is shown; else there is trouble."""

    looking = BooleanProperty(True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._preview: Any = self.ids.preview.__self__  # kept while it is off the stage
        self._trouble: Any = self.ids.trouble.__self__

    # --- touches ---

    def try_again(self) -> None:
        self.dispatch_flow(ev.FaceTryAgainTouched())

    def use_card(self) -> None:
        self.dispatch_flow(ev.MethodChosen(PayMethod.CARD))

    def use_counter(self) -> None:
        self.dispatch_flow(ev.MethodChosen(PayMethod.COUNTER))

    def see_menu(self) -> None:
        self.dispatch_flow(ev.OrderingStarted())

    # --- what is shown ---

    def render(self, state: State) -> None:
        facing = state.facing
        if facing is None or not self.changed(
            "all", facing, state.cameras_on, state.face, state.devices, state.session
        ):
            return
        _, ids = self.texts.gettext, self.ids
        is_paying = facing.purpose is ConsentPurpose.PAYING
        self._stand(facing)
        self.title(_("Pay by face") if is_paying else _("Look here"))
        ids.bar.back_icon = "arrow-left" if is_paying else "close"
        self._preview.active = self.looking
        self._preview.light_text = camera_light(self.texts) if state.cameras_on else ""
        ids.amount.text = self.texts.money(money_to_pay(state)) if is_paying else ""
        self._render_words(facing)
        self._render_ways(state, is_paying=is_paying)

    def left(self) -> None:
        self._preview.active = False
        self._shown.clear()  # shown again, it looks again

    def _stand(self, facing: Facing) -> None:
        """The picture, and on it where the head is to be turned; or the trouble. What is not seen is not on the stage:
        the clear pixels of a hidden widget take as long as any."""
        self.looking = facing.trouble is None
        self._guide(facing.seen)
        for widget, is_shown in ((self._preview, self.looking), (self._trouble, not self.looking)):
            if widget.parent is not None and not is_shown:
                self.ids.stand.remove_widget(widget)
            elif widget.parent is None and is_shown:
                self.ids.stand.add_widget(widget)

    def _guide(self, seen: FaceSeen | None) -> None:
        guide = self.ids.guide
        guide.towards = str(seen.direction or "") if seen is not None else ""
        guide.taken, guide.poses = (seen.turns_done, seen.turns) if seen is not None else (0, 1)

    def _render_words(self, facing: Facing) -> None:
        _, ids = self.texts.gettext, self.ids
        if facing.trouble is not None:
            words = trouble_words(facing.trouble, self.texts)
            ids.emblem.icon, ids.headline.text, ids.detail.text = words.icon, words.happened, words.advice
            return
        ids.headline.text = _("One moment") if facing.checking else asked_words(facing.seen, self.texts)
        is_paying = facing.purpose is ConsentPurpose.PAYING
        ids.detail.text = (
            _("Nothing is charged before you have seen who pays and how much. No picture is kept.")
            if is_paying
            else _("You are only looked at because you touched this. No picture is kept.")
        )

    def _render_ways(self, state: State, *, is_paying: bool) -> None:
        """The card is always beside it."""
        _, ids = self.texts.gettext, self.ids
        ids.again.offered = not self.looking and may_look_again(state)
        ids.again.text = _("Try again")
        ids.card.offered = ids.counter.offered = is_paying
        ids.card.text, ids.card.detail = _("Campus card"), _("Tap it on the reader now")
        ids.card.disabled = not state.card_reader_works
        ids.counter.text, ids.counter.detail = _("Pay at the counter"), _("Cash or phone, by your number")
        ids.menu.offered = not is_paying
        ids.menu.text, ids.menu.detail = _("Order without it"), _("Or tap your card on the reader now")
        best = ids.again if ids.again.offered else ids.card if is_paying and not ids.card.disabled else ids.counter
        for tile in (ids.again, ids.card, ids.counter):
            tile.kind = "primary" if tile is best and not self.looking else "secondary"
        ids.menu.kind = "primary" if not self.looking and not ids.again.offered else "secondary"


load_kv(__file__)
