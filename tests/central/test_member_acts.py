"""What staff at terminals do for members: one card names one member, a balance is corrected by two people, once."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import Connection, delete, insert, select

from central.deleting.service import delete_member
from central.members import act_repository, acts, repository
from central.members.repository import card
from central.staff.repository import add_staff, change_staff, find_present
from central.transactions import Transaction
from central.wallet import corrections, ledger
from central.wallet.accounts import Account, read_accounts
from central.wallet.pre_grants import PreGrantRule, issue
from kiosk.configfile import ConfigFileError
from kiosk.domain.audit import parse_entry
from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.ids import CardBlockId, MemberId, StaffId
from kiosk.domain.member_act import (
    BindCard,
    CardBlock,
    ChangeDiet,
    CorrectBalance,
    CorrectionReason,
    MemberActError,
    MemberActRefusal,
    UnblockCard,
)
from kiosk.domain.money import Money
from kiosk.domain.staff import Role, Staff
from kiosk.sync import wire
from tests.central.sales import new_id, yuan
from tests.central.support import Central, Diner, Terminal
from tests.central.test_hostile_values import HOSTILE, MARK, NOT_JSON, places
from tests.central.test_refunds import account_minor

MANAGER, SECOND, COUNTER, LEFT = "s-first", "s-second", "s-counter", "s-left"
_cards = iter(range(0xA0000000, 0xB0000000))


def hire(tx: Transaction) -> None:
    for number, (staff_id, role) in enumerate(
        [(MANAGER, Role.MANAGER), (SECOND, Role.MANAGER), (COUNTER, Role.COUNTER), (LEFT, Role.MANAGER)], start=901
    ):
        if find_present(tx.connection, staff_id) is None and staff_id != LEFT:
            row = {"id": staff_id, "name": "x", "number": str(number), "roles": role.value, "pin_hash": ""}
            add_staff(tx.connection, row | {"created_at": tx.now})


@pytest.fixture(autouse=True)
def staff(central: Central) -> None:
    central.parts.transactions.write(hire)


def new_card() -> str:
    return f"{next(_cards):08X}"


def act(
    terminal: Terminal, of: Diner, change: object, staff_id: str = MANAGER, act_id: UUID | None = None
) -> wire.MemberActReply:
    field = {BindCard: "bind", UnblockCard: "unblock", CorrectBalance: "correct", ChangeDiet: "diet"}[type(change)]
    request = wire.MemberActRequest(act_id or uuid4(), staff_id, of.id, **{field: change})  # type: ignore[arg-type]
    return terminal.ask("POST", "/v1/member-acts", request, wire.MemberActReply)


def block_of(of: Diner, uid: str = "", staff_id: str = MANAGER) -> wire.CardBlocked:
    made_at = datetime.now(UTC)
    return wire.CardBlocked(
        CardBlock(CardBlockId(new_id()), uid or of.card_uid, MemberId(of.id), StaffId(staff_id), made_at)
    )


def cards_at(terminal: Terminal) -> dict[str, tuple[str, str]]:
    """By number: whose and in which state, as terminals hear it."""
    states = terminal.states().items()
    return {
        key: (body["member_id"], body.get("state", "active")) for (kind, key), body in states if kind == "card" and body
    }


def correction(text: str, confirmed_by: str = SECOND) -> CorrectBalance:
    return CorrectBalance(Money.parse(text), CorrectionReason.WRONG_TOP_UP, StaffId(confirmed_by))


def newest_act(central: Central, action: str) -> Any:
    from central.audit.repository import audit_entry

    with central.parts.database.read() as connection:
        bodies = connection.scalars(select(audit_entry.c.body).order_by(audit_entry.c.seq)).all()
    return next(entry for body in reversed(bodies) if (entry := parse_entry(bytes(body))).action == action)


# --- cards ---


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


# --- corrections ---


def test_two_people_correct_a_balance_once(central: Central, terminal: Terminal) -> None:
    of, act_id, before = central.add_member("50.00"), uuid4(), account_minor(central, ledger.CORRECTIONS)
    reply = act(terminal, of, correction("-12.50"), act_id=act_id)
    assert (reply.refusal, reply.before, reply.after) == ("", yuan("50.00"), yuan("37.50"))
    assert act(terminal, of, correction("-12.50"), act_id=act_id) == reply
    assert act(terminal, of, correction("-12.49"), act_id=act_id).refusal == MemberActRefusal.OTHER_ACT
    assert central.free(of) == yuan("37.50")
    assert account_minor(central, ledger.CORRECTIONS) == before + 1250
    assert terminal.states()["member", of.id]["balance"]["minor"] == 3750
    entry = newest_act(central, "balance_corrected")
    details = dict(entry.details)
    assert (entry.actor, entry.subject, details["confirmed_by"]) == (MANAGER, of.id, SECOND)
    told = details["before_minor"], details["after_minor"], details["amount_minor"], details["reason"]
    assert told == ("5000", "3750", "-1250", "wrong_top_up")
    assert act(terminal, of, correction("0.01")).after == yuan("37.51")


@pytest.mark.parametrize(
    ("asks", "confirms", "refusal"),
    [
        (MANAGER, MANAGER, MemberActRefusal.SAME_PERSON),
        (MANAGER, COUNTER, MemberActRefusal.NOT_PERMITTED),
        (COUNTER, SECOND, MemberActRefusal.NOT_PERMITTED),
        (MANAGER, "nobody", MemberActRefusal.NOT_PERMITTED),
        (LEFT, SECOND, MemberActRefusal.NOT_PERMITTED),
        (MANAGER, LEFT, MemberActRefusal.NOT_PERMITTED),
    ],
)
def test_it_takes_two_who_may(
    central: Central, terminal: Terminal, asks: str, confirms: str, refusal: MemberActRefusal
) -> None:
    of = central.add_member("50.00")
    assert act(terminal, of, correction("5.00", confirms), asks).refusal == refusal
    assert central.free(of) == yuan("50.00")


def test_who_was_removed_a_moment_ago_confirms_nothing(central: Central, terminal: Terminal) -> None:
    of, write = central.add_member("50.00"), central.parts.transactions.write
    gone = f"s-{uuid4().hex[:8]}"
    row = {"id": gone, "name": "x", "number": "999", "roles": "manager", "pin_hash": ""}
    write(lambda tx: add_staff(tx.connection, row | {"created_at": tx.now}))
    assert act(terminal, of, correction("5.00", gone)).refusal == ""
    write(lambda tx: change_staff(tx.connection, gone, {"number": None, "roles": ""}))
    assert act(terminal, of, correction("5.00", gone)).refusal == MemberActRefusal.NOT_PERMITTED
    assert central.free(of) == yuan("55.00")


def test_within_bounds_and_never_below_the_credit_line(central: Central, terminal: Terminal) -> None:
    of = central.add_member("50.00", credit_line="10.00")
    reply = act(terminal, of, correction("200.01"))
    assert (reply.refusal, reply.limit) == (MemberActRefusal.TOO_MUCH, yuan("200.00"))
    reply = act(terminal, of, correction("-60.01"))
    assert (reply.refusal, reply.after, reply.held) == (MemberActRefusal.BELOW_CREDIT_LINE, yuan("60.00"), yuan("0"))
    terminal.grant(of, "20.00")
    assert act(terminal, of, correction("-40.01")).refusal == MemberActRefusal.BELOW_CREDIT_LINE
    assert act(terminal, of, correction("-40.00")).refusal == ""
    assert central.free(of) == yuan("0")


def test_what_is_set_aside_is_asked_back_before_it_is_refused(central: Central, terminal: Terminal) -> None:
    of, write = central.add_member("100.00"), central.parts.transactions.write
    terminal.feed()  # it says that it understands what is set aside
    for _ in range(2):
        terminal.push(terminal.bought(of, "1.00"))
    write(lambda tx: issue(tx, PreGrantRule(limit_minor=4000, terminal_cap_minor=10**9), [of.id]))
    held = central.account(of).pre_granted
    assert held
    reply = act(terminal, of, correction("-98.00"))
    assert (reply.refusal, reply.held) == (MemberActRefusal.BELOW_CREDIT_LINE, held)
    (grant,) = [body for (kind, _), body in terminal.states().items() if kind == "grant" and body["member_id"] == of.id]
    assert grant["recalled"]
    pool = ThreadPoolExecutor(1)
    with pool:
        asked = pool.submit(act, terminal, of, correction("-98.00"))
        terminal.push(wire.GrantClosed(UUID(grant["id"]), 0))
        assert asked.result().refusal == ""
    assert central.free(of) == yuan("0")


# --- diet ---


def test_diet_is_told_to_every_terminal_and_can_be_taken_back(central: Central, terminal: Terminal) -> None:
    of, other = central.add_member(), central.enrol()
    diet = DietProfile(frozenset({Allergen.PEANUT, Allergen.EGG}), frozenset({DietTag.HALAL}), no_spicy=True)
    assert act(terminal, of, ChangeDiet(diet)).diet == diet
    assert msgspec.convert(other.states()["member", of.id]["diet"], DietProfile) == diet
    assert act(terminal, of, ChangeDiet(diet), COUNTER).refusal == MemberActRefusal.NOT_PERMITTED
    assert "peanut" not in str(newest_act(central, "diet_changed")), "the log is for ever"
    assert act(terminal, of, ChangeDiet(NO_DIET)).diet == NO_DIET
    assert "diet" not in other.states()["member", of.id] or not other.states()["member", of.id]["diet"]["avoids"]


# --- whoever asks, whatever is asked ---


def test_a_member_who_is_gone(central: Central, terminal: Terminal) -> None:
    of, fresh = central.add_member("0"), new_card()
    act(terminal, of, BindCard(fresh, instead=False))
    central.parts.transactions.write(lambda tx: delete_member(tx, of.id, "Li", "left"))
    for change in (BindCard(new_card(), instead=False), correction("5.00"), ChangeDiet(NO_DIET)):
        assert act(terminal, of, change).refusal == MemberActRefusal.MEMBER_UNKNOWN
        assert act(terminal, Diner("nobody", ""), change).refusal == MemberActRefusal.MEMBER_UNKNOWN
    assert terminal.push(block_of(of, fresh)).quarantined == ()
    from central.members.act_repository import member_act

    with central.parts.database.read() as connection:
        kept = connection.scalars(select(member_act.c.card_uid).where(member_act.c.member_id == of.id)).all()
    assert kept == [None]
    assert act(terminal, central.add_member(), BindCard(fresh, instead=False)).refusal == "", "the card is free again"


@pytest.mark.parametrize("role", ["kitchen", "board"])
def test_terminals_that_sell_nothing_may_not(central: Central, role: str) -> None:
    request = wire.MemberActRequest(uuid4(), MANAGER, central.add_member().id, correct=correction("5.00"))
    cooking = central.enrol(role=role)
    assert cooking.send("POST", "/v1/member-acts", wire.encode(request)).status_code == 403
    of = central.add_member()
    assert cooking.push(block_of(of)).quarantined
    assert cards_at(central.enrol())[of.card_uid][1] == "active"


def test_a_key_that_is_no_terminals(central: Central, terminal: Terminal) -> None:
    request = wire.encode(wire.MemberActRequest(uuid4(), MANAGER, "x", correct=correction("5.00")))
    stranger = central.enrol()
    stranger.key, stranger.id = terminal.key, stranger.id
    assert stranger.send("POST", "/v1/member-acts", request).status_code == 401


GOOD = {
    "bind": wire.MemberActRequest(uuid4(), MANAGER, "x", bind=BindCard("0A0B0C0D", instead=True)),
    "correct": wire.MemberActRequest(uuid4(), MANAGER, "x", correct=correction("5.00")),
    "diet": wire.MemberActRequest(
        uuid4(), MANAGER, "x", diet=ChangeDiet(DietProfile(frozenset({Allergen.EGG}), frozenset({DietTag.HALAL})))
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_hostile_values_at_every_place(central: Central, terminal: Terminal, name: str) -> None:
    of = central.add_member("50.00")
    plain = json.loads(wire.encode(msgspec.structs.replace(GOOD[name], member_id=of.id)))
    for body in hostile_bodies(plain):
        response = terminal.send("POST", "/v1/member-acts", body)
        assert response.status_code in (200, 400, 409, 413), (response.status_code, body[:200])
    assert central.free(of) in (yuan("50.00"), yuan("49.99"), yuan("55.00")), "one act at most, of -1 or as it was"


def hostile_bodies(plain: dict[str, Any]) -> Iterator[bytes]:
    for path in places(plain):
        for text in [*HOSTILE, *NOT_JSON, '""', "[]", "-1", '"\\ud83d"', "true"]:
            marked = json.loads(json.dumps(plain))
            inner: Any = marked
            for key in path[:-1]:
                inner = inner[key]
            if path:
                inner[path[-1]] = MARK
                whole = json.dumps(marked).replace(json.dumps(MARK), text)
            else:
                whole = text
            yield whole.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"correct": correction("5.00"), "diet": ChangeDiet(NO_DIET)},
        {"correct": replace(correction("5.00"), amount=Money(500, "EUR"))},
        {"staff": "", "diet": ChangeDiet(NO_DIET)},
        {"staff": "a\nb", "diet": ChangeDiet(NO_DIET)},
        {"member_id": "x" * 41, "diet": ChangeDiet(NO_DIET)},
    ],
)
def test_what_makes_no_sense(terminal: Terminal, fields: dict[str, Any]) -> None:
    request = {"act_id": uuid4(), "staff": MANAGER, "member_id": "x"} | fields
    response = terminal.send("POST", "/v1/member-acts", wire.encode(wire.MemberActRequest(**request)))
    assert response.status_code == 400


def test_values_that_are_none() -> None:
    for amount in (Money(0), Money(1_000_001), Money(-1_000_001)):
        with pytest.raises(MemberActError):
            CorrectBalance(amount, CorrectionReason.OTHER, StaffId("s"))
    for uid in ("", "0A0B0C", "0a0b0c0d", "0A0B0C0D0", "XX" * 4, "00" * 11):
        with pytest.raises(MemberActError):
            BindCard(uid, instead=True)


def test_the_school_s_list_is_read_as_before(central: Central) -> None:
    """A card that no terminal has touched goes where the file says."""
    of, another = central.add_member(), central.add_member()
    central.import_members(f"{another.id},王,乙班,{of.card_uid},,50.00,\n")
    assert cards_at(central.enrol())[of.card_uid] == (another.id, "active")


# --- planted bugs ---


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
    moves_cards: test_a_card_of_another_is_refused_whatever_its_state,
    forgets_acts: test_the_same_act_is_done_once,
    believes_the_terminal: test_who_was_removed_a_moment_ago_confirms_nothing,
    forgets_what_is_held: test_within_bounds_and_never_below_the_credit_line,
    lets_one_person: lambda central, terminal: test_it_takes_two_who_may(
        central, terminal, MANAGER, MANAGER, MemberActRefusal.SAME_PERSON
    ),
    import_wins: test_an_import_undoes_nothing_that_staff_did,
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
