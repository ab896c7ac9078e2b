"""Staff block, bind and unblock cards, correct a balance and change a diet: a blocked card pays nothing here from that
moment, with or without a network, and nothing else stops working."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from central.staff.repository import add_staff, find_present
from central.transactions import Transaction
from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen
from kiosk.domain.ids import MemberActId, MemberId
from kiosk.domain.member import CardState
from kiosk.domain.member_act import CorrectionReason, MemberActError, MemberActRefusal
from kiosk.domain.staff import NotPermitted, Staff
from kiosk.services.cash_top_up import CashTaken
from kiosk.services.look_up_member import LookUpMembers
from kiosk.services.member_acts import BlockEnd, Correcting, MemberActs, MemberActTrouble
from kiosk.services.outcomes import NotCharged, NotChargedReason
from kiosk.services.ports import MemberActDone, MemberActRefused, StorageFailed, Store
from kiosk.services.staff_acts import NotKnown, StaffAct
from kiosk.store import card_blocks
from kiosk.sync.line import CentralAddress
from tests.central.member_acting import new_card
from tests.central.sales import new_id
from tests.central.support import Central, Diner
from tests.till.staff import COUNTER, MANAGER, RESTOCKER, SECOND, TECHNICIAN
from tests.till.test_refunds_by_staff import newest_entry
from tests.till.till import Till, yuan

NewTill = Callable[[], Till]
NOBODY_THERE = CentralAddress("http://127.0.0.1:9", 0.5)


@pytest.fixture(autouse=True)
def staff(central: Central) -> None:
    def hire(tx: Transaction) -> None:
        for number, by in (("901", MANAGER), ("902", SECOND), ("903", COUNTER)):
            if find_present(tx.connection, by.id) is None:
                roles = " ".join(by.roles)
                row = {"id": by.id, "number": number, "name": by.name, "roles": roles, "pin_hash": ""}
                add_staff(tx.connection, row | {"created_at": tx.now})

    central.parts.transactions.write(hire)


def act_id() -> MemberActId:
    return MemberActId(new_id())


def block(till: Till, of: Diner, uid: str = "", by: Staff = MANAGER, given: MemberActId | None = None) -> object:
    with till.member_acts() as acts:
        return acts.block(by, given or act_id(), MemberId(of.id), uid or of.card_uid)


def pays(till: Till, uid: str) -> NotChargedReason | None:
    """How much rice."""
    outcome = till.pays(till.cart(("rice", 1)), uid)
    return outcome.reason if isinstance(outcome, NotCharged) else None


def states(till: Till, of: Diner) -> dict[str, CardState]:
    seen = LookUpMembers(till.store).by_id(COUNTER, MemberId(of.id))
    assert seen is not None
    return {card.uid: card.state for card in seen.cards}


# --- a lost card ---


def test_a_blocked_card_pays_nothing_here_at_once_though_central_has_not_heard(
    central: Central, new_till: NewTill
) -> None:
    of, till = central.add_member("50.00"), new_till()
    assert pays(till, of.card_uid) is None
    assert block(till, of) is BlockEnd.BLOCKED
    assert pays(till, of.card_uid) is NotChargedReason.CARD_BLOCKED
    assert central.free(of) == yuan("47.50"), "central would have granted it"
    taken = till.services.cash_top_ups.take(StaffAct(new_id(), "s-7"), of.card_uid, yuan("20"), "zh")
    assert not isinstance(taken, CashTaken)


def test_nor_out_of_what_is_set_aside_here(central: Central, new_till: NewTill) -> None:
    of, till = central.add_member("50.00"), new_till()
    till.is_usual_for(of)
    with till.store.transaction() as tx:
        assert tx.grants.open_pre_grants(MemberId(of.id))
    block(till, of)
    assert pays(till, of.card_uid) is NotChargedReason.CARD_BLOCKED


def test_after_a_restart_and_on_every_terminal_as_it_hears(central: Central, new_till: NewTill) -> None:
    of, till, other = central.add_member("50.00"), new_till(), new_till()
    block(till, of)
    till.reopens()
    assert pays(till, of.card_uid) is NotChargedReason.CARD_BLOCKED
    assert pays(other, of.card_uid) is None, "it cannot know yet"
    till.reads_feed()
    assert pays(till, of.card_uid) is NotChargedReason.CARD_BLOCKED, "what central says is older"
    till.uploads()
    for each in (till, other):
        each.reads_feed()
        assert pays(each, of.card_uid) is NotChargedReason.CARD_BLOCKED
        assert states(each, of) == {of.card_uid: CardState.BLOCKED}


def test_a_block_that_central_does_not_take_holds_here(central: Central, new_till: NewTill) -> None:
    """As an older central, which does not know such an event."""
    of, another, till = central.add_member("50.00"), central.add_member(), new_till()
    block(till, of)
    central.import_members(f"{another.id},王,甲班,{of.card_uid},,50.00,\n")  # it changed hands in the school's list
    till.uploads()
    assert till.quarantined()
    assert pays(till, of.card_uid) is NotChargedReason.CARD_BLOCKED


def test_another_card_of_the_member_pays_on(central: Central, new_till: NewTill) -> None:
    of, till, fresh = central.add_member("50.00"), new_till(), new_card()
    with till.member_acts() as acts:
        acts.bind(MANAGER, act_id(), MemberId(of.id), fresh, instead=False)
    till.reads_feed()
    block(till, of)
    assert pays(till, fresh) is None
    assert states(till, of) == {of.card_uid: CardState.BLOCKED, fresh: CardState.ACTIVE}


def test_a_second_touch_blocks_nothing_more_and_says_the_same(central: Central, new_till: NewTill) -> None:
    of, another, till = central.add_member(), central.add_member(), new_till()
    given = act_id()
    assert block(till, of, given=given) is BlockEnd.BLOCKED
    assert (len(till.told()), newest_entry(till)) == (1, entry := newest_entry(till))
    assert block(till, of, given=given) is block(till, of) is BlockEnd.BLOCKED
    assert (len(till.told()), newest_entry(till)) == (1, entry)
    assert entry is not None
    assert (entry.actor, entry.action, entry.subject) == (MANAGER.id, "card_blocked", of.id)
    assert of.card_uid not in str(entry)
    assert block(till, of, another.card_uid) is BlockEnd.NOT_THEIRS
    assert pays(till, another.card_uid) is None


def test_what_the_disk_did_not_take_is_not_said_to_be_done(central: Central, new_till: NewTill) -> None:
    of, till = central.add_member(), new_till()
    with till.member_acts() as acts:
        acts._store = FailingStore()
        ended = acts.block(MANAGER, act_id(), MemberId(of.id), of.card_uid)
    assert isinstance(ended, NotKnown)
    assert till.told() == []


class FailingStore(Store):
    @contextmanager
    def transaction(self) -> Iterator[None]:  # type: ignore[override]
        raise StorageFailed("full")
        yield

    def reopen(self) -> None:
        raise StorageFailed("full")


def test_found_again(central: Central, new_till: NewTill) -> None:
    of, till, other = central.add_member("50.00"), new_till(), new_till()
    block(till, of)
    with till.member_acts() as acts:
        unblock = acts.unblock(MANAGER, act_id(), MemberId(of.id), of.card_uid)
        assert unblock is MemberActTrouble.ON_THE_WAY, "the block would come behind"
        till.uploads()
        till.reads_feed()
        assert isinstance(acts.unblock(MANAGER, act_id(), MemberId(of.id), of.card_uid), MemberActDone)
    for each in (till, other):
        each.reads_feed()
        assert pays(each, of.card_uid) is None
    block(till, of)
    assert pays(till, of.card_uid) is NotChargedReason.CARD_BLOCKED, "and lost again"


# --- planted bugs ---


def forgets_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only central's word counts."""
    monkeypatch.setattr(card_blocks.SqlCardBlocks, "add", lambda self, block: None)


