"""The audit log between terminal and central: taken once, countersigned, and disputed when it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from central import cli
from central.audit import repository
from central.audit.own import begin_after_restore
from kiosk.domain.audit import CountersignedHead, next_entry
from kiosk.services.ports import CentralUnreachable
from kiosk.sync import wire
from kiosk.sync.audit import AuditSender
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from tests.central.audited import NOON, AuditedTerminal, broken, check
from tests.central.conftest import DATABASES
from tests.central.support import Central, Terminal, running_central
from tests.store.sales import new_store


@pytest.fixture
def audited(central: Central, terminal: Terminal, tmp_path: Path) -> Iterator[AuditedTerminal]:
    made = AuditedTerminal(central, terminal, tmp_path / "terminal")
    yield made
    made.close()


def test_entries_are_taken_once_and_countersigned(central: Central, audited: AuditedTerminal) -> None:
    audited.acts(450)
    assert audited.sender.exchange() == ()
    good, said = audited.check()
    assert good
    assert "entries 1 to 451 are whole, countersigned by central up to 451" in said
    audited.acts(2)
    good, said = audited.check()
    assert "entries 1 to 453 are whole, countersigned by central up to 451" in said
    audited.sender.exchange()
    audited.sender.exchange()
    log_id, entries = audited.log()
    assert central.parts.transactions.read(lambda c: list(repository.entries(c, log_id))) == entries
    report = check(central, audited.letter)
    assert not report.is_broken
    assert f"terminal {audited.letter}, log {log_id}: entries 1 to 453 are whole" in report.lines[0]


def test_a_lost_reply_loses_nothing(central: Central, audited: AuditedTerminal) -> None:
    audited.acts(3)
    log_id, entries = audited.log()
    batch = wire.AuditBatch(log_id, 1, tuple(e.body for e in entries[:2]))
    first, again = audited.client.audit(batch), audited.client.audit(batch)
    assert (first.last_seq, first.disputes) == (again.last_seq, again.disputes) == (2, ())
    assert audited.sender.exchange() == ()
    assert audited.check()[0]


def test_a_gap_is_not_taken(audited: AuditedTerminal) -> None:
    audited.acts(3)
    log_id, entries = audited.log()
    reply = audited.client.audit(wire.AuditBatch(log_id, 2, tuple(e.body for e in entries[1:])))
    assert (reply.last_seq, reply.head, reply.disputes) == (0, None, ())


def test_an_older_copy_of_the_terminal_is_found_by_both(central: Central, audited: AuditedTerminal) -> None:
    audited.acts(5)
    audited.sender.exchange()
    log_id, entries = audited.log()
    older = AuditedTerminal.__new__(AuditedTerminal)
    older.__dict__ |= vars(audited) | {"folder": audited.folder / "older"}
    older.folder.mkdir()
    older.store = new_store(older.folder, audited.identity)
    with older.store.transaction() as tx:  # the copy, and what it wrote since
        tx.audit._connection.execute(text("DELETE FROM audit_logs"))
        row = {"id": log_id.hex}
        tx.audit._connection.execute(text("INSERT INTO audit_logs (log_id, is_open) VALUES (:id, 1)"), row)
        for entry in entries[:4]:
            tx.audit._add(log_id, entry)
    older.acts(1)
    older.sender = AuditSender(older.client, older.store, older.identity)
    disputes = older.sender.exchange()
    assert len(disputes) == 1
    assert "older copy" in disputes[0]
    assert broken(check(central, audited.letter))
    good, said = older.check()
    assert not good
    assert "entry 6 is missing with all behind it" in said
    older.store.close()


def test_a_log_begun_anew_without_enrolling_is_disputed(central: Central, audited: AuditedTerminal) -> None:
    audited.acts()
    audited.sender.exchange()
    with audited.store.transaction() as tx:
        tx.audit.start_incarnation()
    audited.acts()
    assert len(audited.sender.exchange()) == 1
    (line,) = broken(check(central, audited.letter))
    assert "had a log already" in line


def test_enrolling_anew_begins_a_log_that_names_the_one_before(
    central: Central, audited: AuditedTerminal, tmp_path: Path
) -> None:
    audited.acts()
    audited.sender.exchange()
    before, entries = audited.log()
    again = central.enrol(replaces=audited.letter)
    identity = replace(
        audited.identity, incarnation=again.enrolled.incarnation, private_key=again.key.private_bytes_raw()
    )
    audited.store.save_identity(identity)
    audited.acts()
    client = CentralClient(CentralAddress(central.url, 10), identity)
    with closing(client.line):
        assert AuditSender(client, audited.store, identity).exchange() == ()
    log_id, begun = audited.log()
    assert log_id != before
    assert entries[-1].hash.hex().encode() in begun[0].body
    assert audited.check()[0]
    assert not check(central, audited.letter).is_broken


def test_another_terminals_log_is_not_taken(central: Central, audited: AuditedTerminal, tmp_path: Path) -> None:
    audited.acts()
    audited.sender.exchange()
    log_id, entries = audited.log()
    with closing(AuditedTerminal(central, central.enrol(), tmp_path / "other")) as other:
        reply = other.client.audit(wire.AuditBatch(log_id, 1, tuple(e.body for e in entries)))
    assert (reply.last_seq, reply.head) == (0, None)
    assert "another terminal's log" in reply.disputes[0]
    assert not check(central, audited.letter).is_broken


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.replace(b"reprint", b"refund"),
        lambda body: body + b" ",
        lambda _: b"{}",
        lambda _: b"\xff" * 10_000,
        lambda body: body.replace(b'"seq":2', b'"seq":true'),
        lambda _: b"[" * 100_000,
    ],
)
def test_what_is_no_entry_is_not_taken(audited: AuditedTerminal, spoil: Callable[[bytes], bytes]) -> None:
    audited.acts(2)
    log_id, entries = audited.log()
    reply = audited.client.audit(wire.AuditBatch(log_id, 1, (entries[0].body, spoil(entries[1].body), entries[2].body)))
    assert reply.last_seq < 3
    assert reply.disputes


def test_out_of_bounds_is_refused(terminal: Terminal) -> None:
    for batch in (
        wire.AuditBatch(uuid4(), 0),
        wire.AuditBatch(uuid4(), 2**60),
        wire.AuditBatch(uuid4(), 1, (b"x",) * (wire.MAX_AUDIT_ENTRIES + 1)),
    ):
        assert terminal.send("POST", "/v1/audit", wire.encode(batch)).status_code == 400
    hostile = wire.encode(wire.AuditBatch(uuid4(), 1, newest=CountersignedHead("t", 1, uuid4(), 1, b"", NOON)))
    for bad in (b'"seq":0', b'"seq":99999999999999999999', b'"seq":"1"'):
        assert terminal.send("POST", "/v1/audit", hostile.replace(b'"seq":1', bad)).status_code == 400
    early = hostile.replace(b"2026-03-02T04:30:00Z", b"0001-01-01T00:00:00+14:00")
    assert early != hostile
    assert terminal.send("POST", "/v1/audit", early).status_code == 400


def test_one_incarnation_begins_only_so_many_logs(central: Central, audited: AuditedTerminal) -> None:
    last = None
    for _ in range(23):
        log_id = uuid4()
        entry = next_entry(log_id, None, NOON, "x", "started", "", {})
        last = audited.client.audit(wire.AuditBatch(log_id, 1, (entry.body,)))
    assert last is not None
    assert last.last_seq == 0
    assert len(central.parts.transactions.read(lambda c: repository.all_logs(c, audited.identity.terminal_id))) == 20


def test_central_that_forgot_gets_the_log_again_and_says_so(central: Central, audited: AuditedTerminal) -> None:
    """As after a backup was put back, or when somebody cut central's copy, heads and all."""
    audited.acts(3)
    audited.sender.exchange()
    log_id, _ = audited.log()
    with central.parts.database.write() as connection:
        cut = {"id": log_id.hex if central.parts.database.is_sqlite else str(log_id)}
        for table in ("audit_head", "audit_entry", "audit_log"):
            connection.execute(text(f"DELETE FROM {table} WHERE log_id = :id"), cut)  # noqa: S608 - names of ours
    audited.acts()
    assert audited.sender.exchange() == (), "at the end nothing is missing any more"
    report = check(central, audited.letter)
    assert not report.is_broken
    assert any("put back or changed" in line for line in report.lines)


