"""Planted bugs of what staff at terminals do for members, each found by a test of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Connection, delete, insert

from central.members import act_repository, acts, repository
from central.members.repository import card
from central.wallet import corrections
from central.wallet.accounts import Account, read_accounts
from kiosk.domain.ids import StaffId
from kiosk.domain.member_act import (
    MemberActRefusal,
)
from kiosk.domain.money import Money
from kiosk.domain.staff import Role, Staff
from kiosk.sync import wire
from tests.central import test_balance_corrections, test_member_cards
from tests.central.member_acting import MANAGER, staff
from tests.central.support import Central, Terminal

__all__ = ["staff"]  # a fixture


def moves_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that is bound is this member's, whosever it was."""

    def add_card(connection: Connection, uid: str, member_id: str, _act_id: UUID) -> bool:
        connection.execute(delete(card).where(card.c.uid == uid))
        connection.execute(insert(card).values(uid=uid, member_id=member_id, state="active"))
        return True

    monkeypatch.setattr(repository, "add_card", add_card)


def forgets_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(act_repository, "find_act", lambda *_: None)


def believes_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever it names may."""
    anybody = Staff(StaffId("s-any"), "x", frozenset({Role.MANAGER}))
    monkeypatch.setattr(acts, "staff_here", lambda *_: anybody)


def forgets_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of the balance may be taken away, also what a terminal has been handed."""

    def read(*asked: Any) -> dict[str, Account]:
        return {of: replace(found, held=Money(0)) for of, found in read_accounts(*asked).items()}

    monkeypatch.setattr(corrections, "read_accounts", read)


def lets_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks may confirm under their own name."""
    correct = acts._correct

    def alone(tx: Any, terminal: Any, request: wire.MemberActRequest, change: Any, *rest: Any, **named: Any) -> Any:
        other = msgspec.structs.replace(request, staff=f"{request.staff}-again")
        return correct(tx, terminal, other, change, *rest, **named)

    monkeypatch.setattr(acts, "_correct", alone)


def import_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing says that staff touched the card."""
    set_state = repository.set_card_state
    monkeypatch.setattr(repository, "set_card_state", lambda c, uid, state, _act: set_state(c, uid, state, None))


MUTANTS: dict[Callable[[pytest.MonkeyPatch], None], Callable[[Central, Terminal], None]] = {
    moves_cards: test_member_cards.test_a_card_of_another_is_refused_whatever_its_state,
    forgets_acts: test_member_cards.test_the_same_act_is_done_once,
    believes_the_terminal: test_balance_corrections.test_who_was_removed_a_moment_ago_confirms_nothing,
    forgets_what_is_held: test_balance_corrections.test_within_bounds_and_never_below_the_credit_line,
    lets_one_person: lambda central, terminal: test_balance_corrections.test_it_takes_two_who_may(
        central, terminal, MANAGER, MANAGER, MemberActRefusal.SAME_PERSON
    ),
    import_wins: test_member_cards.test_an_import_undoes_nothing_that_staff_did,
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_planted_bugs_are_found(
    mutant: Callable[[pytest.MonkeyPatch], None],
    central: Central,
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mutant(monkeypatch)
    with pytest.raises(AssertionError):
        MUTANTS[mutant](central, terminal)
