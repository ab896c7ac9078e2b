"""Cards that staff at terminals block, bind and unblock: one card names one member."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select

from central.members.repository import card
from kiosk.configfile import ConfigFileError
from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen
from kiosk.domain.member_act import (
    BindCard,
    ChangeDiet,
    MemberActRefusal,
    UnblockCard,
)
from tests.central.member_acting import LEFT, MANAGER, act, block_of, cards_at, new_card, newest_act, staff
from tests.central.support import Central, Diner, Terminal

__all__ = ["staff"]  # a fixture


def test_a_lost_card_is_blocked_and_a_new_one_bound(central: Central, terminal: Terminal) -> None:
    of, other, fresh = central.add_member(), central.enrol(), new_card()
    blocked = block_of(of)
    assert terminal.push(blocked).quarantined == ()
    assert cards_at(other)[of.card_uid] == (of.id, "blocked")
    assert terminal.grant(of, "1.00").refusal == "card_blocked"
    reply = act(terminal, of, BindCard(fresh, instead=True))
    assert (reply.refusal, {c.uid: c.state for c in reply.cards}) == ("", {of.card_uid: "blocked", fresh: "active"})
    assert cards_at(other)[fresh] == (of.id, "active")
    assert other.grant(Diner(of.id, fresh), "1.00").grant_id is not None
    entry = newest_act(central, "card_blocked")
    assert (entry.actor, entry.subject) == (MANAGER, of.id)
    assert of.card_uid not in str(entry)


def test_a_new_card_instead_of_the_others_or_beside_them(central: Central, terminal: Terminal) -> None:
    of, beside, instead = central.add_member(), new_card(), new_card()
    act(terminal, of, BindCard(beside, instead=False))
    assert {cards_at(terminal)[uid] for uid in (of.card_uid, beside)} == {(of.id, "active")}
    act(terminal, of, BindCard(instead, instead=True))
    held = cards_at(terminal)
    assert [held[uid][1] for uid in (of.card_uid, beside, instead)] == ["blocked", "blocked", "active"]


def test_a_found_card_is_unblocked(central: Central, terminal: Terminal) -> None:
    of, another = central.add_member(), central.add_member()
    terminal.push(block_of(of))
    assert act(terminal, of, BindCard(of.card_uid, instead=False)).refusal == MemberActRefusal.CARD_BLOCKED
    assert act(terminal, another, UnblockCard(of.card_uid)).refusal == MemberActRefusal.CARD_UNKNOWN
    assert act(terminal, of, UnblockCard(of.card_uid)).refusal == ""
    assert cards_at(terminal)[of.card_uid] == (of.id, "active")


def test_a_card_of_another_is_refused_whatever_its_state(central: Central, terminal: Terminal) -> None:
    of, another = central.add_member(), central.add_member()
    assert act(terminal, of, BindCard(another.card_uid, instead=True)).refusal == MemberActRefusal.CARD_OF_ANOTHER
    terminal.push(block_of(another))
    assert act(terminal, of, BindCard(another.card_uid, instead=True)).refusal == MemberActRefusal.CARD_OF_ANOTHER
    held = cards_at(terminal)
    assert (held[of.card_uid], held[another.card_uid]) == ((of.id, "active"), (another.id, "blocked"))


def test_the_same_act_is_done_once(central: Central, terminal: Terminal) -> None:
    of, fresh, act_id = central.add_member(), new_card(), uuid4()
    first = act(terminal, of, BindCard(fresh, instead=False), act_id=act_id)
    assert act(terminal, of, BindCard(fresh, instead=False), act_id=act_id) == first
    terminal.push(block_of(of, fresh))
    assert act(terminal, of, BindCard(fresh, instead=False), act_id=act_id).refusal == "", "it was done"
    assert cards_at(terminal)[fresh][1] == "blocked", "and is not done again"
    for wrong in (act(terminal, central.add_member(), BindCard(fresh, instead=False), act_id=act_id),
                  act(central.enrol(), of, BindCard(fresh, instead=False), act_id=act_id),
                  act(terminal, of, BindCard(new_card(), instead=False), act_id=act_id),
                  act(terminal, of, UnblockCard(fresh), act_id=act_id)):  # fmt: skip
        assert wrong.refusal == MemberActRefusal.OTHER_ACT


def test_a_block_is_booked_once_and_keeps_to_its_card(central: Central, terminal: Terminal) -> None:
    of, another = central.add_member(), central.add_member()
    blocked = block_of(of)
    terminal.push(blocked)
    act(terminal, of, UnblockCard(of.card_uid))
    assert central.enrol().push(blocked).quarantined, "another terminal's"
    assert terminal.push(blocked).quarantined == ()
    assert cards_at(terminal)[of.card_uid][1] == "active", "it was unblocked since"
    (wrong,) = terminal.push(block_of(of, another.card_uid)).quarantined
    assert "another member's" in wrong.reason
    assert terminal.push(block_of(of, new_card())).quarantined == (), "a card that names nobody pays nothing anyway"
    assert terminal.push(block_of(Diner("nobody", of.card_uid))).quarantined
    assert cards_at(terminal)[another.card_uid][1] == "active"


def test_a_block_by_who_has_left_since_stands(central: Central, terminal: Terminal) -> None:
    of = central.add_member()
    assert terminal.push(block_of(of, staff_id=LEFT)).quarantined == ()
    assert cards_at(terminal)[of.card_uid][1] == "blocked"


def test_nobody_has_more_cards_than_anybody_needs(central: Central, terminal: Terminal) -> None:
    of = central.add_member()
    for _ in range(7):
        assert act(terminal, of, BindCard(new_card(), instead=False)).refusal == ""
    assert act(terminal, of, BindCard(new_card(), instead=False)).refusal == MemberActRefusal.TOO_MANY_CARDS
    assert act(terminal, of, BindCard(new_card(), instead=True)).refusal == ""


def test_two_terminals_bind_one_card_at_the_same_moment(central: Central) -> None:
    terminals, pool = [central.enrol() for _ in range(4)], ThreadPoolExecutor(4)
    with pool:
        for _ in range(6):
            fresh, diners = new_card(), [central.add_member() for _ in terminals]
            asked = [
                pool.submit(act, terminal, of, BindCard(fresh, instead=True))
                for terminal, of in zip(terminals, diners, strict=True)
            ]
            refusals = [one.result().refusal for one in asked]
            assert sorted(refusals) == ["", *["card_of_another"] * 3]
            winner = diners[refusals.index("")]
            assert {cards_at(terminal)[fresh] for terminal in terminals} == {(winner.id, "active")}
            losers = [of for of in diners if of is not winner]
            assert {cards_at(terminals[0])[of.card_uid][1] for of in losers} == {"active"}, "nothing of it was done"


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_of_acts_a_card_names_who_had_it_first(central: Central, seed: int) -> None:
    """Binds, blocks and unblocks of a few cards by two terminals at random, each act perhaps sent again later."""
    chance = random.Random(seed)
    terminals, diners = [central.enrol(), central.enrol()], [central.add_member() for _ in range(3)]
    uids, sent, holder = [new_card() for _ in range(4)], [], {of.card_uid: of.id for of in diners}
    for _ in range(40):
        terminal, of = chance.choice(terminals), chance.choice(diners)
        uid = chance.choice([*uids, of.card_uid])
        change = chance.choice([BindCard(uid, instead=chance.random() < 0.3), UnblockCard(uid), None])
        if change is None:
            terminal.push(block_of(of, uid))
        elif sent and chance.random() < 0.3:
            act(*chance.choice(sent))
        else:
            asked = (terminal, of, change, MANAGER, uuid4())
            sent.append(asked)
            if act(*asked).refusal == "" and isinstance(change, BindCard):
                assert holder.setdefault(uid, of.id) == of.id, "it was somebody else's"
        with central.parts.database.read() as connection:
            wanted = card.c.uid.in_([*uids, *holder])
            rows = connection.execute(select(card.c.uid, card.c.member_id).where(wanted)).all()
        assert {row.uid: row.member_id for row in rows} == holder
    told = cards_at(terminals[0])
    assert {uid: told[uid][0] for uid in holder} == holder


def test_an_import_undoes_nothing_that_staff_did(central: Central, terminal: Terminal) -> None:
    of, another, fresh = central.add_member(), central.add_member(), new_card()
    terminal.push(block_of(of))
    act(terminal, of, BindCard(fresh, instead=False))
    act(terminal, of, ChangeDiet(DietProfile(frozenset({Allergen.PEANUT}))))
    central.import_members(f"{of.id},王小,乙班,{of.card_uid},,50.00,\n")  # the school's old list
    held = cards_at(terminal)
    assert (held[of.card_uid], held[fresh]) == ((of.id, "blocked"), (of.id, "active"))
    assert terminal.states()["member", of.id]["diet"]["avoids"] == ["peanut"]
    with pytest.raises(ConfigFileError, match=f"bound to {of.id}"):
        central.import_members(f"{another.id},王,乙班,{fresh},,50.00,\n")
    central.import_members(f"{of.id},王小,乙班,,{fresh},50.00,\n")
    assert cards_at(terminal)[fresh] == (of.id, "blocked"), "a list may block what staff have bound"