def believes_older_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next word of the feed ends the block."""

    def hear(self: card_blocks.SqlCardBlocks, card_uids: object) -> None:
        self._connection.exec_driver_sql("DELETE FROM card_blocks", [()])

    monkeypatch.setattr(card_blocks.SqlCardBlocks, "hear", hear)


def asks_central_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charging looks at the feed's word alone."""
    monkeypatch.setattr(card_blocks.SqlCardBlocks, "holds", lambda self, uid: False)


@pytest.mark.parametrize("mutant", [forgets_here, believes_older_news, asks_central_first])
def test_planted_bugs_are_found(
    mutant: Callable[[pytest.MonkeyPatch], None],
    central: Central,
    new_till: NewTill,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mutant(monkeypatch)
    of, till = central.add_member("50.00"), new_till()
    block(till, of)
    central.add_member()  # something to read
    till.reads_feed()
    assert pays(till, of.card_uid) is None, "the bug lets it pay"


# --- at central ---


def test_a_new_card(central: Central, new_till: NewTill) -> None:
    of, another, till, fresh = central.add_member("50.00"), central.add_member(), new_till(), new_card()
    with till.member_acts() as acts:
        done = acts.bind(MANAGER, act_id(), MemberId(of.id), fresh, instead=True)
        assert isinstance(done, MemberActDone)
        assert {card.uid: card.state for card in done.cards} == {of.card_uid: "blocked", fresh: "active"}
        refused = acts.bind(MANAGER, act_id(), MemberId(another.id), fresh, instead=True)
        assert refused == MemberActRefused(MemberActRefusal.CARD_OF_ANOTHER)
        with pytest.raises(MemberActError):
            acts.bind(MANAGER, act_id(), MemberId(of.id), "no card", instead=True)
    till.reads_feed()
    assert (pays(till, fresh), pays(till, of.card_uid)) == (None, NotChargedReason.CARD_BLOCKED)


def test_a_correction_by_two(central: Central, new_till: NewTill) -> None:
    of, till, given = central.add_member("50.00"), new_till(), act_id()
    asked = Correcting(MemberId(of.id), yuan("-12.50"), CorrectionReason.WRONG_TOP_UP)
    with till.member_acts() as acts:
        done = acts.correct(MANAGER, SECOND, given, asked)
        assert isinstance(done, MemberActDone)
        assert (done.before, done.after) == (yuan("50.00"), yuan("37.50"))
        assert acts.correct(MANAGER, SECOND, given, asked) == done
        same = acts.correct(MANAGER, MANAGER, act_id(), asked)
        assert same == MemberActRefused(MemberActRefusal.SAME_PERSON)
        with pytest.raises(NotPermitted):
            acts.correct(MANAGER, COUNTER, act_id(), asked)
    assert central.free(of) == yuan("37.50")


def test_what_somebody_must_not_eat(central: Central, new_till: NewTill) -> None:
    of, till = central.add_member(), new_till()
    diet = DietProfile(frozenset({Allergen.NUT}), no_spicy=True)
    with till.member_acts() as acts:
        acts.change_diet(MANAGER, act_id(), MemberId(of.id), diet)
    till.reads_feed()
    seen = LookUpMembers(till.store).by_card(COUNTER, of.card_uid)
    assert seen is not None
    assert seen.diet == diet
    assert "nut" not in repr(seen)


def test_central_away(central: Central, new_till: NewTill) -> None:
    of, till = central.add_member(), new_till()
    with till.member_acts(NOBODY_THERE) as acts:
        away = acts.bind(MANAGER, act_id(), MemberId(of.id), new_card(), instead=True)
        assert away is MemberActTrouble.UNREACHABLE
        assert acts.block(MANAGER, act_id(), MemberId(of.id), of.card_uid) is BlockEnd.BLOCKED


def test_who_may_not(central: Central, new_till: NewTill) -> None:
    of, till = central.add_member(), new_till()
    asked = Correcting(MemberId(of.id), yuan("1"), CorrectionReason.OTHER)
    calls: list[Callable[[MemberActs, Staff], object]] = [
        lambda acts, by: acts.block(by, act_id(), MemberId(of.id), of.card_uid),
        lambda acts, by: acts.bind(by, act_id(), MemberId(of.id), new_card(), instead=True),
        lambda acts, by: acts.unblock(by, act_id(), MemberId(of.id), of.card_uid),
        lambda acts, by: acts.correct(by, SECOND, act_id(), asked),
        lambda acts, by: acts.change_diet(by, act_id(), MemberId(of.id), DietProfile()),
    ]
    with till.member_acts() as acts:
        for call in calls:
            for by in (COUNTER, RESTOCKER, TECHNICIAN):
                with pytest.raises(NotPermitted):
                    call(acts, by)
    assert states(till, of) == {of.card_uid: CardState.ACTIVE}


# --- looking up without a card ---


def test_by_the_end_of_the_members_number(central: Central, new_till: NewTill) -> None:
    of, till = central.add_member("50.00"), new_till()
    look_up = LookUpMembers(till.store)
    found = look_up.by_number(COUNTER, of.id[-4:])
    assert MemberId(of.id) in {one.member_id for one in found}
    for nothing in ("", "12", "%", "___", "١٢٣", "1' OR", "9" * 60):
        assert look_up.by_number(COUNTER, nothing) == ()
    seen = look_up.by_id(COUNTER, MemberId(of.id))
    assert seen is not None
    assert (seen.card_uid, seen.balance, [card.uid for card in seen.cards]) == ("", yuan("50.00"), [of.card_uid])
    assert look_up.by_id(COUNTER, MemberId("nobody")) is None
    for method in (look_up.by_number, look_up.by_id):
        with pytest.raises(NotPermitted):
            method(TECHNICIAN, "123")  # type: ignore[operator]
