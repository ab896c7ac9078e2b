"""A member is deleted at central: nothing tells any more who it was, there or at a terminal, and no sale is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import func, select

from central.deleting.repository import open_grants_of
from central.deleting.service import delete_member, standing_of
from central.errors import Conflict, NotFound
from central.faces.repository import consents_of
from central.members.repository import find_member
from central.members.service import block_member, import_members
from central.restoring.backups import back_up
from central.settings import load_settings
from central.state_dir import DATABASE_FILE, read_database_key
from central.terminals.service import revoke
from central.wallet import ledger
from central.wallet.pay_outs import ask_pay_out, confirm_pay_out
from central.wallet.service import top_up
from central.wallet.write_offs import ask_write_off, confirm_write_off
from kiosk.configfile import ConfigFileError
from kiosk.domain.cash import CashTopUp
from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent
from kiosk.domain.ids import FaceConsentId, MemberId, TopUpId
from kiosk.services.enrol_face import ConsentForm, FaceEnrolled
from kiosk.services.events import LinkState
from kiosk.services.identify import CardNotKnown, identify
from kiosk.services.outcomes import Paid
from kiosk.sync import wire
from kiosk.system_clock import SystemClock
from tests.central.conftest import DATABASES
from tests.central.pages import opened_pages
from tests.central.sales import counter_order, new_id, yuan
from tests.central.support import Central, Diner, Terminal, running_central, wait_until
from tests.central.test_after_30_days import has_habits, import_dishes
from tests.central.test_forgetting_faces import NOWHERE, Faces
from tests.central.test_no_plain_face import rows
from tests.central.till import Till, enrolled, opened_till, running_till
from tests.store.enrolling import template

NAME, UNIT, GUARDIAN, CARD = "欧阳慕云", "竹影七班", "欧阳守正", "DEAD51BEEF77A1"
PERSONAL = (NAME, "欧**云", UNIT, GUARDIAN, CARD, "peanut")


@pytest.fixture(params=DATABASES)
def eager_central(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Central]:
    """It sets money aside by itself."""
    url = request.getfixturevalue("postgresql_with_tables")() if request.param == "postgresql" else None
    (tmp_path / "central").mkdir()
    with running_central(tmp_path / "central", url, pre_grant_limit_minor=3000) as running:
        import_dishes(running, tmp_path, "12.00")
        yield running


def delete(central: Central, member: Diner, *, let_lapse: bool = True) -> None:
    central.parts.transactions.write(
        lambda tx: delete_member(tx, member.id, "李老师", "left the school", let_lapse=let_lapse)
    )


def pay_out(central: Central, member: Diner) -> None:
    central.parts.transactions.write(lambda tx: ask_pay_out(tx, member.id, "李老师", is_unclaimed=False))
    central.parts.transactions.write(lambda tx: confirm_pay_out(tx, member.id, "陈老师"))


def obstacles(central: Central, member: Diner) -> tuple[str, ...]:
    now = datetime.now(UTC)
    return central.parts.transactions.read(lambda c: standing_of(c, member.id, "CNY", now).obstacles)


def booked_minor(central: Central, account: str) -> int:
    total = select(func.coalesce(func.sum(ledger.ledger_posting.c.amount_minor), 0))
    return central.parts.transactions.read(
        lambda c: int(c.scalar(total.where(ledger.ledger_posting.c.account == account)) or 0)
    )


def person(central: Central) -> Diner:
    """With all that is kept of anybody."""
    path = central.folder / "person.csv"
    path.write_text(
        f"member_id,name,unit,card_uids,balance,avoids\np-01,{NAME},{UNIT},{CARD},100.00,peanut\n", encoding="utf-8"
    )
    central.parts.transactions.write(lambda tx: import_members(tx, path, {}))
    return Diner("p-01", CARD)


# --- nothing is left ---


def all_of(central: Central, folder: Path) -> bytes:
    """What stands in central's tables, in its pages, and in a backup that is made now."""
    found = b"\n".join(central.parts.transactions.read(rows))
    if central.parts.database.is_sqlite:
        state, copy = load_settings(central.config).server.state_dir, folder / f"{uuid4()}.copy"
        key = bytes.fromhex(read_database_key(state))
        back_up(load_settings(central.config), copy)
        found += opened_pages(state / DATABASE_FILE, key) + opened_pages(copy, key)
    return found