def test_a_forged_countersignature_is_disputed(central: Central, audited: AuditedTerminal) -> None:
    audited.acts()
    audited.sender.exchange()
    with audited.store.transaction() as tx:
        log_id = tx.audit.open_log()[0]
        forged = replace(tx.audit.newest_head(log_id), signature=bytes(64))
    reply = audited.client.audit(wire.AuditBatch(log_id, 3, newest=forged))
    assert "not central's" in reply.disputes[0]


def test_a_terminal_believes_only_the_key_it_pinned(central: Central, audited: AuditedTerminal) -> None:
    audited.acts()
    audited.sender.exchange()
    log_id, _ = audited.log()
    with audited.store.transaction() as tx:
        tx.audit.keep(log_id, None, bytes(range(32)), None)
    with pytest.raises(CentralUnreachable, match="another key"):
        audited.sender.exchange()


def cut_own_log(central: Central) -> None:
    """Take the newest entry away, heads and all; or a backup of before it was put back."""
    own = central.parts.transactions.read(repository.own_log)
    with central.parts.database.write() as connection:
        before = repository.hash_at(connection, own.log_id, own.last_seq - 1)
        of_own = {"id": own.log_id.hex if central.parts.database.is_sqlite else str(own.log_id), "seq": own.last_seq}
        for table in ("audit_head", "audit_entry"):
            where = "WHERE log_id = :id AND seq >= :seq"
            connection.execute(text(f"DELETE FROM {table} {where}"), of_own)  # noqa: S608 - names of ours
        connection.execute(
            text("UPDATE audit_log SET last_seq = :seq - 1, last_hash = :hash WHERE log_id = :id"),
            of_own | {"hash": before},
        )


