"""What really happened, written down as customers saw it: who has what, and every sale that a terminal made durable."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from kiosk.domain.order import Order, OrderState

OPENING_MINOR = (0, 15_000)
CREDIT_LINES_MINOR = (0, 0, 0, 2000)


@dataclass(slots=True)
class Diner:
    """Amounts in minor units. `usual`: the places where they mostly eat. `is_written_off`: a grant of theirs was
    written off, so that a spend may have been a loss and not theirs; the end's account says which."""

    id: str
    card_uid: str
    opening: int
    credit_line: int
    usual: tuple[int, int]
    topped_up: int = 0
    charged: int = 0
    is_written_off: bool = False

    @property
    def balance(self) -> int:
        """With what central has not heard of yet."""
        return self.opening + self.topped_up - self.charged


@dataclass(frozen=True, slots=True)
class Sale:
    """`member_id` of who was charged; None for an order that is due at the counter."""

    place: int
    member_id: str | None
    minor: int


@dataclass
class Books:
    """`sales` are on a terminal's disk; `lost` were on one that was replaced by an older copy before central had
    heard of them."""

    diners: dict[str, Diner]
    sales: dict[UUID, Sale] = field(default_factory=dict)
    lost: dict[UUID, Sale] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)
    paid_in: dict[UUID, tuple[str, int]] = field(default_factory=dict)

    def sold(self, place: int, order: Order) -> None:
        assert order.id not in self.sales, "what was shown last is gone from the disk, or stands there twice"
        is_paid = order.state is OrderState.PAID
        charged = order.member_id if is_paid else None
        self.sales[order.id] = Sale(place, charged, order.total.minor)
        if charged is not None:
            self.diners[charged].charged += order.total.minor
            self.touched.add(charged)

    def lose(self, order_id: UUID) -> None:
        """With the disk. What was paid for it is nobody's any more, unless central should hear of it after all."""
        sale = self.lost[order_id] = self.sales.pop(order_id)
        if sale.member_id is not None:
            self.diners[sale.member_id].charged -= sale.minor

    def find(self, order_id: UUID) -> None:
        """A request that was late had brought it to central."""
        sale = self.sales[order_id] = self.lost.pop(order_id)
        if sale.member_id is not None:
            self.diners[sale.member_id].charged += sale.minor
