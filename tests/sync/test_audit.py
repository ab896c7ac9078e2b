"""Sending the audit log: nothing that goes wrong there reaches whoever sends the sales."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kiosk.domain.audit import CountersignedHead
from kiosk.services.audit import Audit
from kiosk.services.ports import CentralUnreachable, TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.audit import AuditSender
from kiosk.sync.client import CentralClient
from kiosk.sync.wire import AuditReply, encode
from tests.services.fakes import FixedClock
from tests.sync.fake_central import FakeCentral, Fault, Raw

NOON = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


@pytest.fixture
def sender(central: FakeCentral, store: SqliteStore, identity: TerminalIdentity) -> Iterator[AuditSender]:
    client = CentralClient(central.address(), identity)
    yield AuditSender(client, store, identity)
    client.line.close()


def act(store: SqliteStore) -> None:
    with store.transaction() as tx:
        Audit(FixedClock(NOON)).record(tx, "staff:7", "refund")


def test_without_a_log_nothing_is_sent(central: FakeCentral, sender: AuditSender) -> None:
    sender.exchange_if_due()
    assert not central.requests_to("/v1/audit")


@pytest.mark.parametrize("answer", [Fault.CUT, Raw(500), Raw(404), Raw(403), Raw(200), Raw(body=b"{}")])
def test_what_fails_is_tried_later_and_not_at_once(
    central: FakeCentral, store: SqliteStore, sender: AuditSender, answer: Fault | Raw
) -> None:
    act(store)
    central.faults["/v1/audit"].extend([answer, answer])
    sender.exchange_if_due()
    sender.exchange_if_due()
    assert len(central.requests_to("/v1/audit")) == 1


def test_a_countersignature_that_is_not_by_the_key_beside_it_is_not_kept(
    central: FakeCentral, store: SqliteStore, sender: AuditSender, identity: TerminalIdentity
) -> None:
    act(store)
    with store.transaction() as tx:
        log_id, seq, _ = tx.audit.open_log()
    for whose in (identity.terminal_id, "another"):
        head = CountersignedHead(whose, 1, log_id, seq, bytes(32), NOON, bytes(64))
        central.faults["/v1/audit"].append(Raw(body=encode(AuditReply(seq, bytes(range(32)), head))))
        with pytest.raises(CentralUnreachable):
            sender.exchange()
    with store.transaction() as tx:
        assert tx.audit.newest_head(log_id) is None
        assert tx.audit.open_log() == (log_id, seq, None), "nor is the key pinned"


def test_a_central_that_cannot_make_up_its_mind_is_not_asked_for_ever(
    central: FakeCentral, store: SqliteStore, sender: AuditSender
) -> None:
    act(store)
    act(store)
    replies = [Raw(body=encode(AuditReply(seq, bytes(range(32))))) for seq in (1, 0)]
    central.faults["/v1/audit"].extend(replies * 100)
    sender.exchange()
    assert len(central.requests_to("/v1/audit")) == 100