def enrol_face(till: Till, folder: Path, member: Diner) -> None:
    faces = Faces(till, folder)
    wait_until(lambda: faces.knows(member))
    form = ConsentForm(
        "2026-1", "zh", (ConsentPurpose.PAYING,), under_14=True, given_by=ConsentGiver.GUARDIAN,
        until=SystemClock().now() + timedelta(days=300), guardian=GUARDIAN,
    )  # fmt: skip
    given = faces.enrolment.take_consent(MemberId(member.id), form)
    assert isinstance(given, FaceConsent), given
    assert isinstance(faces.enrolment.enrol(given, template(), ()), FaceEnrolled)


def personal_in(content: bytes) -> list[str]:
    return [each for each in PERSONAL if each.encode() in content]


def test_nothing_tells_any_more_who_it_was(eager_central: Central, tmp_path: Path) -> None:
    central, folder = eager_central, tmp_path / "till"
    member, other = person(central), central.add_member("100.00")
    identity = enrolled(central, folder)
    key = (folder / "kiosk.key").read_bytes()
    with opened_till(folder, identity, central.url) as till:
        has_habits(till, member, other)
        enrol_face(till, folder, member)
        wait_until(lambda: till.waiting() == 0)
        assert set(personal_in(all_of(central, tmp_path))) == set(PERSONAL)
        assert {NAME, UNIT} & set(personal_in(opened_pages(folder / "kiosk.db", key))) == set(), "it has a masked name"
        central.parts.transactions.write(lambda tx: block_member(tx, member.id, is_blocked=True))
        wait_until(lambda: not central.account(member).held)
        pay_out(central, member)
        sold = booked_minor(central, ledger.SALES)
        delete(central, member)
        central.parts.database.write_back()
        assert personal_in(all_of(central, tmp_path)) == []
        faces = Faces(till, folder)
        wait_until(lambda: not faces.knows(member) and not faces.keys())
        assert isinstance(identify(till.store, CARD, SystemClock().now()), CardNotKnown)
        assert isinstance(till.sells("noodles", other), Paid)
        wait_until(lambda: till.waiting() == 0)
        assert booked_minor(central, ledger.SALES) == sold + 1200
        rows_of = central.parts.transactions.read(lambda c: consents_of(c, member.id))
        assert [row.destroyed_at is not None for row in rows_of] == [True], "that it was destroyed is still to be seen"
    content = opened_pages(folder / "kiosk.db", key)
    assert personal_in(content) == [GUARDIAN], "in the outbox alone, as it was told"
    central.parts.database.write_back()
    assert personal_in(all_of(central, tmp_path)) == []
    assert booked_minor(central, ledger.member_account(member.id)) == 0
    assert [o["member_id"] for o in central.staff_get("/v1/orders?limit=500")].count(member.id) == 2


def test_a_terminal_that_comes_later_hears_of_nobody(eager_central: Central, tmp_path: Path) -> None:
    member, other = person(eager_central), eager_central.add_member()
    pay_out(eager_central, member)
    delete(eager_central, member)
    with running_till(eager_central, tmp_path / "till") as till:
        faces = Faces(till, tmp_path / "till")
        wait_until(lambda: faces.knows(other))
        assert not faces.knows(member)
        assert isinstance(identify(till.store, CARD, SystemClock().now()), CardNotKnown)
    key = (tmp_path / "till" / "kiosk.key").read_bytes()
    assert personal_in(opened_pages(tmp_path / "till" / "kiosk.db", key)) == []


@pytest.mark.parametrize("protocol", ["1", "2", "3"])
def test_terminals_of_every_protocol_are_told_by_a_row_that_is_gone(central: Central, protocol: str) -> None:
    """Which each of them has always read."""
    terminal, member = central.enrol(), central.add_member("0")
    epoch, after = terminal.newest()
    delete(central, member)
    target = f"/v1/feed?epoch={epoch}&after={after}"
    response = terminal.send("GET", target, **{wire.PROTOCOL_HEADER: protocol})
    page = wire.decode(response.content, wire.FeedPage)
    told = {row.kind: (row.key, row.body) for row in page.rows}
    assert told["member"] == (member.id, wire.GONE)
    assert told.keys() == {"member", "face"}
    assert ("card", member.card_uid) not in terminal.states()


# --- what an offline terminal did ---