@pytest.fixture(params=DATABASES)
def central_alone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Central]:
    url = request.getfixturevalue("postgresql_with_tables")() if request.param == "postgresql" else None
    (tmp_path / "central").mkdir()
    with running_central(tmp_path / "central", url) as running:
        yield running


@pytest.mark.parametrize("is_restore", [False, True])
def test_terminals_are_witnesses_of_centrals_own_log(
    central_alone: Central, tmp_path: Path, is_restore: bool, request: pytest.FixtureRequest
) -> None:
    central = central_alone
    audited = AuditedTerminal(central, central.enrol(), tmp_path / "terminal")
    request.addfinalizer(audited.close)
    audited.acts()
    audited.sender.exchange()
    assert not check(central, None).is_broken
    with audited.store.transaction() as tx:
        seen = tx.audit.witness(tx.audit.open_log()[0])
    own = central.parts.transactions.read(repository.own_log)
    assert (seen.log_id, seen.seq, seen.head) == (own.log_id, own.last_seq, own.last_hash)
    cut_own_log(central)
    assert not check(central, None).is_broken, "central alone cannot know"
    if is_restore:
        central.parts.transactions.write(lambda tx: begin_after_restore(tx.connection, tx.now, {}))
    assert "central's database does not have" in audited.sender.exchange()[0]
    report = check(central, None)
    assert report.is_broken is not is_restore
    assert any("a restore was made then" in line for line in report.lines) is is_restore
    assert (audited.sender.exchange() == ()) is is_restore, "after a restore the new log is witnessed"
    audited.acts()
    audited.sender.exchange()
    assert "countersigned by central up to 3" in audited.check()[1]


def test_a_clock_set_back_is_written_down_once(audited: AuditedTerminal) -> None:
    audited.acts()
    audited.clock.moment -= timedelta(days=3650)
    audited.acts(2)
    bodies = b"".join(entry.body for entry in audited.log()[1])
    assert bodies.count(b'"action":"clock_set_back"') == 1
    assert b'"seconds":"315360000"' in bodies


def test_acts_of_staff_are_listed_without_names(
    central: Central, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    member = central.add_member()
    config = ["--config", str(central.config)]
    for command in (["block-member", member.id], ["top-up", member.id, "1"], ["enrol-code"]):
        assert cli.main([*command, *config]) == 0
    capsys.readouterr()
    assert cli.main(["audit", "--limit", "4", *config]) == 0
    said = capsys.readouterr().out
    for act in ("enrol_code_made", f"top_up {member.id}", f"member_blocked {member.id}", "os-uid:"):
        assert act in said
    assert "王小" not in said
    assert cli.main(["check-audit", "--terminal", terminal.enrolled.letter, *config]) == 0
    assert "has sent no audit log" in capsys.readouterr().out
    assert cli.main(["check-audit", "--terminal", "QQQ", *config]) == 1
