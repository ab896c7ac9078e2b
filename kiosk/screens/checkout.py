"""What is ordered, how it is eaten, how it is paid."""

from __future__ import annotations

from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.cart import CartLine, Selection
from kiosk.domain.ids import DishId
from kiosk.domain.menu import Menu
from kiosk.domain.order import DiningMode
from kiosk.domain.payer import ByCard
from kiosk.domain.pricing import PricedLine, price_cart
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.facing import offers_face
from kiosk.screens.flow.redeeming import money_to_pay, total_of
from kiosk.screens.flow.state import PayMethod, State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.widgets.pressable import Pressable
from kiosk.screens.words import selection_words
from kiosk.services.events import LinkState


class LineTexts(Pressable, BoxLayout):
    """Name and options of a line; a touch opens its sheet."""

    name = StringProperty("")
    details = StringProperty("")
    edit_text = StringProperty("")
    warning = StringProperty("")


class CheckoutLineRow(BoxLayout):
    """One line of the cart. `key` numbers it for tests. Dispatches `on_edit` and `on_step`."""

    name = StringProperty("")
    details = StringProperty("")
    edit_text = StringProperty("")
    warning = StringProperty("")
    price = StringProperty("")
    quantity = NumericProperty(1)
    key = StringProperty("")
    selection = ObjectProperty(None)

    __events__ = ("on_edit", "on_step")

    def on_edit(self) -> None:
        """Bound by the owner."""

    def on_step(self, wanted: int) -> None:
        """Bound by the owner."""


