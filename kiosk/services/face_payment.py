"""What may be paid by face: by whom the face here still belongs to, and no more than the terminal's settings say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import unix_ms_of
from kiosk.domain.money import Money
from kiosk.domain.payer import ByFace
from kiosk.domain.payment import Payment, PaymentMethod
from kiosk.services.outcomes import NotChargedReason
from kiosk.services.ports import Transaction

_A_DAY = 100  # nobody eats so often; more than that were refused anyway


@dataclass(frozen=True, slots=True)
class FacePaymentLimits:
    """`largest_minor` of one payment, `daily_minor` of all that one member pays by face on one day at this terminal,
    without what was given back, in `timezone`. The day is the clock's: these limits make a stolen face worth little,
    they keep no balance right."""

    largest_minor: int
    daily_minor: int
    timezone: tzinfo

    def refusal(self, tx: Transaction, payer: ByFace, payment: Payment, now: datetime) -> NotChargedReason | None:
        """Why that may not be charged; None: it may."""
        face = tx.faces.of(payer.member_id)
        if face is None or face.consent.id != payer.consent_id or not face.consent.allows(ConsentPurpose.PAYING, now):
            return NotChargedReason.FACE_NOT_ALLOWED
        charged = payment.from_balance
        if charged.minor > self.largest_minor or (self._paid_today(tx, payer, charged, now)).minor > self.daily_minor:
            return NotChargedReason.FACE_LIMIT
        return None

    def _paid_today(self, tx: Transaction, payer: ByFace, more: Money, now: datetime) -> Money:
        """With `more`."""
        today = now.astimezone(self.timezone).date()
        of_today = (paid for paid in tx.payments.by_face(payer.member_id, _A_DAY) if self._day_of(paid) == today)
        return Money.sum((_kept(tx, paid) for paid in of_today), more.currency) + more

    def _day_of(self, payment: Payment) -> date:
        return datetime.fromtimestamp(unix_ms_of(payment.id) / 1000, UTC).astimezone(self.timezone).date()


def _kept(tx: Transaction, payment: Payment) -> Money:
    """What of it was not given back onto the balance: a sale that staff have undone cost nobody anything."""
    paid = payment.from_balance
    back = Money.sum(
        (refund.amount_by(PaymentMethod.BALANCE) for refund in tx.refunds.of_order(payment.order_id)), paid.currency
    )
    return max(paid - back, Money(0, paid.currency))
