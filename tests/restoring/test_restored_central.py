"""The drill: sell, back up, sell on, lose everything, restore. Every sale is booked once, every balance is right to the
cent, and nobody is below the line."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from kiosk.domain.money import Money
from kiosk.services.ports import CentralRefused, CentralUnreachable
from tests.central.conftest import DATABASES
from tests.restoring.site import FEAST, NOODLES, RICE, Site, price

on_both = pytest.mark.parametrize("site", DATABASES, indirect=True)


@on_both
def test_the_drill(site: Site) -> None:
    site.open()
    first, second = site.till(), site.till()
    diners = [site.diner() for _ in range(3)]
    for diner in diners:
        site.usual(first, diner)
    backup = site.back_up()
    for diner in diners:
        assert first.is_paid(diner)
        assert second.is_paid(diner, NOODLES)  # a grant that the backup has never heard of
    first.push()
    second.push()
    assert first.waiting() == second.waiting() == 0  # acknowledged, and soon forgotten
    first.unplug()
    assert first.is_paid(diners[0])  # under a grant from before, and not sent yet
    site.lose_and_restore(backup)

    first.plug_in()
    second.plug_in()
    for till in (first, second):
        assert till.finds_central_closed(diners[1])
        with pytest.raises(CentralUnreachable):
            till.push()  # not before it has announced
    assert first.is_paid(diners[1]), "what was set aside can still be spent"
    first.sync()
    site.check()
    assert first.finds_central_closed(diners[2]), "another terminal is still waited for"
    assert site.set_aside(diners[2]) == 0
    second.sync()
    first.sync()
    site.check_settled()
    diner = site.diner()
    assert second.is_paid(diner, FEAST), "central grants again"
    second.push()
    site.check_settled()


def test_money_set_aside_since_the_backup_is_not_handed_out_twice(site: Site) -> None:
    site.open()
    first, second = site.till(), site.till()
    diner = site.diner("32.00")
    for _ in range(2):
        assert first.is_paid(diner)
    first.push()
    backup = site.back_up()
    assert site.set_aside(diner) == 1
    first.pull()
    held = first.held(diner)
    assert held > price(NOODLES).minor
    site.lose_and_restore(backup)
    second.plug_in().sync()
    assert not second.is_paid(diner, NOODLES), "first has not said yet what it holds"
    first.unplug()
    assert first.is_paid(diner, NOODLES)
    first.plug_in().sync()
    assert not second.is_paid(diner, NOODLES)
    first.sync()
    second.sync()
    site.check_settled()
    assert site.central.account(diner).held == Money(held) - price(NOODLES)


def test_what_was_given_back_since_the_backup_is_free_again(site: Site) -> None:
    """The closing of a grant that the backup has never heard of is sent again, and so the grant is announced."""
    site.open()
    till, other = site.till(), site.till()
    diner = site.diner("32.00")
    for _ in range(2):
        assert till.is_paid(diner)
    till.push()
    backup = site.back_up()
    assert site.set_aside(diner) == 1
    till.pull()
    other.pays(diner, NOODLES)  # recalls it
    till.sync()
    assert till.held(diner) == 0
    site.lose_and_restore(backup)
    for each in (till, other, till, other):
        each.plug_in().sync()
    site.check_settled()
    assert site.central.account(diner).held == Money(0)


def test_terminals_read_everything_anew(site: Site) -> None:
    """The restored feed's numbers are older than those that a terminal has read."""
    site.open()
    till = site.till()
    backup = site.back_up()
    forgotten = [site.diner() for _ in range(3)]
    till.pull()
    assert all(till.member(diner) for diner in forgotten)
    site.lose_and_restore(backup)
    new = site.diner()
    till.plug_in().sync()
    assert till.member(new)
    assert not any(till.member(diner) for diner in forgotten)


def test_a_grant_without_this_central_s_seal_is_nobody_s(site: Site) -> None:
    site.open()
    till, diner = site.till(), site.diner()
    site.usual(till, diner)
    backup = site.back_up()
    site.lose_and_restore(backup)
    with till.store.transaction() as tx:
        (use,) = tx.grants.open_pre_grants(diner.id)  # type: ignore[arg-type]
    forged = replace(use.grant, id=uuid4(), amount=Money(100_000), seal=use.grant.seal)  # type: ignore[arg-type]
    with till.store.transaction() as tx:
        tx.grants.add(forged)
    till.plug_in().sync()
    account = site.central.account(diner)
    assert account.held == use.grant.amount
    assert account.free == account.booked - account.held


@on_both
def test_a_terminal_enrolled_since_the_backup_is_waited_for_and_enrols_anew(site: Site) -> None:
    site.open()
    first, diner = site.till(), site.diner("32.00")
    backup = site.back_up()
    late = site.till()
    site.usual(late, diner)
    site.lose_and_restore(backup)
    first.plug_in().sync()
    assert not first.is_paid(diner, NOODLES), "what the late one holds is not known"
    late.plug_in()
    with pytest.raises(CentralRefused, match="enrol it anew"):
        late.sync()
    late.unplug()
    assert late.is_paid(diner, NOODLES)
    late.enrol_anew()
    late.sync()
    late.sync()
    site.check_settled()
    assert late.identity.incarnation > 1000
    assert site.central.account(diner).held == Money(0)  # given back by the new incarnation
    assert first.is_paid(diner)