class CheckoutScreen(PageScreen):
    """A card that is tapped here pays at once; the flow sees to that."""

    # --- touches ---

    def choose_mode(self, mode: str) -> None:
        self.dispatch_flow(ev.DiningModeChosen(DiningMode(mode)))

    def pay_as_member(self) -> None:
        self.dispatch_flow(ev.MemberPaymentChosen())

    def pay_by_face(self) -> None:
        self.dispatch_flow(ev.MethodChosen(PayMethod.FACE))

    def pay_by_card(self) -> None:
        self.dispatch_flow(ev.MethodChosen(PayMethod.CARD))

    def pay_at_counter(self) -> None:
        self.dispatch_flow(ev.MethodChosen(PayMethod.COUNTER))

    def use_points(self, use: bool) -> None:
        self.dispatch_flow(ev.PointsChosen(use))

    def choose_coupon(self) -> None:
        self.dispatch_flow(ev.CouponsOpened(is_open=True))

    # --- what is shown ---

    def render(self, state: State) -> None:
        if state.menu is None or not state.session.cart.lines:
            return
        session, rules = state.session, (state.points_rule, state.redeem_rule)
        works = (state.link, state.card_reader_works, offers_face(state))
        if not self.changed("all", session, state.menu, state.levels, works, rules):
            return
        self.title(self.texts.gettext("Your order"))
        self.ids.more.text = self.texts.gettext("Add something else")
        priced = price_cart(session.cart, state.menu)
        self._render_lines(priced.lines, state.menu, state.levels.short_for(session.cart))
        self._render_modes(session.dining_mode)
        self.ids.redeem.show(state, self.texts)
        self._render_total(state)
        self._render_methods(state)

    def _render_lines(self, lines: tuple[PricedLine, ...], menu: Menu, short: tuple[DishId, ...]) -> None:
        """Rows stay while their selection stays, so that a touch on a stepper changes one row only."""
        rows = {row.selection: row for row in self.ids.lines.children}
        if tuple(line.line.selection for line in lines) != tuple(r.selection for r in self._rows()):
            self.ids.lines.clear_widgets()
            for line in lines:
                self.ids.lines.add_widget(rows.get(line.line.selection) or self._new_row(line.line.selection))
        for number, (row, line) in enumerate(zip(self._rows(), lines, strict=True)):
            self._render_row(row, line, number, menu, short)

    def _rows(self) -> list[CheckoutLineRow]:
        return list(reversed(self.ids.lines.children))

    def _new_row(self, selection: Selection) -> CheckoutLineRow:
        row = CheckoutLineRow(selection=selection)
        row.bind(
            on_edit=lambda row: self.dispatch_flow(ev.LineOpened(row.selection)),
            on_step=lambda row, wanted: self.dispatch_flow(ev.LineQuantityChanged(row.selection, wanted)),
        )
        return row

    def _render_row(
        self, row: CheckoutLineRow, priced: PricedLine, number: int, menu: Menu, short: tuple[DishId, ...]
    ) -> None:
        _ = self.texts.gettext
        line: CartLine = priced.line
        words = selection_words(line.selection, menu, self.texts)
        row.key = str(number)
        row.name, row.details = words.name, words.details
        row.ids.picture.show(self.art, words.art)
        row.quantity, row.price = line.quantity, self.texts.money(priced.total)
        row.edit_text = _("Change")
        missing = [self.texts.of(menu.dish_by_id[c.dish_id].name) for c in line.selection.dishes if c.dish_id in short]
        row.warning = _("Not enough left: {dishes}").format(dishes=self.texts.listed(missing)) if missing else ""

    def _render_modes(self, mode: DiningMode) -> None:
        _, ids = self.texts.gettext, self.ids
        ids.dine_in.text, ids.take_away.text = _("Eat here"), _("Take away")
        ids.dine_in.active = mode is DiningMode.DINE_IN
        ids.take_away.active = mode is DiningMode.TAKE_AWAY

    def _render_total(self, state: State) -> None:
        _, ids, cart = self.texts.gettext, self.ids, state.session.cart
        total, money = total_of(state), money_to_pay(state)
        count = cart.item_count
        ids.count.text = self.texts.ngettext("{n} item", "{n} items", count).format(n=count)
        ids.total.text = self.texts.money(money)
        ids.before.text = _("Before: {total}").format(total=self.texts.money(total)) if money != total else ""
        points = state.points_rule.points_for(money) if state.session.customer else 0
        earned = self.texts.ngettext("You earn {n} point", "You earn {n} points", points).format(n=points)
        ids.points.text = earned if points else ""

    def _render_methods(self, state: State) -> None:
        """The next step is the one that can work: as the member was recognised, any card, else the counter."""
        _, ids, customer = self.texts.gettext, self.ids, state.session.customer
        online, reader = state.link is LinkState.ONLINE, state.card_reader_works
        can_pay = state.member_can_pay(money_to_pay(state))
        by_card = customer is not None and isinstance(customer.payer, ByCard)
        ids.member.offered = by_card
        if customer is not None:
            ids.member.text = _("Pay with your card")
            no_way = _("This card cannot be charged right now")
            ids.member.detail = customer.member.masked_name if can_pay else no_way
        ids.face.offered = offers_face(state) and not by_card
        ids.face.text = _("Pay by face")
        ids.face.detail = customer.member.masked_name if customer else _("You see the amount before it is charged")
        ids.card.text = _("Another campus card") if by_card else _("Campus card")
        ids.card.disabled = not reader
        if not reader:
            ids.card.icon, ids.card.detail = "credit-card-off-outline", _("The card reader is not working right now")
        elif not online:
            ids.card.icon, ids.card.detail = "cloud-off-outline", _("Not every card works right now")
        else:
            ids.card.icon, ids.card.detail = "contactless-payment", _("Tap it on the reader now")
        ids.counter.text, ids.counter.detail = _("Pay at the counter"), _("Cash or phone, by your number")
        best = ids.card if online and reader else ids.counter
        if by_card:
            best = ids.member if can_pay else ids.counter
        elif customer is not None and ids.face.offered and can_pay:
            best = ids.face
        for tile in (ids.member, ids.face, ids.card, ids.counter):
            tile.kind = "primary" if tile is best else "secondary"


load_kv(__file__)
