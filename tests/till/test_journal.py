"""The program dies at every step of a payment, once each. The next start says of that payment whether it was paid or
not charged, what it says is so at central, and no money is held by it any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from central.wallet.repository import money_grant
from kiosk.domain.money import Money
from kiosk.domain.payment import Payment, PaymentState
from kiosk.services.journal import CardPayment, Fate, PaymentJournal
from tests.central.support import Central, Diner
from tests.services.fakes import FixedClock
from tests.till.dying import Died, DyingLine, DyingStore, Steps
from tests.till.mutants import ForgetsToRelease, TakesTheIntentionForThePayment, WritesItDownAfterwards, unchanged
from tests.till.till import CHINA, MOMENT, Services, Till

DISHES = (("dumplings", 2),)
PRICE = Money(2400)
MAX_STEPS = 80


@dataclass(frozen=True)
class Case:
    """`balance` of the card, `set_aside` for it at this terminal, and whether central's answer arrives."""

    name: str
    balance: str
    set_aside: bool = False
    answers: bool = True

    def __str__(self) -> str:
        return self.name


JUST_IN_TIME = Case("just in time", "50.00")
REPLY_LOST = Case("reply lost", "50.00", answers=False)
CASES = (
    JUST_IN_TIME,
    Case("pre-granted", "20.00", set_aside=True),
    REPLY_LOST,
    Case("insufficient", "10.00"),
)


@dataclass(frozen=True)
class Bug:
    """A planted one: another store or journal than the real ones."""

    name: str = "none"
    store: Callable[[Any], Any] = unchanged
    journal: type[PaymentJournal] = PaymentJournal

    def __str__(self) -> str:
        return self.name


NO_BUG = Bug()
BUGS = (
    Bug("written down afterwards", WritesItDownAfterwards),
    Bug("never released", ForgetsToRelease),
    Bug("begun is taken for paid", journal=TakesTheIntentionForThePayment),
)


@dataclass
class Scene:
    """One payment that is about to be made, at a till of its own."""

    central: Central
    member: Diner
    till: Till
    case: Case
    bug: Bug

    def services(self, steps: Steps) -> Services:
        line = DyingLine(self.till.services.line, steps, answers=self.case.answers)
        return Services(self.bug.store(DyingStore(self.till.store, steps)), line)

    def journal(self) -> PaymentJournal:
        store, encoder = self.bug.store(self.till.store), self.till.services.encoder
        return self.bug.journal(store, encoder, FixedClock(MOMENT), lambda moment: moment.astimezone(CHINA))

    def begun(self) -> Payment | None:
        """What the database holds of the payment."""
        with self.till.store.transaction() as tx:
            last = tx.payments.last_by_payer()
        return last[0] if last else None


def prepare(central: Central, folder: Path, case: Case, bug: Bug) -> Scene:
    folder.mkdir()
    member = central.add_member(case.balance)
    till = Till(central, folder)
    if case.set_aside:
        till.is_usual_for(member)
    return Scene(central, member, till, case, bug)


def pay(scene: Scene, services: Services) -> object:
    return services.checkout.pay_by_card(scene.till.request(scene.till.cart(*DISHES)), scene.member.card_uid)


def check_after_the_crash(scene: Scene, before_minor: int, dies_at: int, crash_image: Path) -> Fate | None:
    """Start on what the crash left, and compare what is said with what is so."""
    scene.till.reopens(crash_image)
    begun = scene.begun()
    before = begun.state if begun else None
    said = scene.journal().at_start()
    _check_said(scene, begun, said, before, dies_at)
    scene.till.uploads()
    account = scene.central.account(scene.member)
    charged = before_minor - account.booked.minor
    fate = said.fate if said is not None and _is_of(said, scene) else None
    assert charged == (PRICE.minor if fate is Fate.PAID else 0), f"step {dies_at}: said {fate}, charged {charged}"
    assert _just_in_time_held(scene) == 0, f"step {dies_at}: money is held for a payment that never was"
    assert scene.till.quarantined() == []
    with scene.till.store.transaction() as tx:
        assert tx.payments.unresolved() == ()
    return fate


def _check_said(
    scene: Scene, begun: Payment | None, said: CardPayment | None, before: PaymentState | None, dies_at: int
) -> None:
    if begun is None:
        assert said is None
        return
    assert said is not None, f"step {dies_at}: a payment that was {before} and nothing is said"
    assert said.payment_id == begun.id
    fate = Fate.PAID if before is PaymentState.PAID else Fate.NOT_CHARGED
    assert said.fate is fate, f"step {dies_at}: said {said.fate} of a payment that was {before}"
    assert (said.card_end, said.at.strftime("%H:%M")) == (scene.member.card_uid[-4:], "12:03")
    assert (said.order is not None) == (said.fate is Fate.PAID)


def _is_of(said: CardPayment, scene: Scene) -> bool:
    """Of the payment that died, not of one of the meals before it."""
    if said.order is not None:
        return said.order.total == PRICE
    with scene.till.store.transaction() as tx:
        payment = tx.payments.get(said.payment_id)
    return payment is not None and payment.amount == PRICE


def _just_in_time_held(scene: Scene) -> int:
    """Open grants of the member that are for a payment."""
    mine = (money_grant.c.member_id == scene.member.id, money_grant.c.is_open, money_grant.c.request_id.is_not(None))
    rows = scene.central.parts.transactions.read(lambda c: c.execute(select(money_grant).where(*mine)).all())
    return len(rows)


def every_step(central: Central, folder: Path, case: Case, bug: Bug = NO_BUG) -> dict[str, Fate | None]:
    """Die before each step in turn; what was said, by the number and name of the step."""
    found: dict[str, Fate | None] = {}
    for dies_at in range(1, MAX_STEPS):
        scene = prepare(central, folder / f"{dies_at}", case, bug)
        before = central.account(scene.member).booked.minor
        steps = Steps(scene.till.folder, folder / f"{dies_at}-crashed", dies_at)
        try:
            pay(scene, scene.services(steps))
        except Died as died:
            found[f"{dies_at} {died}"] = check_after_the_crash(scene, before, dies_at, steps.crash_image)
            scene.till.store.close()
            continue
        scene.till.store.close()
        return found
    raise AssertionError("the payment has more steps than were expected")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_whatever_step_it_dies_at_the_next_start_knows(central: Central, tmp_path: Path, case: Case) -> None:
    fates = every_step(central, tmp_path, case)
    paid = [step for step, fate in fates.items() if fate is Fate.PAID]
    assert len(fates) >= 8, "too few steps: nothing is proved"
    if case in (REPLY_LOST, CASES[3]):
        assert not paid
    else:
        assert paid, "it was never paid: nothing is proved"
        steps = list(fates)
        assert steps[-len(paid) :] == paid, "once paid, paid for ever"
        assert "committed" in paid[0]


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_planted_bugs_are_found(central: Central, tmp_path: Path, bug: Bug) -> None:
    with pytest.raises(AssertionError, match=r"step \d+"):
        every_step(central, tmp_path, JUST_IN_TIME, bug)
