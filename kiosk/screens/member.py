"""A member has tapped the card: their usual, their points, their balance on touch."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.domain.cart import Cart
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.payer import ByFace
from kiosk.domain.pricing import price_cart
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.ordering import usual_now
from kiosk.screens.flow.state import Customer, State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.theme import RADIUS_CARD
from kiosk.screens.widgets.picture_box import PictureBox
from kiosk.screens.words import cart_words, selection_words

_MOST_PHOTOS = 2


class MemberScreen(PageScreen):
    """Never names the person in full, never shows the balance unasked: others stand behind. `offered`: there is a
    usual that can be paid."""

    offered = BooleanProperty(False)

    # --- touches ---

    def leave(self) -> None:
        self.dispatch_flow(ev.CancelTouched())

    def touch_balance(self) -> None:
        self.dispatch_flow(ev.BalanceTouched())

    def choose_mode(self, mode: str) -> None:
        self.dispatch_flow(ev.DiningModeChosen(DiningMode(mode)))

    def pay(self) -> None:
        self.dispatch_flow(ev.UsualChosen())

    def see_menu(self) -> None:
        self.dispatch_flow(ev.OrderingStarted())

    def open_account(self) -> None:
        self.dispatch_flow(acc.AccountOpened())

    # --- what is shown ---

    def render(self, state: State) -> None:
        session, usual = state.session, usual_now(state)
        if session.customer is None or state.menu is None:
            return
        if not self.changed("all", session, usual, state.menu, state.serving_id, state.link):
            return
        member = session.customer.member
        self.title(self.texts.gettext("Hello, {name}").format(name=member.masked_name))
        total = price_cart(usual, state.menu).total if usual else None
        self._render_account(session.customer, total, shown=session.balance_shown)
        if usual is not None and total is not None:
            self._render_usual(usual, state.menu)
        else:
            self._render_no_usual(state, member.usual is not None)
        self._render_actions(session.customer, total, can_pay=total is not None and state.member_can_pay(total))
        self._render_modes(session.dining_mode)

    def _render_account(self, customer: Customer, total: Money | None, *, shown: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        balance = customer.member.balance
        ids.points.text = self.texts.ngettext("{n} point", "{n} points", customer.member.points).format(
            n=customer.member.points
        )
        ids.account.text = _("My account")
        ids.balance.label, ids.balance.hint = _("Balance"), _("touch to show")
        ids.balance.amount = self.texts.money(balance) if shown else ""
        ids.balance.shown = shown
        if not shown or total is None:
            ids.balance_after.text = ""
        elif balance < total:
            short = self.texts.money(total - balance)
            ids.balance_after.text = _("{amount} are missing for this").format(amount=short)
        else:
            ids.balance_after.text = _("After paying: {amount}").format(amount=self.texts.money(balance - total))

    def _render_usual(self, usual: Cart, menu: Menu) -> None:
        words = [selection_words(line.selection, menu, self.texts) for line in usual.lines]
        self.ids.usual_title.text = self.texts.gettext("Your usual")
        self.ids.usual_names.text = cart_words(usual, menu, self.texts)
        self.ids.usual_details.text = "\n".join(w.details for w in words if w.details)
        self._hang([w.art for w in words][:_MOST_PHOTOS])

    def _render_no_usual(self, state: State, had_one: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        if state.serving_id is None:
            ids.usual_title.text = _("We are closed right now")
            ids.usual_names.text = _("You can look at the menu.")
        elif had_one:
            ids.usual_title.text = _("Your usual cannot be had right now")
            ids.usual_names.text = _("There is a lot more on the menu.")
        else:
            ids.usual_title.text = _("Good to see you")
            ids.usual_names.text = _("What you order most will wait for you here next time.")
        ids.usual_details.text = ""
        self._hang([combo.art for combo in state.menu.combos][:1] if state.menu else [])

    def _hang(self, names: list[str]) -> None:
        """As many pictures side by side."""
        photos = self.ids.photos
        while len(photos.children) > len(names):
            photos.remove_widget(photos.children[0])
        while len(photos.children) < len(names):
            photos.add_widget(PictureBox())
        for photo, name in zip(reversed(photos.children), names, strict=True):
            photo.radius = self.look.u(RADIUS_CARD)
            photo.show(self.art, name)

    def _render_actions(self, customer: Customer, total: Money | None, *, can_pay: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        self.offered = total is not None
        if total is not None:
            ids.pay.text = _("Pay {amount}").format(amount=self.texts.money(total))
            by_face = isinstance(customer.payer, ByFace)
            ids.pay.icon = "face-recognition" if by_face else "credit-card-check"
            how = _("by face") if by_face else _("with this card")
            no_way = _("You cannot be charged right now") if by_face else _("This card cannot be charged right now")
            ids.pay.detail = how if can_pay else no_way
        ids.menu.kind = "secondary" if total is not None else "primary"
        ids.menu.text = _("See the menu")

    def _render_modes(self, mode: DiningMode) -> None:
        _, ids = self.texts.gettext, self.ids
        ids.dine_in.text, ids.take_away.text = _("Eat here"), _("Take away")
        ids.dine_in.active = mode is DiningMode.DINE_IN
        ids.take_away.active = mode is DiningMode.TAKE_AWAY


load_kv(__file__)