def test_a_disk_replaced_since_the_backup_does_not_speak_for_the_new_one(site: Site) -> None:
    site.open()
    old = site.till()
    backup = site.back_up()
    new = site.till(replaces=old.letter)
    assert new.identity.incarnation == 2
    site.lose_and_restore(backup)
    old.plug_in()
    for till in (old, new.plug_in()):
        with pytest.raises(CentralRefused):
            till.sync()
    diner = site.diner()
    new.enrol_anew()
    assert new.identity.incarnation > 1000, "no number comes twice"
    new.sync()
    assert new.is_paid(diner)
    new.push()
    site.check_settled()


def test_a_terminal_revoked_since_the_backup_stays_so(site: Site) -> None:
    site.open()
    till, other = site.till(), site.till()
    diner = site.diner()
    backup = site.back_up()
    assert site.command("revoke-terminal", till.letter) == 0
    site.lose_and_restore(backup)
    with pytest.raises(CentralRefused, match="revoked"):
        till.plug_in().sync()
    other.plug_in().sync()
    assert other.finds_central_closed(diner)
    site.give_up(till.letter)
    assert other.is_paid(diner, NOODLES)


def test_a_write_off_since_the_backup_holds(site: Site) -> None:
    """What was written off was paid out elsewhere; a late sale under it is the canteen's loss."""
    site.open()
    first, second = site.till(), site.till()
    diner = site.diner("50.00")
    site.usual(first, diner)
    backup = site.back_up()
    with first.store.transaction() as tx:
        (use,) = tx.grants.open_pre_grants(diner.id)  # type: ignore[arg-type]
    for who in (("--by", "Li"), ("--by", "Wang", "--confirm")):
        assert site.command("write-off", str(use.grant.id), *who) == 0
    while second.is_paid(diner, NOODLES):
        pass
    second.push()
    site.lose_and_restore(backup)
    first.unplug()
    assert first.is_paid(diner)
    site.bear(diner, RICE)
    for till in (second, first):
        till.plug_in().sync()
    second.sync()
    site.check_settled()
    assert site.central.account(diner).held == Money(0)


def test_a_lost_terminal_is_given_up_by_two_people(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.open()
    lost, other = site.till(), site.till()
    diner = site.diner("32.00")
    for _ in range(2):
        assert lost.is_paid(diner)
    lost.push()
    backup = site.back_up()
    assert site.set_aside(diner) == 1  # the backup has never heard of it
    lost.pull()
    site.lose_and_restore(backup)
    other.plug_in().sync()
    assert other.finds_central_closed(diner)
    assert site.command("give-up", lost.letter, "--by", "Wang", "--confirm") == 1
    assert site.command("give-up", lost.letter, "--by", "Li") == 0
    assert site.command("give-up", lost.letter, "--by", "li ", "--confirm") == 1
    assert "two people" in capsys.readouterr().err
    assert other.finds_central_closed(diner)
    assert site.command("give-up", lost.letter, "--by", "Wang", "--confirm") == 0
    assert site.command("give-up", other.letter, "--by", "Wang") == 1
    assert other.is_paid(diner, NOODLES)
    other.push()
    lost.unplug()
    assert lost.is_paid(diner, NOODLES)  # it comes back after all
    site.bear(diner, NOODLES)
    lost.plug_in().sync()
    lost.sync()
    site.check_settled()
    assert not lost.is_paid(diner, NOODLES), "it is granted nothing until it is enrolled anew"
    lost.enrol_anew()
    lost.sync()
    another = site.diner()
    lost.pull()
    assert lost.is_paid(another, NOODLES)


@on_both
def test_what_a_given_up_terminal_sold_is_refunded_at_central(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Not before: it may come back, and refund it itself. An order of another terminal stays that terminal's."""
    site.open()
    lost, other = site.till(), site.till()
    diner = site.diner()
    assert lost.is_paid(diner, NOODLES)
    (order_id,) = site.orders
    assert other.is_paid(diner)
    (other_id,) = site.orders - {order_id}
    for till in (lost, other):
        till.push()
    site.lose_and_restore(site.back_up())
    other.plug_in().sync()
    by, once = ("--by", "Li", "--reason", "its terminal is lost"), ("--id", str(uuid4()))
    assert site.command("refund", str(order_id), *by, *once) == 1
    assert "may refund it itself" in capsys.readouterr().err
    site.give_up(lost.letter)
    for _ in range(2):
        assert site.command("refund", str(order_id), *by, *once) == 0
    assert site.command("refund", str(order_id), *by) == 1, "nothing is left of it"
    assert site.command("refund", str(other_id), *by) == 1
    assert site.central.free(diner) == Money.parse("60.00") - price(RICE)


@on_both
def test_what_was_given_up_stays_so_over_a_second_restore(site: Site) -> None:
    site.open()
    lost, other = site.till(), site.till()
    diner = site.diner("32.00")
    site.usual(lost, diner)
    backup = site.back_up()
    site.lose_and_restore(backup)
    site.give_up(lost.letter)
    other.plug_in().sync()
    assert other.is_paid(diner, NOODLES)
    other.push()
    site.lose_and_restore(backup)
    other.plug_in().sync()
    assert site.central.account(diner).held == Money(0), "written off again"
    site.give_up(lost.letter)
    assert not other.is_paid(diner, NOODLES)
