"""What a terminal did, as it tells central: the bodies of pushed events."""

from __future__ import annotations

from uuid import UUID

import msgspec

from kiosk.domain.cash import CashTopUp, CounterPayment
from kiosk.domain.collection import Collection, UndoneCollection
from kiosk.domain.face_consent import FaceConsent, FaceDeletion
from kiosk.domain.ids import FaceConsentId, MemberId
from kiosk.domain.kitchen import Mark
from kiosk.domain.member_act import CardBlock
from kiosk.domain.order import Order
from kiosk.domain.payment import Payment
from kiosk.domain.portions import PortionsBrought, PortionsReturned, PortionsTaken
from kiosk.domain.refund import Refund
from kiosk.domain.shift import CashMovement
from kiosk.domain.stock import StockMovement
from kiosk.domain.stock_act import StockAct
from kiosk.domain.wallet import Spend
from kiosk.domain.z_report import ZCorrection, ZReport
from kiosk.sync.wire.codec import UNREADABLE, WireError

MAX_EVENT_BYTES = 256 * 1024  # a full cart of combos with options comes to some 70 kB


class SpendRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One use of a grant. With its `close_after`-th spend the grant is closed; None: it stays open."""

    spend: Spend
    close_after: int | None = None


class OrderRecorded(msgspec.Struct, frozen=True, omit_defaults=True, tag="order_recorded"):
    """An order was taken: paid out of the member's wallet through `spends` (of each unit what the payment's parts say),
    or due at the counter, or both. `points` are earned by the member; stock moves with it, and `taken` is what of that
    the terminal had in hand, and what not: of dishes that central hands out. `spend` and `close_after`
    are how protocol 1 told of its only spend: `all_spends` has both."""

    order: Order
    payment: Payment
    movements: tuple[StockMovement, ...]
    spend: Spend | None = None
    close_after: int | None = None
    points: int = 0
    spends: tuple[SpendRecord, ...] = ()
    taken: tuple[PortionsTaken, ...] = ()

    @property
    def all_spends(self) -> tuple[SpendRecord, ...]:
        if self.spend is None:
            return self.spends
        return (SpendRecord(self.spend, self.close_after), *self.spends)


class GrantReleased(msgspec.Struct, frozen=True, tag="grant_released"):
    """The request will never be spent: close its grant without a spend, or refuse it should it still arrive."""

    request_id: UUID


class GrantClosed(msgspec.Struct, frozen=True, tag="grant_closed"):
    """The terminal made `spends` spends under that grant and will make no more: what is left is free when all of them
    are in."""

    grant_id: UUID
    spends: int


class RefundRecorded(msgspec.Struct, frozen=True, omit_defaults=True, tag="order_refunded"):
    """An order, or part of it, was given back by the terminal that sold it. `movements`: what of it goes back into
    stock. Which of the points it had earned go, central works out."""

    refund: Refund
    movements: tuple[StockMovement, ...] = ()


class CounterPaymentRecorded(msgspec.Struct, frozen=True, omit_defaults=True, tag="counter_payment_recorded"):
    """An order that was due at the counter was paid there in cash, which earns its member `points`; or cancelled, and
    `movements` puts it back into stock."""

    payment: CounterPayment
    movements: tuple[StockMovement, ...] = ()
    points: int = 0


class OrderCollected(msgspec.Struct, frozen=True, omit_defaults=True, tag="order_collected"):
    """An order that was due at the counter, of whichever terminal, was paid at the signing one: in cash, or through
    `spends`, which are the collection's amount. `points`: what that money earns its member."""

    collection: Collection
    spends: tuple[SpendRecord, ...] = ()
    points: int = 0


class CollectionUndone(msgspec.Struct, frozen=True, tag="collection_undone"):
    """A collection of the signing terminal was undone there. A central that does not know this event yet keeps it in
    quarantine."""

    undone: UndoneCollection


class CashTopUpRecorded(msgspec.Struct, frozen=True, tag="cash_top_up_recorded"):
    """Cash was taken for a member's balance."""

    top_up: CashTopUp


