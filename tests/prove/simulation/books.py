"""What really happened: every act that a terminal made durable, and who has what by them."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from kiosk.domain.payment import PaymentMethod, value_of
from tests.prove.simulation.acts import Act, What

CREDIT_LINES_MINOR = (0, 0, 0, 2000)
REMEMBERED = 40  # orders that somebody may come back with


@dataclass(slots=True)
class Diner:
    """Amounts in minor units. `usual`: the places where they mostly eat. `money` and `points` are what they have with
    what central has not heard of yet, points that go with refunds not taken off: which those are, central decides.
    `money_lost` and `points_lost` were paid in, given back and earned by what went with a disk, and may have been used.
    `is_written_off`: a grant of theirs was written off, so that a spend may have been a loss and not theirs; the end's
    account says which."""

    id: str
    card_uid: str
    opening: int
    credit_line: int
    usual: tuple[int, int]
    money: int
    points: int = 0
    money_lost: int = 0
    points_lost: int = 0
    is_written_off: bool = False


@dataclass
class Books:
    """`acts` are on a terminal's disk; `lost` were on one that was replaced by an older copy before central had heard
    of them. `offers`: to whom each of them went, `coupons`: whose they are by
    unit, `used`: how often each was. `recent` and `due`: orders by place that were paid, or are to be paid at the
    counter; `by_payment`: order ids."""

    diners: dict[str, Diner]
    acts: dict[UUID, Act] = field(default_factory=dict)
    lost: dict[UUID, Act] = field(default_factory=dict)
    orders: int = 0
    touched: set[str] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)
    paid_in: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    offers: list[tuple[str, ...]] = field(default_factory=list)
    coupons: dict[str, str] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)
    given_back: Counter[tuple[UUID, str]] = field(default_factory=Counter)
    recent: defaultdict[int, deque[UUID]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=REMEMBERED)))
    due: defaultdict[int, deque[UUID]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=REMEMBERED)))
    sold_at: Counter[int] = field(default_factory=Counter)
    by_payment: dict[UUID, UUID] = field(default_factory=dict)

    def record(self, act: Act) -> None:
        """It is durable now, whether or not anybody will be told."""
        assert act.id not in self.acts, "it stands on the disk twice"
        self.acts[act.id] = act
        self.seen[act.what] += 1
        if act.what is What.ORDER:
            self.orders += 1
            self.sold_at[act.place] += 1
            self.by_payment[act.its_payment.id] = act.id
            (self.due if act.its_payment.due else self.recent)[act.place].append(act.id)
        self._count(act, 1)

    def lose(self, act_id: UUID) -> None:
        """With the disk. What it did is undone, unless central should hear of it after all."""
        act = self.lost[act_id] = self.acts.pop(act_id)
        self._count(act, -1)
        self._lose_gains(act, 1)

    def find(self, act_id: UUID) -> None:
        """A request that was late had brought it to central."""
        act = self.acts[act_id] = self.lost.pop(act_id)
        self._count(act, 1)
        self._lose_gains(act, -1)

    def made_at(self, place: int) -> Iterable[UUID]:
        return [act_id for act_id, act in self.acts.items() if act.place == place]

    def pay_in(self, top_up_id: UUID, diner: Diner, minor: int) -> None:
        """At central."""
        self.paid_in[top_up_id] = diner.id, minor
        diner.money += minor
        self.touched.add(diner.id)

    def _count(self, act: Act, times: int) -> None:
        for method, minor in act.given_back:
            self.given_back[act.order_id, method] += times * minor
            payment = self.order(act.order_id).its_payment
            paid = value_of(payment.all_parts, PaymentMethod(method), payment.amount.currency)
            assert self.given_back[act.order_id, method] <= paid.minor, "more was given back than was paid"
        if act.member_id is None:
            return
        diner = self.diners[act.member_id]
        diner.money += times * act.money
        diner.points += times * act.points
        if act.coupon is not None:
            self.used[act.coupon] -= times * act.coupons
            assert self.used[act.coupon] <= 1 or diner.is_written_off, "a coupon was used twice"
        self.touched.add(diner.id)

    def _lose_gains(self, act: Act, times: int) -> None:
        if act.member_id is not None:
            diner = self.diners[act.member_id]
            diner.money_lost += times * max(act.money, 0)
            diner.points_lost += times * max(act.points, 0)

    def order(self, order_id: UUID) -> Act:
        return self.acts.get(order_id) or self.lost[order_id]
