"""What happened at the terminal as the test saw it: from the answers of the services, without a look into store or
outbox. A Z report must be exactly this."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.domain.z_report import ZReport

PAID_BY = {PaymentMethod.POINTS: "points", PaymentMethod.COUPON: "coupon", PaymentMethod.COUNTER: "cash"}


@dataclass
class ShiftLedger:
    """Of one shift, from the closing before on, in minor units. `float_minor` None: none is open yet."""

    paid: Counter[str] = field(default_factory=Counter)
    given_back: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    meals: Counter[str] = field(default_factory=Counter)
    numbers: list[str] = field(default_factory=list)
    drawer_minor: int = 0
    before_minor: int = 0
    before_count: int = 0
    float_minor: int | None = None

    def happened(self, kind: str, amount_minor: int, cash_minor: int = 0) -> None:
        self.counts[kind] += 1
        self.amounts[kind] += amount_minor
        self.drawer_minor += cash_minor
        if self.float_minor is None:
            self.before_minor += cash_minor
            self.before_count += 1

    def pays(self, by: str, amount_minor: int) -> None:
        self.paid[by] += amount_minor

    def gives_back(self, by: str, amount_minor: int) -> None:
        self.given_back[by] += amount_minor

    @property
    def expected_minor(self) -> int:
        assert self.float_minor is not None
        return self.float_minor + self.drawer_minor - self.before_minor

    def check(self, report: ZReport) -> None:
        """To the cent."""
        totals = report.totals
        assert {s.way: s.paid_minor for s in totals.ways if s.paid_minor} == dict(+self.paid), "what was paid"
        given_back = {s.way: s.given_back_minor for s in totals.ways if s.given_back_minor}
        assert given_back == dict(+self.given_back), "what was given back"
        assert {s.kind: s.count for s in totals.kinds} == dict(self.counts), "how many of a kind"
        assert {s.kind: s.amount_minor for s in totals.kinds} == dict(self.amounts), "the amounts of a kind"
        assert {s.meal.id: s.amount_minor for s in totals.meals} == dict(self.meals), "the meal periods"
        numbers = (self.numbers[0], self.numbers[-1]) if self.numbers else ("", "")
        assert (totals.first_number, totals.last_number) == numbers, "the order numbers"
        assert report.before_opening.count == self.before_count, "what was before the opening"
        assert report.expected_minor == self.expected_minor, "what is expected in the drawer"


def parts_by_payer(parts: tuple[PaymentPart, ...], payer: str) -> list[tuple[str, int]]:
    """By which way, and how much; the balance by what its owner showed."""
    return [(PAID_BY.get(part.method, payer), part.value.minor) for part in parts]
