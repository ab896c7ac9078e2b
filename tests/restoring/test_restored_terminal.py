"""The terminal's own drill: its disk is lost and put back to a backup. And what a terminal does with answers of a
central that was restored meanwhile."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from central.wallet.repository import open_grants
from kiosk import command_line
from kiosk.domain.ids import GrantId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.wallet import Grant
from kiosk.services.outcomes import NotCharged, NotChargedReason
from kiosk.services.ports import GrantIssued, GrantOutdated, GrantRefused
from kiosk.settings import load_settings
from kiosk.state_folder import take_state_dir
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync import wire
from kiosk.terminal_store import enrol_terminal
from tests.restoring.site import NOODLES, Site, Till
from tests.services.terminal import CHINA
from tests.store.sales import IDENTITY, MEMBER

SETTINGS = """
[terminal]
name = "till"
state_dir = "{state}"
[central]
url = "http://127.0.0.1:9"
"""


class Machine:
    """A till whose database stands where the commands expect it."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.state = site, folder / "terminal"
        self.config = folder / "terminal.toml"
        self.config.write_text(SETTINGS.format(state=self.state), encoding="utf-8")
        self.copy = folder / "terminal-backup.db"
        made = site.till()
        made.store.close()
        self.state.mkdir(mode=0o700)
        for name, left in (("terminal.db", "kiosk.db"), ("terminal.key", "kiosk.key")):
            (made.folder / left).rename(self.state / name)
        self.identity = made.identity
        self.till = self.open()

    def open(self) -> Till:
        store = open_store(self.state / "terminal.db", self.state / "terminal.key")
        self.site.stack.callback(store.close)
        return Till(self.site, self.identity, store, self.state).plug_in()

    @property
    def today(self) -> date:
        return datetime.now(CHINA).date()

    def next_number(self) -> str:
        """Of an order that is taken now."""
        with self.till.store.transaction() as tx:
            return tx.orders.next_number(self.today)

    def enrol(self, code: str) -> None:
        settings = load_settings(self.config)
        central = msgspec.structs.replace(settings.central, url=self.site.central.url)
        enrol_terminal(msgspec.structs.replace(settings, central=central), self.till.store, code)

    def command(self, *arguments: str) -> int:
        return command_line.main(["--config", str(self.config), *arguments])


@pytest.fixture
def machine(site: Site, tmp_path: Path) -> Machine:
    site.open()
    return Machine(site, tmp_path)


