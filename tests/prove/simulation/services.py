"""A terminal's services on its store, as kiosk.opening makes them; and its sync, without threads."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from kiosk.services.cash_top_up import CashTopUps, TopUpLimits
from kiosk.services.checkout import Checkout
from kiosk.services.counter_payment import CounterPayments
from kiosk.services.journal import CardPayment, PaymentJournal
from kiosk.services.ports import TerminalIdentity
from kiosk.services.printing import PrintDesk
from kiosk.services.refund import Refunds
from kiosk.services.reserving import Reserving
from kiosk.services.stock_acts import StockActs
from kiosk.services.stock_watch import StockWatch
from kiosk.sync.pull import FeedReader
from kiosk.sync.push import OutboxSender
from tests.prove.simulation.acts import POINTS_RULE, Witness
from tests.prove.simulation.at_once import AskedAtOnce, AtOnce
from tests.prove.simulation.mortal import SimulatedAllotments, SimulatedClient, SimulatedGrants
from tests.prove.simulation.network import Line
from tests.prove.simulation.times import Clock
from tests.services.fakes import EventLog, Signal
from tests.services.terminal import CHINA, PAPERS

LIMITS = TopUpLimits(largest_minor=20_000, largest_balance_minor=100_000)


@dataclass(frozen=True, slots=True)
class Services:
    """`left_unseen`: what the journal says at the start of the last payment by card."""

    store: Any
    clock: Clock
    checkout: Checkout
    reserving: Reserving
    allotments: SimulatedAllotments
    refunds: Refunds
    counter_payments: CounterPayments
    cash_top_ups: CashTopUps
    stock_acts: StockActs
    left_unseen: CardPayment | None
    sender: OutboxSender
    reader: FeedReader


def start_services(
    store: Any,
    witness: Witness,
    identity: TerminalIdentity,
    line: Line,
    clock: Clock,
    chance: random.Random,
    oversell: int,
) -> Services:
    """Settles first what the last run left open."""
    journal = PaymentJournal(store, witness, clock, lambda moment: moment.astimezone(CHINA))
    left_unseen = journal.at_start()
    desk = PrintDesk(store, EventLog(), PAPERS, clock, CHINA, {})
    desk.resume()
    client, signal = SimulatedClient(line, identity, chance), Signal()
    grants = SimulatedGrants(client, identity, store, chance)
    allotments = SimulatedAllotments(client, store)
    reserving = Reserving(store, allotments, oversell)
    return Services(
        store,
        clock,
        Checkout(store, grants, witness, desk, signal, clock, POINTS_RULE, reserving=reserving),
        reserving,
        allotments,
        Refunds(store, witness, desk, signal, clock),
        CounterPayments(store, witness, desk, signal, clock, POINTS_RULE),
        CashTopUps(store, witness, desk, signal, clock, LIMITS),
        StockActs(store, witness, signal, EventLog(), clock, StockWatch(clock)),
        left_unseen,
        OutboxSender(client, store, AtOnce),
        FeedReader(client, store, identity, EventLog(), lambda: None, AskedAtOnce),
    )
