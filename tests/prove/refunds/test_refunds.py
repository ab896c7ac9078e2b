"""Refunds and top-ups of two terminals, right and wrong, in any order: central gives back what was rightly given back,
once, and never more than was paid. Planted bugs at central are found."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from central.orders.refund_repository import refund
from central.orders.repository import customer_order
from central.push.service import receive
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.sync import wire
from tests.central.support import Central, running_central
from tests.prove.refunds.books import Story, under_new_ids
from tests.prove.sync.mutants import Intake, OtherIntake, serving

Events = Sequence[wire.PushedEvent]
STEPS = 60


def takes_the_same_refund_for_another(tx: Transaction, terminal: Terminal, first_seq: int, events: Events) -> object:
    """Also: the same top-up."""
    return receive(tx, terminal, first_seq, [under_new_ids(event) for event in events])


def forgets_what_was_given_back(tx: Transaction, terminal: Terminal, first_seq: int, events: Events) -> object:
    tx.connection.execute(delete(refund))
    return receive(tx, terminal, first_seq, events)


def lets_any_terminal_refund(tx: Transaction, terminal: Terminal, first_seq: int, events: Events) -> object:
    for pushed in events:
        event = wire.decode_event(pushed.body)
        if isinstance(event, wire.RefundRecorded):
            of_it = customer_order.c.id == event.refund.order_id
            tx.connection.execute(update(customer_order).where(of_it).values(terminal_id=terminal.id))
    return receive(tx, terminal, first_seq, events)


def takes_the_same_top_up_for_another(tx: Transaction, terminal: Terminal, first_seq: int, events: Events) -> object:
    again = [under_new_ids(event) if b'"cash_top_up_recorded"' in bytes(event.body) else event for event in events]
    return receive(tx, terminal, first_seq, again)


MUTANTS = (
    takes_the_same_refund_for_another,
    forgets_what_was_given_back,
    lets_any_terminal_refund,
    takes_the_same_top_up_for_another,
)


@pytest.mark.parametrize("steps", [STEPS, pytest.param(1500, marks=pytest.mark.prove)])
def test_whatever_is_told_it_is_given_back_once(fresh_central: Central, chance: random.Random, steps: int) -> None:
    story = Story(fresh_central, chance, fresh_central.url)
    story.run(steps)
    story.check()
    assert any(sold.given_back for sold in story.sales), "nothing was given back: nothing is proved"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_planted_bugs_are_found(tmp_path: Path, mutant: Intake) -> None:
    with (
        running_central(tmp_path) as central,
        serving(central, OtherIntake(central, mutant)) as url,
    ):
        story = Story(central, random.Random(7), url)
        story.run(STEPS)
        with pytest.raises(AssertionError, match=r"given back|balance"):
            story.check()