def test_the_drill(machine: Machine, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    till, diner = machine.till, site.diner()
    site.usual(till, diner)
    assert machine.command("backup", str(machine.copy)) == 0
    assert till.is_paid(diner, NOODLES)
    till.sync()
    till.store.close()
    (machine.state / "terminal.db").unlink()

    assert machine.command("restore", str(machine.copy)) == 0
    assert "enrolled anew" in capsys.readouterr().out
    machine.till = till = machine.open()
    assert till.store.must_enrol_anew()
    assert till.held(diner) == 0, "what was set aside has been spent from since"
    till.unplug()
    assert not till.is_paid(diner, NOODLES)
    till.plug_in()
    till.enrol_anew()
    assert not till.store.must_enrol_anew()
    till.sync()
    another = site.diner()
    till.pull()
    assert till.is_paid(another, NOODLES)
    till.sync()
    site.check_settled()
    assert site.central.account(diner).held, "the disk that held it is gone: that takes a write-off"
    (grant,) = site.central.parts.transactions.read(lambda c: open_grants(c, None))
    for who in (("--by", "Li"), ("--by", "Wang", "--confirm")):
        assert site.command("write-off", str(grant.id), *who) == 0
    assert not site.central.account(diner).held
    site.check_settled()


def test_a_copy_is_not_put_back_under_a_terminal_that_runs(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert machine.command("backup", str(machine.copy)) == 0
    lock = take_state_dir(machine.state)
    assert machine.command("restore", str(machine.copy)) == 1
    assert "stop it first" in capsys.readouterr().err
    os.close(lock)


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000, None])
def test_a_file_that_is_no_copy_changes_nothing(
    machine: Machine, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        machine.copy.write_bytes(content)
    machine.till.store.close()
    before = (machine.state / "terminal.db").read_bytes()
    assert machine.command("restore", str(machine.copy)) == 1
    assert capsys.readouterr().err
    assert (machine.state / "terminal.db").read_bytes() == before


def test_what_stood_there_stays_beside_it(machine: Machine, site: Site) -> None:
    diner = site.diner()
    assert machine.command("backup", str(machine.copy)) == 0
    machine.till.pull()
    assert machine.till.is_paid(diner)
    machine.till.store.close()
    assert machine.command("restore", str(machine.copy)) == 0
    replaced = open_store(machine.state / "terminal.db.replaced", machine.state / "terminal.key")
    with replaced.transaction() as tx:
        assert len(tx.orders.recent(10)) == 1
    replaced.close()


def test_order_numbers_do_not_repeat_on_the_day_of_a_restore(machine: Machine, site: Site) -> None:
    """What the lost disk has given out since the copy was made nobody here knows."""
    machine.next_number()
    assert machine.command("backup", str(machine.copy)) == 0
    lost = {machine.next_number() for _ in range(3)}
    machine.till.store.close()
    given = [lost]
    for _ in range(2):  # the copy is put back twice on one day
        assert machine.command("restore", str(machine.copy)) == 0
        machine.till = machine.open()
        before = machine.next_number()
        assert before not in lost
        machine.enrol(site.new_code(machine.identity.letter))
        given.append({machine.next_number() for _ in range(3)})
        assert before not in given[-1]
        machine.till.store.close()
    assert len(set().union(*given)) == 9
    machine.till = machine.open()
    tomorrow = machine.today + timedelta(days=1)
    with machine.till.store.transaction() as tx:
        assert tx.orders.next_number(tomorrow) == f"{machine.identity.letter}001"


def test_order_numbers_do_not_repeat_on_the_day_of_a_new_disk(machine: Machine, site: Site) -> None:
    lost = {machine.next_number() for _ in range(3)}
    machine.till.store.close()
    for left in machine.state.iterdir():
        left.unlink()
    machine.till = machine.open()
    machine.enrol(site.new_code(machine.identity.letter))
    assert {machine.next_number() for _ in range(3)}.isdisjoint(lost)


def test_a_disk_that_knows_its_day_goes_on_counting(machine: Machine, site: Site) -> None:
    assert machine.next_number().endswith("001")
    machine.enrol(site.new_code(machine.identity.letter))
    assert machine.next_number().endswith("002")


# --- what comes from an epoch that is over ---


@pytest.fixture
def entered(site: Site) -> tuple[Site, Till]:
    """A till that takes a new epoch between a grant's answer and the sale."""
    site.open()
    return site, site.till()


def test_a_grant_of_an_epoch_that_is_over_is_not_spent(entered: tuple[Site, Till]) -> None:
    site, till = entered
    diner = site.diner()
    till.pull()
    ask = till.grants.request_grant

    def answered_before_the_restore(
        request_id: PaymentId,
        card_uid: str,
        amount: Money,
        abandons: tuple[PaymentId, ...],
        further: tuple[Money, ...] = (),
    ) -> GrantIssued | GrantRefused:
        answer = ask(request_id, card_uid, amount, abandons, further)
        with till.store.transaction() as tx:
            tx.feed.enter_epoch("the next one")
        return answer

    till.grants.request_grant = answered_before_the_restore  # type: ignore[method-assign]
    outcome = till.pays(diner, NOODLES)
    assert isinstance(outcome, NotCharged)
    assert outcome.reason is NotChargedReason.CENTRAL_UNREACHABLE
    assert till.waiting() == 1, "the release of what was granted"


def test_an_acknowledgement_of_an_epoch_that_is_over_is_not_believed(entered: tuple[Site, Till]) -> None:
    site, till = entered
    diner = site.diner()
    till.pull()
    assert till.is_paid(diner)
    send = till.client.push

    def acknowledged_before_the_restore(batch: wire.PushBatch) -> wire.PushReply:
        reply = send(batch)
        with till.store.transaction() as tx:
            tx.feed.enter_epoch("the next one")
        return reply

    till.client.push = acknowledged_before_the_restore  # type: ignore[method-assign]
    till.sender.send_batch()
    assert till.waiting() == 1


def test_the_store_refuses_a_grant_of_another_epoch(store: SqliteStore) -> None:
    grant = Grant(
        GrantId(uuid4()), PaymentId(uuid4()), MEMBER.id, IDENTITY.terminal_id, 1, Money(100), "seal", "the one before"
    )
    with store.transaction() as tx:
        tx.feed.enter_epoch("this one")
        with pytest.raises(GrantOutdated):
            tx.grants.add(grant)
        tx.grants.add(replace(grant, epoch="this one"))
        assert [told.seal for told in tx.grants.to_announce(None, 10)] == ["seal"]
