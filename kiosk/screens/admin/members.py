"""A member by the card on the reader, or by the end of their number: balance and state; cash for the balance; and what
else is done for them."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.domain.staff import Permission, Staff
from kiosk.screens.admin.members_words import notice_words, waiting_words
from kiosk.screens.admin.orders_details import DetailRow
from kiosk.screens.admin.parts import ConfirmSheet
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import members as m
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.members_enrolling import has_camera
from kiosk.screens.admin_flow.members_lookup import may_find
from kiosk.screens.admin_flow.members_state import FaceAsked, MembersState, members_of
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import acting
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ERASE
from kiosk.screens.widgets.push_button import PushButton
from kiosk.services.cash_top_up import CashTaken
from kiosk.services.look_up_member import MemberSeen
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason

_VALUE_UNITS = 460


class FoundKey(PushButton):
    """One of those whose number ends so."""


class MemberActKey(PushButton):
    """What else is done for a member."""


class MembersScreen(AdminScreen):
    """Who it is at the left (above), the amount at the right (below)."""

    can_type = BooleanProperty(defaultvalue=False)
    can_take = BooleanProperty(defaultvalue=False)
    looks_up = BooleanProperty(defaultvalue=True)
    has_pad = BooleanProperty(defaultvalue=True)
    _sheet: ConfirmSheet | None = None

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Members")

    def notice_words(self, about: object) -> str:
        return notice_words(about, self.texts)

    def left(self) -> None:
        self._show_sheet(None)

    def render(self, state: AdminState) -> None:
        members = members_of(state)
        can_enrol = has_camera(state) and acting(state).may(Permission.ENROL_FACES)
        if not self.changed("all", members, can_enrol):
            return
        _, ids, amount = self.texts.gettext, self.ids, members.amount
        self.looks_up = members.seen is None
        self.has_pad = members.seen is None or (bool(members.seen.card_uid) and not members.seen.is_card_blocked)
        self.can_type = m.may_top_up(state) or self.looks_up
        self.can_take = may_find(members) if self.looks_up else self.can_type and amount is not None
        self._render_member(members)
        self._render_acts(members, acting(state), can_enrol=can_enrol)
        ids.told.text, ids.told.tone = self._ended_words(members, acting(state))
        if self.looks_up:
            ids.typed.text = members.typed or _("Member number")
            ids.take.text = _("One moment") if members.looking else _("Look up")
        else:
            ids.typed.text = self.texts.money(amount) if amount else _("Cash for the card")
            ids.take.text = _("One moment") if members.in_flight else _("The cash is taken")
        ids.typed.tone = "ink" if members.typed else "ink_soft"
        asks = isinstance(members.detail, FaceAsked)
        self._show_sheet(self._face_asked(members, can_enrol=can_enrol) if asks else None)

    def _render_member(self, members: MembersState) -> None:
        _, ids, seen = self.texts.gettext, self.ids, members.seen
        ids.rows.clear_widgets()
        if seen is None:
            unknown = _("Nobody is known by that.") if members.typed else _("This card is not known here.")
            words = unknown if members.is_unknown else _("Tap the member's card")
            if members.found:
                words = _("Which of them?")
            ids.name.text, ids.name.tone = _("One moment") if members.looking else words, "ink_soft"
            self._render_found(members)
            return
        ids.name.text, ids.name.tone = seen.masked_name, "ink"
        for text, value in self._facts(seen):
            ids.rows.add_widget(DetailRow(text=text, value=value, value_units=_VALUE_UNITS))

    def _facts(self, seen: MemberSeen) -> tuple[tuple[str, str], ...]:
        _, money = self.texts.gettext, self.texts.money
        facts = [(_("Balance"), money(seen.balance))]
        if seen.on_the_way:
            facts.append((_("Taken here, not on the card yet"), money(seen.on_the_way)))
        facts.append((_("Points collected"), str(seen.points)))
        card_state = _("blocked") if seen.is_card_blocked else _("valid")
        if seen.card_uid:
            facts.append((_("Card …{end}").format(end=seen.card_uid[-4:]), card_state))
        else:
            facts.append((_("Member number"), seen.member_id))
        facts.append((_("Face"), _("enrolled here") if seen.has_face else _("not enrolled here")))
        return tuple(facts)

    def _render_found(self, members: MembersState) -> None:
        _, rows = self.texts.gettext, self.ids.rows
        if not members.found and not members.looking:
            hint = _("Card lost? Type the last digits of the member's number.")
            rows.add_widget(DetailRow(text=hint, value_units=0))
        for found in members.found:
            row = FoundKey(test_id=f"found-{found.member_id}", text=f"{found.masked_name}  {found.member_id}")
            row.bind(on_release=lambda _row, one=found: self.dispatch_flow(ev.FoundTouched(one.member_id)))
            rows.add_widget(row)

    def _render_acts(self, members: MembersState, by: Staff, *, can_enrol: bool) -> None:
        """What else they may do for whoever is shown."""
        _, keys = self.texts.gettext, self.ids.acts
        may_delete = by.may(Permission.DELETE_FACES)
        face = _("Face") if can_enrol else _("Delete the face")
        may_cards = by.may(Permission.BIND_CARDS) or by.may(Permission.BLOCK_CARDS)
        offered = [
            ("cards", "credit-card-check", _("Cards"), ev.CardsTouched(), may_cards),
            ("correct", "pencil", _("Correct the balance"), ev.CorrectTouched(), by.may(Permission.CORRECT_BALANCES)),
            ("diet", "sprout", _("Diet"), ev.DietTouched(), by.may(Permission.CHANGE_DIET)),
            ("enrol", "face-recognition", self._enrol_words(members), ev.EnrolTouched(), can_enrol and not may_delete),
            ("face", "face-recognition", face, ev.FaceTouched(), may_delete),
        ]
        keys.clear_widgets()
        # How a top-up ended stands in their place.
        is_shown = members.seen is not None and members.ended is None
        for name, icon, text, event, may in offered if is_shown else ():
            if may:
                key = MemberActKey(test_id=f"act-{name}", icon=icon, text=text, disabled=not members.is_free)
                key.bind(on_release=lambda _key, touched=event: self.dispatch_flow(touched))
                keys.add_widget(key)

    def _enrol_words(self, members: MembersState) -> str:
        _ = self.texts.gettext
        anew = members.seen is not None and members.seen.has_face
        return _("Enrol the face anew") if anew else _("Enrol the face")

    def _face_asked(self, members: MembersState, *, can_enrol: bool) -> ConfirmSheet:
        _ = self.texts.gettext
        sheet = ConfirmSheet(
            test_id="face-sheet",
            title=_("Delete the face of this member?"),
            detail=_("Here at once, and at every other terminal as it hears of it. It cannot be brought back."),
            confirm_text=_("Delete it"),
            cancel_text=_("Not now"),
        )
        if can_enrol:
            sheet.title, sheet.confirm_text = _("Enrol or delete the face of this member?"), ""
            sheet.detail = _("A face that is deleted cannot be brought back.")
            sheet.reasons = [("enrol", self._enrol_words(members)), ("delete", _("Delete the face"))]
        sheet.bind(
            on_confirm=lambda _sheet, key: self.dispatch_flow(
                ev.EnrolTouched() if key == "enrol" else ev.FaceDeletionConfirmed()
            ),
            on_dismiss=lambda _sheet: self.dispatch_flow(ev.SheetDismissed()),
        )
        return sheet

    def _show_sheet(self, sheet: ConfirmSheet | None) -> None:
        if self._sheet is not None:
            self.remove_widget(self._sheet)
        self._sheet = sheet
        if sheet is not None:
            self.add_widget(sheet)

    def _ended_words(self, members: MembersState, by: Staff) -> tuple[str, str]:
        """How the last top-up ended; else why none can be taken."""
        _ = self.texts.gettext
        waiting = waiting_words(members, self.texts)
        if waiting:
            return waiting, "warning"
        match members.ended:
            case CashTaken(top_up):
                words = _("{amount} is taken. It is on the card as soon as this terminal is connected.")
                return words.format(amount=self.texts.money(top_up.amount)), "positive"
            case Refused(reason):
                return self._refused_words(reason), "negative"
            case NotKnown():
                words = _("Not known yet whether it was done: keep the cash apart. It is found out by itself.")
                return words, "warning"
        if members.seen is not None and members.seen.is_card_blocked:
            if by.may(Permission.BIND_CARDS):
                return _("This card is blocked. It can be unblocked under Cards."), "negative"
            return _("This card is blocked. Please send the member to the office."), "negative"
        if members.seen is not None and not members.seen.card_uid:
            return _("For cash on the balance tap the member's card."), "ink_soft"
        return "", "ink_soft"

    def _refused_words(self, reason: RefusedReason) -> str:
        _ = self.texts.gettext
        return {
            RefusedReason.CARD_UNKNOWN: _("This card is not known here."),
            RefusedReason.CARD_BLOCKED: _("This card is blocked. Please send the member to the office."),
            RefusedReason.AMOUNT_NOT_ALLOWED: _("So much cannot be taken at once. Give the cash back."),
            RefusedReason.BALANCE_TOO_LARGE: _("The balance would be too large. Give the cash back."),
        }.get(reason, _("That could not be done. Nothing was changed."))

    # --- touches ---

    def press(self, key: str) -> None:
        self.dispatch_flow(m.AmountErased() if key == ERASE else m.AmountTyped(key))

    def take(self) -> None:
        self.dispatch_flow(ev.FindTouched() if self.looks_up else m.TopUpTouched())


load_kv(__file__)
