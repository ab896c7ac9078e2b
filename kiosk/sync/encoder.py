"""What happened at the terminal, as the wire tells it to central."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.domain.cash import CashTopUp, CounterPayment
from kiosk.domain.collection import Collection, UndoneCollection
from kiosk.domain.face_consent import FaceConsent, FaceDeletion
from kiosk.domain.ids import FaceConsentId, PaymentId
from kiosk.domain.kitchen import Mark, Ticket
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.member_act import CardBlock
from kiosk.domain.order import Order
from kiosk.domain.payment import Payment
from kiosk.domain.portions import PortionsBrought, PortionsReturned, PortionsTaken
from kiosk.domain.refund import Refund
from kiosk.domain.shift import CashMovement
from kiosk.domain.stock import StockMovement, movements_for_sale
from kiosk.domain.stock_act import StockAct
from kiosk.domain.wallet import GrantUse, Spend
from kiosk.domain.z_report import ZCorrection, ZReport
from kiosk.services.ports import TakenOrder, Told
from kiosk.sync.wire import (
    CardBlocked,
    CashMoved,
    CashTopUpRecorded,
    CollectionUndone,
    CounterPaymentRecorded,
    FaceConsentGiven,
    FaceDestroyed,
    FaceForgotten,
    GrantReleased,
    OrderCollected,
    OrderRecorded,
    PortionsGivenBack,
    RefundRecorded,
    ShiftClosed,
    ShiftCorrected,
    SpendRecord,
    StockActRecorded,
    TerminalEvent,
    TicketMarked,
    decode_event,
    encode,
)


class WireEncoder:
    """kiosk.services.ports.EventEncoder."""

    def __init__(self, points_rule: PointsRule) -> None:
        self._points_rule = points_rule

    def sale(
        self,
        order: Order,
        payment: Payment,
        uses: Sequence[tuple[GrantUse, Spend]],
        taken: tuple[PortionsTaken, ...] = (),
    ) -> bytes:
        """See the port. Points are earned by the money that was spent, not by points, a coupon or what is still due."""
        event = OrderRecorded(
            order,
            payment,
            movements_for_sale(order),
            spends=_records(uses),
            points=self._points_rule.points_for(payment.from_balance),
            taken=taken,
        )
        return encode(event)

    def release(self, request_id: PaymentId) -> bytes:
        """The request will never be spent."""
        return encode(GrantReleased(request_id))

    def refund(self, refund: Refund, movements: tuple[StockMovement, ...]) -> bytes:
        return encode(RefundRecorded(refund, movements))

    def counter_payment(self, made: CounterPayment, movements: tuple[StockMovement, ...], points: int) -> bytes:
        return encode(CounterPaymentRecorded(made, movements, points))

    def cash_top_up(self, made: CashTopUp) -> bytes:
        return encode(CashTopUpRecorded(made))

    def collected(self, made: Collection, uses: Sequence[tuple[GrantUse, Spend]], points: int) -> bytes:
        return encode(OrderCollected(made, _records(uses), points))

    def collection_undone(self, undone: UndoneCollection) -> bytes:
        return encode(CollectionUndone(undone))

    def ticket_marked(self, before: Ticket, mark: Mark) -> bytes:
        return encode(TicketMarked(before.key.order_id, before.key.stall, mark, before.changes))

    def stock_act(self, act: StockAct, brought: tuple[PortionsBrought, ...] = ()) -> bytes:
        return encode(StockActRecorded(act, brought))

    def portions_returned(self, returned: tuple[PortionsReturned, ...]) -> bytes:
        return encode(PortionsGivenBack(returned))

    def card_blocked(self, block: CardBlock) -> bytes:
        return encode(CardBlocked(block))

    def cash_moved(self, movement: CashMovement) -> bytes:
        return encode(CashMoved(movement))

    def shift_closed(self, report: ZReport) -> bytes:
        return encode(ShiftClosed(report))

    def shift_corrected(self, correction: ZCorrection) -> bytes:
        return encode(ShiftCorrected(correction))

    def face_consent(self, consent: FaceConsent) -> bytes:
        return encode(FaceConsentGiven(consent))

    def face_forgotten(self, deletion: FaceDeletion, consent_id: FaceConsentId | None) -> bytes:
        return encode(FaceForgotten(deletion, consent_id))

    def face_destroyed(self, consent_id: FaceConsentId) -> bytes:
        return encode(FaceDestroyed(consent_id))


class WireReader:
    """kiosk.services.ports.EventReader."""

    def read(self, body: bytes) -> Told | None:
        """Raises WireError for what is none of this program's events."""
        return _told(decode_event(body))


def _told(event: TerminalEvent) -> Told | None:
    match event:
        case OrderRecorded():
            return TakenOrder(event.order, event.payment)
        case RefundRecorded():
            return event.refund
        case CounterPaymentRecorded():
            return event.payment
        case OrderCollected():
            return event.collection
        case CollectionUndone():
            return event.undone
        case CashTopUpRecorded():
            return event.top_up
        case CashMoved():
            return event.movement
    return None


def _records(uses: Sequence[tuple[GrantUse, Spend]]) -> tuple[SpendRecord, ...]:
    return tuple(SpendRecord(spend, use.spends if use.closed else None) for use, spend in uses)
