"""What central has had for forty days and gets once more changes nothing; another body under a known id is kept for
staff to look at, and changes nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from central.push.repository import push_position, quarantined_event, received_event
from kiosk.domain.money import Money
from kiosk.store.sqlite_store import open_store
from kiosk.sync import wire
from tests.central.sales import new_id
from tests.central.support import Central, Diner, running_central
from tests.prove.sync.books import dump, until_booked
from tests.prove.sync.mutants import Intake, OtherIntake, forgetting_after_a_month, serving, trusting_ids
from tests.prove.sync.tills import Sold, Till, ask_grant, client_of, opened_tills, sales_of, send_all

LATER = timedelta(days=40)
PRICE = Money(1250)

change = msgspec.structs.replace


@contextmanager
def copy_of(till: Till) -> Iterator[Till]:
    """The terminal as it is now, to go on from later: it has heard of nothing that the other one goes through."""
    path = till.folder / "copy.db"
    till.store.backup_to(path)
    store = open_store(path, till.folder / "kiosk.key")
    try:
        yield replace(till, store=store)
    finally:
        store.close()


@contextmanager
def pushing_to(central: Central, intake: Intake | None) -> Iterator[str]:
    """Where to push: to that central, or to one with another intake."""
    with ExitStack() as stack:
        yield stack.enter_context(serving(central, OtherIntake(central, intake))) if intake else central.url


def retry_changes(central: Central, folder: Path, orders: int, chance: random.Random, intake: Intake | None) -> bool:
    """Whether anything in central's database is another after everything, a grant too, came a second time."""
    members, sold = [central.add_member("90000.00") for _ in range(3)], Sold()
    with opened_tills(central, folder, 1) as (till,), pushing_to(central, intake) as url:
        till.record([*sales_of(central, till, members, orders, chance, sold), b'{"type":"unheard_of"}'])
        request = wire.GrantRequest(new_id(), members[0].card_uid, PRICE)
        with copy_of(till) as copy, client_of(till, url) as client:
            granted = client.grant(request)
            send_all([till], url, workers=1)
            until_booked(central)
            before = dump(central.parts)
            central.clock.offset += LATER
            assert copy.waiting() == orders + 1
            send_all([copy], url, workers=1)
            assert copy.waiting() == 0
            assert client.grant(request) == granted
        until_booked(central)
        return dump(central.parts) != before


@pytest.mark.parametrize("orders", [pytest.param(60, id="60"), pytest.param(1000, id="1000", marks=pytest.mark.prove)])
def test_a_retry_after_forty_days_is_a_no_op(
    fresh_central: Central, tmp_path: Path, chance: random.Random, orders: int
) -> None:
    assert not retry_changes(fresh_central, tmp_path, orders, chance, intake=None)


def test_a_central_that_forgets_after_a_month_is_caught(tmp_path: Path, chance: random.Random) -> None:
    with running_central(tmp_path) as central:
        assert retry_changes(central, tmp_path, 20, chance, forgetting_after_a_month)


def forged_bodies(till: Till, member: Diner, client_url: str) -> tuple[wire.PushedEvent, dict[str, wire.PushedEvent]]:
    """An event, and others of the same id: each would do harm if it were booked."""
    with client_of(till, client_url) as client:
        use = ask_grant(client, till, member, PRICE * 3)
        other = ask_grant(client, till, member, PRICE)
    use, first = till.sale(use, PRICE)
    _, second = till.sale(use, PRICE)
    event_id = new_id()
    bodies: dict[str, object] = {
        "another sale": second,
        "the same order, dearer": change(first, order=replace(first.order, total=PRICE * 2)),
        "more points": change(first, points=first.points + 1),
        "the grant's release": wire.GrantReleased(other.grant.request_id),  # type: ignore[arg-type]
        "no message": [1, 2, 3],
    }
    others = {name: wire.PushedEvent(event_id, msgspec.Raw(wire.encode(body))) for name, body in bodies.items()}
    body = wire.encode(first)
    others["the same with a blank more"] = wire.PushedEvent(event_id, msgspec.Raw(body.replace(b"{", b"{ ", 1)))
    return wire.PushedEvent(event_id, msgspec.Raw(body)), others


def kept_of_forged_bodies(central: Central, folder: Path, intake: Intake | None) -> tuple[set[bytes], set[bytes], bool]:
    """The bodies under a known id that were sent, under the old number and under new ones; those of them that are in
    quarantine; and whether anything else changed."""
    member = central.add_member("500.00")
    with opened_tills(central, folder, 1) as (till,), pushing_to(central, intake) as url:
        first, others = forged_bodies(till, member, central.url)
        with client_of(till, url) as client:
            assert client.push(wire.PushBatch(1, (first,))) == wire.PushReply(1)
            before = dump(central.parts, without=(quarantined_event, received_event, push_position))
            central.clock.offset += LATER
            for next_seq, other in enumerate(others.values(), start=2):
                for seq in (1, next_seq):
                    client.push(wire.PushBatch(seq, (other,)))
    rows = central.parts.transactions.read(lambda c: c.execute(quarantined_event.select()).all())
    kept = {bytes(row.body) for row in rows}
    after = dump(central.parts, without=(quarantined_event, received_event, push_position))
    return {bytes(other.body) for other in others.values()}, kept, after != before


def test_another_body_under_a_known_id_is_kept_and_not_booked(fresh_central: Central, tmp_path: Path) -> None:
    sent, kept, changed = kept_of_forged_bodies(fresh_central, tmp_path, intake=None)
    assert (kept, changed) == (sent, False)


def test_a_central_that_trusts_ids_is_caught(tmp_path: Path) -> None:
    with running_central(tmp_path) as central:
        sent, kept, _ = kept_of_forged_bodies(central, tmp_path, trusting_ids)
        assert kept < sent