class PortionsGivenBack(msgspec.Struct, frozen=True, tag="portions_given_back"):
    """Portions that were handed to the terminal and are not sold there."""

    returned: tuple[PortionsReturned, ...]


class StockActRecorded(msgspec.Struct, frozen=True, omit_defaults=True, tag="stock_act"):
    """Staff restocked, counted, wrote off, marked sold out or brought back. A central that does not know this event yet
    keeps it in quarantine. `brought`: of a restock, what is in the terminal's hand since then; an older terminal, and
    one that was handed nothing of a dish, says nothing of it: then it is free."""

    act: StockAct
    brought: tuple[PortionsBrought, ...] = ()


class CardBlocked(msgspec.Struct, frozen=True, tag="card_blocked"):
    """Staff blocked a card that is lost. A central that does not know this event yet keeps it in quarantine; at its
    terminal the card stays blocked."""

    block: CardBlock


class CashMoved(msgspec.Struct, frozen=True, tag="cash_moved"):
    """Cash was put into the terminal's drawer, or taken out of it, for no sale. A central that does not know this event
    yet keeps it in quarantine, as the next two."""

    movement: CashMovement


class ShiftClosed(msgspec.Struct, frozen=True, tag="shift_closed"):
    """A shift was closed. The events that its report adds up came before this one."""

    report: ZReport


class ShiftCorrected(msgspec.Struct, frozen=True, tag="shift_corrected"):
    """An entry beside a Z report of the signing terminal."""

    correction: ZCorrection


class FaceConsentGiven(msgspec.Struct, frozen=True, tag="face_consent_given"):
    """A member's face was enrolled at the terminal, or its consent renewed there. The face itself is not told."""

    consent: FaceConsent


class FaceForgotten(msgspec.Struct, frozen=True, omit_defaults=True, tag="face_forgotten"):
    """A member's face is to be forgotten everywhere; at the terminal it was, if it was enrolled there under
    `consent_id`."""

    deletion: FaceDeletion
    consent_id: FaceConsentId | None = None


class FaceDestroyed(msgspec.Struct, frozen=True, tag="face_destroyed"):
    """The terminal has heard of a deletion, or the consent has ended: the key is destroyed of the face that was there
    under it, enrolled or as a copy."""

    consent_id: FaceConsentId


class FaceCopyAnswered(msgspec.Struct, frozen=True, omit_defaults=True, tag="face_copy_answered"):
    """What became of a letter (FaceLetterRecord) at its terminal: a copy of the face is there under that consent; or
    none, and `refusal` says why (kiosk.domain.face_copy.CopyRefusal)."""

    letter_id: UUID
    member_id: MemberId
    consent_id: FaceConsentId
    refusal: str = ""


class TicketMarked(msgspec.Struct, frozen=True, tag="ticket_marked"):
    """Somebody at a kitchen screen has said how far the order is at that stall. `changes`: the ticket's count that they
    saw; when it is another one by now, the mark means nothing any more."""

    order_id: UUID
    stall: str
    mark: Mark
    changes: int


TerminalEvent = (
    OrderRecorded
    | GrantReleased
    | GrantClosed
    | RefundRecorded
    | CounterPaymentRecorded
    | OrderCollected
    | CollectionUndone
    | CashTopUpRecorded
    | PortionsGivenBack
    | StockActRecorded
    | CardBlocked
    | CashMoved
    | ShiftClosed
    | ShiftCorrected
    | FaceConsentGiven
    | FaceForgotten
    | FaceDestroyed
    | FaceCopyAnswered
    | TicketMarked
)

_event_decoder: msgspec.json.Decoder[TerminalEvent] = msgspec.json.Decoder(TerminalEvent)


def decode_event(body: bytes | msgspec.Raw) -> TerminalEvent:
    """Read one pushed event. Raises WireError."""
    try:
        return _event_decoder.decode(body)
    except UNREADABLE as error:
        raise WireError(str(error)) from error
