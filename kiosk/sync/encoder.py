"""What happened at the terminal, as the wire tells it to central."""

from __future__ import annotations

from kiosk.domain.ids import PaymentId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.order import Order
from kiosk.domain.payment import Payment
from kiosk.domain.stock import movements_for_sale
from kiosk.domain.wallet import GrantUse, Spend
from kiosk.sync.wire import GrantReleased, OrderRecorded, encode


class WireEncoder:
    """kiosk.services.ports.EventEncoder."""

    def __init__(self, points_rule: PointsRule) -> None:
        self._points_rule = points_rule

    def sale(self, order: Order, payment: Payment, use: GrantUse | None, spend: Spend | None) -> bytes:
        """An order that was paid under a grant (`use` is the grant after `spend`) or is due at the counter. Points
        are earned by what was spent, so a payment that is still due earns none."""
        event = OrderRecorded(
            order,
            payment,
            movements_for_sale(order),
            spend,
            close_after=use.spends if use is not None and use.closed else None,
            points=0 if spend is None else self._points_rule.points_for(spend.amount),
        )
        return encode(event)

    def release(self, request_id: PaymentId) -> bytes:
        """The request will never be spent."""
        return encode(GrantReleased(request_id))
