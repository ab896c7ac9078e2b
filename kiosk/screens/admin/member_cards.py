"""A member's cards: which pay and which are blocked; a new one is held on the reader."""

from __future__ import annotations

from kiosk.domain.member import Card, CardState
from kiosk.screens.admin.members_words import notice_words, waiting_words
from kiosk.screens.admin.parts import AdminRow, ConfirmSheet
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.members_state import Cards, MembersState, members_of
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv


class MemberCardsScreen(AdminScreen):
    """A touch on a card asks whether to block it; one that is blocked is unblocked."""

    _sheet: ConfirmSheet | None = None

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Cards")

    def notice_words(self, about: object) -> str:
        return notice_words(about, self.texts)

    def left(self) -> None:
        self._show_sheet(None)

    def render(self, state: AdminState) -> None:
        members, _, ids = members_of(state), self.texts.gettext, self.ids
        if members.seen is None or not isinstance(members.detail, Cards) or not self.changed("all", members):
            return
        ids.name.text = members.seen.masked_name
        ids.hint.text = _("A new card? Hold it on the reader.")
        ids.told.text, ids.told.tone = waiting_words(members, self.texts), "warning"
        ids.rows.clear_widgets()
        for card in sorted(members.seen.cards, key=lambda card: (card.state is not CardState.ACTIVE, card.uid)):
            ids.rows.add_widget(self._row(card))
        self._show_sheet(self._asked(members, members.detail))

    def _row(self, card: Card) -> AdminRow:
        _, pays = self.texts.gettext, card.state is CardState.ACTIVE
        row = AdminRow(
            test_id=f"card-{card.uid[-4:]}",
            icon="credit-card-check" if pays else "credit-card-off-outline",
            text=_("Card …{end}").format(end=card.uid[-4:]),
            detail=_("pays") if pays else _("blocked"),
            value=_("Block it") if pays else _("Unblock it"),
            tone="negative" if pays else "ink",
        )
        row.bind(on_release=lambda _row: self.dispatch_flow(ev.CardTouched(card.uid)))
        return row

    def _asked(self, members: MembersState, cards: Cards) -> ConfirmSheet | None:
        _ = self.texts.gettext
        if cards.losing:
            sheet = ConfirmSheet(
                test_id="block-sheet",
                title=_("Block card …{end}?").format(end=cards.losing[-4:]),
                detail=_("Nobody pays with it any more: here at once, elsewhere as soon as they hear of it."),
                confirm_text=_("Block it"),
                cancel_text=_("Not now"),
            )
            sheet.bind(on_confirm=lambda _sheet, _key: self.dispatch_flow(ev.BlockConfirmed()))
        elif cards.fresh and members.seen is not None:
            sheet = ConfirmSheet(
                test_id="bind-sheet",
                title=_("Give card …{end} to {name}?").format(end=cards.fresh[-4:], name=members.seen.masked_name),
                cancel_text=_("Not now"),
            )
            has_others = any(card.state is CardState.ACTIVE for card in members.seen.cards)
            beside = ("beside", _("As a further card") if has_others else _("Yes, it is theirs"))
            instead = ("instead", _("In place of the old card, which is blocked"))
            sheet.reasons = [instead, beside] if has_others else [beside]
            sheet.bind(on_confirm=lambda _sheet, key: self.dispatch_flow(ev.BindConfirmed(instead=key == "instead")))
        else:
            return None
        sheet.bind(on_dismiss=lambda _sheet: self.dispatch_flow(ev.SheetDismissed()))
        return sheet

    def _show_sheet(self, sheet: ConfirmSheet | None) -> None:
        if self._sheet is not None:
            self.remove_widget(self._sheet)
        self._sheet = sheet
        if sheet is not None:
            self.add_widget(sheet)


load_kv(__file__)