def test_what_was_sold_offline_is_booked_and_brings_nobody_back(eager_central: Central, tmp_path: Path) -> None:
    """Under what was set aside there and is written off meanwhile: the canteen bears it."""
    central, folder = eager_central, tmp_path / "till"
    member = person(central)
    identity = enrolled(central, folder)
    with opened_till(folder, identity, central.url) as till:
        has_habits(till, member)
    with opened_till(folder, identity, NOWHERE) as till:
        assert isinstance(till.sells("noodles", member), Paid)
        enrol_face(till, folder, member)
        central.parts.transactions.write(lambda tx: block_member(tx, member.id, is_blocked=True))
        (held,) = [o for o in obstacles(central, member) if "terminals hold money" in o]
        assert f": {identity.letter};" in held
        write_off_all(central, member)
        pay_out(central, member)
        delete(central, member)
        assert isinstance(till.sells("noodles", member), Paid), "it cannot know yet"
    with opened_till(folder, identity, central.url) as till:
        faces = Faces(till, folder)
        wait_until(lambda: till.link is LinkState.ONLINE and till.waiting() == 0)
        wait_until(lambda: not faces.knows(member) and not faces.keys())
        assert till.set_aside(member) == yuan("0.00")
        assert not isinstance(till.sells("noodles", member), Paid)
    assert central.staff_get("/v1/quarantine") == []
    assert [o["member_id"] for o in central.staff_get("/v1/orders?limit=500")] == [member.id] * 4
    assert booked_minor(central, ledger.LOSSES) == -2400
    assert booked_minor(central, ledger.member_account(member.id)) == 0
    central.parts.database.write_back()
    assert personal_in(all_of(central, tmp_path)) == []
    row = central.parts.transactions.read(lambda c: find_member(c, member.id))
    assert row is not None
    assert (row.name, row.unit, row.is_blocked, row.deleted_by) == ("", "", True, "李老师")


def write_off_all(central: Central, member: Diner) -> None:
    for grant in central.parts.transactions.read(lambda c: open_grants_of(c, member.id)):
        central.parts.transactions.write(lambda tx, id_=grant.id: ask_write_off(tx, id_, "李老师"))
        central.parts.transactions.write(lambda tx, id_=grant.id: confirm_write_off(tx, id_, "陈老师"))


# --- what has to be settled before ---


def test_refused_while_money_stands_open(central: Central, terminal: Terminal) -> None:
    member = central.add_member("30.00")
    sale = terminal.bought(member, "12.00", points=12)
    assert "terminals hold money" in " ".join(obstacles(central, member))
    due = due_of(member, counter_order(terminal, "5.00"))
    terminal.push(sale, due)
    found = obstacles(central, member)
    assert [o.partition(":")[0] for o in found] == [
        "18.00 are on the balance", "orders wait to be paid at the counter", "12 points are left",
    ]  # fmt: skip
    with pytest.raises(Conflict, match=r"18\.00 are on the balance(.|\n)*orders wait(.|\n)*12 points"):
        delete(central, member, let_lapse=False)
    before = central.parts.transactions.read(lambda c: find_member(c, member.id))
    assert before is not None
    assert before.name
    central.parts.transactions.write(lambda tx: revoke(tx, terminal.enrolled.letter))
    pay_out(central, member)
    assert [o.partition(":")[0] for o in obstacles(central, member)] == ["12 points are left"]
    delete(central, member)
    assert central.account(member).points == 0
    with pytest.raises(NotFound, match="was deleted on"):
        obstacles(central, member)


def due_of(member: Diner, event: wire.OrderRecorded) -> wire.OrderRecorded:
    order, payment = (replace(each, member_id=MemberId(member.id)) for each in (event.order, event.payment))
    return msgspec.structs.replace(event, order=order, payment=payment)


def test_a_balance_below_zero_is_topped_up_first(central: Central, terminal: Terminal) -> None:
    member = central.add_member("10.00", "20.00")
    terminal.push(terminal.bought(member, "12.00"))
    assert "the balance is -2.00" in obstacles(central, member)[0]
    with pytest.raises(Conflict, match="nothing on the balance"):
        pay_out(central, member)
    central.parts.transactions.write(lambda tx: top_up(tx, uuid4(), member.id, yuan("2.00")))
    delete(central, member)


def test_who_deletes_and_why_must_not_name_the_member(central: Central) -> None:
    member = central.add_member("0")
    row = central.parts.transactions.read(lambda c: find_member(c, member.id))
    assert row is not None
    with pytest.raises(Conflict, match="must not name"):
        central.parts.transactions.write(lambda tx: delete_member(tx, member.id, "李老师", f"{row.name}离校"))


# --- nobody comes back ---


