"""backup, restore and give-up as the school's IT meets them: what is said, what is refused, what stays."""

from __future__ import annotations

import shutil
import stat

import msgspec
import pytest

from central.restoring.backups import check_copy, put_back
from central.settings import load_settings
from kiosk.services.ports import CentralRefused, CentralUnreachable
from kiosk.store.database import connect
from kiosk.sync import wire
from tests.central.conftest import DATABASES
from tests.central.sales import counter_order, new_id, yuan
from tests.central.support import Terminal, post_json
from tests.restoring.site import FEAST, NOODLES, Site

on_both = pytest.mark.parametrize("site", DATABASES, indirect=True)


@on_both
def test_a_copy_is_the_owner_s_alone_and_says_what_is_not_in_it(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.open()
    diner = site.diner()
    copy = site.back_up()
    assert "are not in the copy" in capsys.readouterr().out
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    if site.database_url is None:
        assert diner.id.encode() not in copy.read_bytes(), "as encrypted as the database"
    assert site.command("backup", str(site.folder / "gone" / "copy")) == 1
    assert sorted(p.name for p in site.folder.glob("backup*")) == [copy.name]


@on_both
def test_a_database_put_back_without_the_command_is_not_served(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.open()
    till = site.till()
    copy = site.back_up()
    site.stop()
    settings = load_settings(site.config)
    check_copy(settings, copy)
    put_back(settings, copy)
    assert site.command("orders") == 1
    assert "put back to a backup" in capsys.readouterr().err
    assert site.command("restore") == 0
    assert f"Waiting for: {till.letter}." in capsys.readouterr().out
    site.start()
    assert till.plug_in().finds_central_closed(site.diner())
    till.sync()


def test_a_server_that_runs_is_not_restored_under(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.open()
    copy = site.back_up()
    assert site.command("restore", str(copy)) == 1
    assert "stop it first" in capsys.readouterr().err


def test_what_stood_there_stays_beside_it(site: Site) -> None:
    site.open()
    copy = site.back_up()
    site.stop()
    lost = (site.state / "central.db").read_bytes()
    assert site.command("restore", str(copy)) == 0
    assert (site.state / "central.db.replaced").read_bytes() == lost


@pytest.mark.parametrize("site", DATABASES[1:], indirect=True)
def test_postgresql_s_tools_are_asked_for(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site.open()
    monkeypatch.setenv("PATH", str(site.folder))
    assert site.command("backup", str(site.folder / "copy")) == 1
    assert "pg_dump is not installed here" in capsys.readouterr().err
    assert not (site.folder / "copy").exists()


@on_both
def test_a_file_that_is_no_copy_changes_nothing(site: Site) -> None:
    site.open()
    site.stop()
    (site.folder / "foreign").write_bytes(b"SQLite format 3\0" + bytes(5000))
    for name in ("foreign", "missing"):
        assert site.command("restore", str(site.folder / name)) == 1, name
    assert site.command("orders") == 0


def test_a_copy_that_cannot_be_used_changes_nothing(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.open()
    copy = site.back_up()
    site.stop()
    damaged = bytearray(copy.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (site.folder / "damaged").write_bytes(damaged)
    assert site.command("restore", str(site.folder / "damaged")) == 1
    assert site.command("orders") == 0
    shutil.move(site.state / "restore.record", site.folder / "restore.record")
    assert site.command("restore", str(copy)) == 1
    assert "--without-record" in capsys.readouterr().err
    assert site.command("orders") == 1, "not without its record either"
    shutil.move(site.folder / "restore.record", site.state / "restore.record")
    shutil.move(site.state / "seal.key", site.folder / "seal.key")
    assert site.command("restore", str(copy)) == 1
    shutil.move(site.folder / "seal.key", site.state / "seal.key")
    assert site.command("orders") == 0


def test_an_old_copy_of_the_record_is_refused(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.open()
    old = (site.state / "restore.record").read_bytes()
    site.back_up()
    copy = site.back_up()
    site.stop()
    (site.state / "restore.record").write_bytes(old)
    assert site.command("restore", str(copy)) == 1
    assert "older than the backup" in capsys.readouterr().err
    assert site.command("orders") == 1, "the copy is in its place and is not served"


def test_with_the_record_lost_every_terminal_is_enrolled_anew(site: Site) -> None:
    site.open()
    first, second = site.till(), site.till()
    diner = site.diner("80.00")
    site.usual(first, diner)
    copy = site.back_up()
    assert second.is_paid(diner, NOODLES)
    second.push()
    site.stop()
    (site.state / "restore.record").unlink()
    assert site.command("restore", str(copy), "--without-record") == 0
    site.start()
    for till in (first, second):
        with pytest.raises(CentralRefused, match="enrol it anew"):
            till.plug_in().sync()
        till.enrol_anew()
        assert till.identity.incarnation > 1_000_000
    first.sync()
    assert first.finds_central_closed(diner)
    second.sync()
    first.sync()
    site.check_settled()


def test_terminals_shows_whom_central_waits_for(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.open()
    first, second = site.till(), site.till()
    site.lose_and_restore(site.back_up())
    first.plug_in().sync()
    capsys.readouterr()
    assert site.command("terminals") == 0
    states = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert states == [[first.letter, "enrolled"], [second.letter, "awaited"]]


def test_a_member_imported_since_the_backup_is_imported_again(site: Site) -> None:
    """A grant of theirs keeps its terminal waiting until they are known: nothing of it is lost."""
    site.open()
    till = site.till()
    copy = site.back_up()
    diner = site.diner()
    till.pull()
    assert till.is_paid(diner, FEAST)
    till.push()
    site.lose_and_restore(copy)
    with pytest.raises(CentralUnreachable):
        till.plug_in().sync()
    site.central.import_members(f"{diner.id},王小,甲班,{diner.card_uid},,60.00,\n")
    till.sync()
    site.check_settled()


def test_a_terminal_of_the_version_before_must_be_updated(site: Site) -> None:
    site.open()
    site.lose_and_restore(site.back_up())
    terminal = site.central.enrol()
    diner = site.diner()
    grant = wire.encode(wire.GrantRequest(new_id(), diner.card_uid, yuan("1.00")))
    event = wire.PushedEvent(new_id(), msgspec.Raw(wire.encode(counter_order(terminal, "1.00"))))
    push = wire.encode(wire.PushBatch(1, (event,)))
    for path, body in (("/v1/grants", grant), ("/v1/push", push)):
        for protocol, status in (("1", 426), ("2", 426), ("3", 409)):
            answer = terminal.send("POST", path, body, **{wire.PROTOCOL_HEADER: protocol})
            assert answer.status_code == status, answer.text
            assert "restored" in answer.json()["detail"]
    assert site.central.free(diner) == yuan("60.00")


def test_nothing_is_taken_from_a_terminal_before_it_has_announced(site: Site) -> None:
    site.open()
    known, diner = site.central.enrol(), site.diner()
    site.lose_and_restore(site.back_up())
    terminal = Terminal(site.central.http, known.key, known.enrolled)
    epoch = site.central.parts.installation.epoch
    event = wire.PushedEvent(new_id(), msgspec.Raw(wire.encode(counter_order(terminal, "1.00"))))
    messages = {
        "/v1/grants": wire.GrantRequest(new_id(), diner.card_uid, yuan("1.00"), epoch=epoch),
        "/v1/push": wire.PushBatch(1, (event,), epoch),
    }
    for path, message in messages.items():
        answer = terminal.send("POST", path, wire.encode(message))
        assert answer.status_code == 409, path
        assert "announce first" in answer.json()["detail"]
    first_half = wire.Announcement(epoch, (), more=True)
    terminal.ask("POST", "/v1/announce", first_half, wire.AnnouncementReply)
    assert terminal.send("POST", "/v1/push", wire.encode(messages["/v1/push"])).status_code == 409
    terminal.ask("POST", "/v1/announce", wire.Announcement(epoch, ()), wire.AnnouncementReply)
    for path, message in messages.items():
        assert terminal.send("POST", path, wire.encode(message)).status_code == 200, path


def test_messages_of_another_epoch_are_refused(site: Site) -> None:
    central = site.open()
    terminal, diner = central.enrol(), site.diner()
    for message, path in (
        (wire.GrantRequest(new_id(), diner.card_uid, yuan("1.00"), epoch="another"), "/v1/grants"),
        (wire.PushBatch(1, (), epoch="another"), "/v1/push"),
        (wire.Announcement("another", ()), "/v1/announce"),
    ):
        answer = terminal.send("POST", path, wire.encode(message))
        assert answer.status_code in (400, 409), answer.text
    assert central.free(diner) == yuan("60.00")


def test_hostile_announcements_are_refused_and_change_nothing(site: Site) -> None:
    central = site.open()
    terminal, diner = central.enrol(), site.diner()
    epoch = central.parts.installation.epoch

    def announced(**changes: object) -> int:
        told = {"id": new_id(), "member_id": diner.id, "incarnation": 1, "amount": yuan("5.00"), "seal": "A" * 44}
        grant = wire.AnnouncedGrant(**(told | changes))  # type: ignore[arg-type]
        return terminal.send("POST", "/v1/announce", wire.encode(wire.Announcement(epoch, (grant,)))).status_code

    assert announced() == 200  # left out
    for changes in (
        {"amount": yuan("0.00")},
        {"amount": yuan("-5.00")},
        {"incarnation": 2**62},
        {"seal": "印" * 100},
        {"member_id": "nobody"},
        {"request_id": new_id()},
    ):
        assert announced(**changes) == 200, changes
    grants = [wire.AnnouncedGrant(new_id(), diner.id, 1, yuan("1.00"), "") for _ in range(501)]  # type: ignore[arg-type]
    too_many = wire.encode(wire.Announcement(epoch, tuple(grants)))
    assert terminal.send("POST", "/v1/announce", too_many).status_code == 400
    assert terminal.send("POST", "/v1/announce", b"{}").status_code == 400
    assert post_json(central.http, "/v1/announce", wire.Announcement(epoch, ())).status_code == 401
    account = central.account(diner)
    assert account.free == yuan("60.00")
    assert not account.held


def test_another_terminal_s_grant_is_not_taken_up(site: Site) -> None:
    """The seal names the terminal."""
    site.open()
    first, second = site.till(), site.till()
    diner = site.diner()
    for _ in range(2):
        assert first.is_paid(diner)
    first.push()
    copy = site.back_up()
    assert site.set_aside(diner) == 1
    first.pull()
    with first.store.transaction() as tx:
        (use,) = tx.grants.open_pre_grants(diner.id)  # type: ignore[arg-type]
    site.lose_and_restore(copy)
    stolen = wire.AnnouncedGrant(use.grant.id, use.grant.member_id, 1, use.grant.amount, use.grant.seal)
    second.plug_in().pull()
    second.client.announce(wire.Announcement(site.central.parts.installation.epoch, (stolen,)))
    assert not site.central.account(diner).held
    first.plug_in().sync()
    assert site.central.account(diner).held == use.grant.amount


def test_the_server_s_first_start_after_an_update_seals_what_is_out(site: Site) -> None:
    """A state directory from before there were seals: terminals are told the seals of the grants that they hold."""
    site.open()
    till, diner = site.till(), site.diner()
    site.usual(till, diner)
    site.stop()
    for name in ("restore.record", "seal.key"):
        (site.state / name).unlink()
    raw = connect(till.folder / "kiosk.db", (till.folder / "kiosk.key").read_bytes())
    raw.execute("UPDATE grants SET seal = ''")
    raw.close()
    site.start()
    till.plug_in().pull()
    with till.store.transaction() as tx:
        (use,) = tx.grants.open_pre_grants(diner.id)  # type: ignore[arg-type]
    assert site.central.parts.database.safe.seals.fits(use.grant, use.grant.seal)