def test_nothing_new_is_done_for_who_was_deleted(central: Central, terminal: Terminal) -> None:
    member = central.add_member("0")
    request_id = new_id()
    assert terminal.grant(member, "5.00", request_id).refusal == "insufficient"
    delete(central, member)
    assert terminal.grant(member, "5.00", request_id).refusal == "card_unknown", "asked again under the same id"
    assert terminal.grant(member, "5.00").refusal == "card_unknown"
    with pytest.raises(ConfigFileError, match="was deleted"):
        central.import_members(f"{member.id},王小明,甲班,{member.card_uid},,5.00,\n")
    for act in (
        lambda tx: top_up(tx, uuid4(), member.id, yuan("2.00")),
        lambda tx: block_member(tx, member.id, is_blocked=False),
    ):
        with pytest.raises(NotFound):
            central.parts.transactions.write(act)
    central.import_members(f"m-next,王小明,甲班,{member.card_uid},,5.00,\n")
    assert terminal.grant(member, "5.00").refusal is None, "the card is somebody else's now"


def test_a_consent_that_comes_late_or_was_refused_is_not_kept(central: Central, terminal: Terminal) -> None:
    member, stranger = central.add_member("0"), Diner(f"x-{uuid4()}", "AB")
    late, refused = consent_of(member), consent_of(member, f"{GUARDIAN}之二")
    terminal.push(refused)
    clash = replace(refused.consent, guardian=f"{GUARDIAN}之三")
    terminal.push(wire.FaceConsentGiven(clash), wire.FaceConsentGiven(replace(clash, member_id=MemberId(stranger.id))))
    assert len(central.quarantine(terminal)) == 2
    delete(central, member)
    terminal.push(late)
    assert [q["body"].count(stranger.id) for q in central.quarantine(terminal)] == [1]
    assert [row.event for row in central.parts.transactions.read(lambda c: consents_of(c, member.id))] == [b"", b""]
    again = msgspec.json.encode(late)
    terminal.push(wire.PushedEvent(new_id(), msgspec.Raw(again)))
    assert len(central.quarantine(terminal)) == 1


def consent_of(member: Diner, guardian: str = GUARDIAN) -> wire.FaceConsentGiven:
    now = datetime.now(UTC)
    consent = FaceConsent(
        FaceConsentId(uuid4()), MemberId(member.id), "2026-1", "zh", (ConsentPurpose.PAYING,),
        under_14=True, given_by=ConsentGiver.GUARDIAN, given_at=now, until=now + timedelta(days=30), guardian=guardian,
    )  # fmt: skip
    return wire.FaceConsentGiven(consent)


# --- paying out ---


def test_a_pay_out_takes_two_people_and_the_sum_that_was_asked_for(central: Central) -> None:
    member = central.add_member("30.00")
    write = central.parts.transactions.write
    office = booked_minor(central, ledger.OFFICE_CASH)
    with pytest.raises(Conflict, match="nobody has asked"):
        write(lambda tx: confirm_pay_out(tx, member.id, "陈老师"))
    assert write(lambda tx: ask_pay_out(tx, member.id, "李老师", is_unclaimed=False)) == yuan("30.00")
    with pytest.raises(Conflict, match="asked for it already"):
        write(lambda tx: ask_pay_out(tx, member.id, "陈老师", is_unclaimed=False))
    with pytest.raises(Conflict, match="two people"):
        write(lambda tx: confirm_pay_out(tx, member.id, " 李老师 "))
    write(lambda tx: top_up(tx, uuid4(), member.id, yuan("1.00")))
    with pytest.raises(Conflict, match="another one"):
        write(lambda tx: confirm_pay_out(tx, member.id, "陈老师"))
    write(lambda tx: ask_pay_out(tx, member.id, "李老师", is_unclaimed=False))
    assert write(lambda tx: confirm_pay_out(tx, member.id, "陈老师")) == (yuan("31.00"), True)
    assert central.account(member).booked == yuan("0.00")
    assert booked_minor(central, ledger.OFFICE_CASH) == office + 3100
    with pytest.raises(Conflict, match="nothing on the balance"):
        write(lambda tx: confirm_pay_out(tx, member.id, "陈老师"))


def test_what_comes_back_to_who_was_deleted_can_be_paid_out_as_unclaimed(central: Central, terminal: Terminal) -> None:
    member = central.add_member("0")
    delete(central, member)
    unclaimed = booked_minor(central, ledger.UNCLAIMED)
    made = CashTopUp(TopUpId(uuid4()), MemberId(member.id), yuan("7.00"), "李老师", datetime.now(UTC))
    terminal.push(wire.CashTopUpRecorded(made))
    assert central.account(member).booked == yuan("7.00"), "taken offline before: it is not lost"
    central.parts.transactions.write(lambda tx: ask_pay_out(tx, member.id, "李老师", is_unclaimed=True))
    central.parts.transactions.write(lambda tx: confirm_pay_out(tx, member.id, "陈老师"))
    assert booked_minor(central, ledger.UNCLAIMED) == unclaimed + 700
    assert terminal.states()["member", member.id] is None
