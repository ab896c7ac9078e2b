"""Asking for a grant: answers, refusals, and every way to get neither."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import closing
from threading import Thread
from uuid import uuid4

import msgspec
import pytest

from kiosk.domain.ids import CouponId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.domain.unit import POINTS, coupon_unit
from kiosk.services.ports import (
    CentralRefused,
    CentralUnreachable,
    GrantIssued,
    GrantRefused,
    Refusal,
    TerminalIdentity,
)
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.client import CentralClient
from kiosk.sync.grants import CentralGrants
from kiosk.sync.wire import MAX_ABANDONS, GrantRequest, PushBatch, PushedEvent, decode
from tests.sync.fake_central import FakeCentral, Fault, Raw, until

PRICE = Money(1700)
CARD_UID = "62E3086CED"


@pytest.fixture
def central() -> Iterator[FakeCentral]:
    with FakeCentral() as server:
        yield server


@pytest.fixture
def identity(central: FakeCentral) -> TerminalIdentity:
    return central.terminal()


@pytest.fixture
def grants(central: FakeCentral, identity: TerminalIdentity, store: SqliteStore) -> Iterator[CentralGrants]:
    line = CentralGrants(central.address(), identity, store)
    yield line
    line.close()


def request_id() -> PaymentId:
    return PaymentId(uuid4())


def test_a_grant_is_for_this_terminal_and_exactly_the_amount(grants: CentralGrants, identity: TerminalIdentity) -> None:
    wanted = request_id()
    answer = grants.request_grant(wanted, ByCard(CARD_UID), PRICE, ())
    assert isinstance(answer, GrantIssued)
    assert answer.grant.request_id == wanted
    assert answer.grant.amount == PRICE
    assert (answer.grant.terminal_id, answer.grant.incarnation) == (identity.terminal_id, identity.incarnation)
    assert answer.grant.member_id == "m-1"
    assert answer.free_after == Money(8300)


def test_what_is_asked_and_abandoned_reaches_central(grants: CentralGrants, central: FakeCentral) -> None:
    wanted, abandoned = request_id(), (request_id(), request_id())
    grants.request_grant(wanted, ByCard(CARD_UID), PRICE, abandoned)
    sent = decode(central.requests_to("/v1/grants")[0].body, GrantRequest)
    assert sent == GrantRequest(wanted, CARD_UID, PRICE, abandoned)


def test_of_very_many_abandoned_the_newest_are_named(grants: CentralGrants, central: FakeCentral) -> None:
    """A card that was tried again and again while central was away: its next request must not be too long for it."""
    abandoned = tuple(request_id() for _ in range(MAX_ABANDONS + 1))
    grants.request_grant(request_id(), ByCard(CARD_UID), PRICE, abandoned)
    sent = decode(gzip.decompress(central.requests_to("/v1/grants")[0].body), GrantRequest)
    assert sent.abandons == abandoned[1:]


def test_refusals(grants: CentralGrants) -> None:
    assert grants.request_grant(request_id(), ByCard(CARD_UID), Money(10_001), ()) == GrantRefused(
        Refusal.INSUFFICIENT, Money(10_000)
    )
    assert grants.request_grant(request_id(), ByCard("00"), PRICE, ()) == GrantRefused(Refusal.CARD_UNKNOWN)


@pytest.mark.parametrize("money", [PRICE, Money(0)])
def test_points_and_a_coupon_in_the_same_call(grants: CentralGrants, central: FakeCentral, money: Money) -> None:
    wanted, further = request_id(), (Money(300, POINTS), Money(1, coupon_unit(CouponId(str(uuid4())))))
    answer = grants.request_grant(wanted, ByCard(CARD_UID), money, (), further)
    assert isinstance(answer, GrantIssued)
    assert tuple(grant.amount for grant in answer.further) == further
    assert (answer.grant is None) == (not money)
    assert {grant.request_id for grant in answer.grants} == {wanted}
    assert len(central.requests_to("/v1/grants")) == 1


@pytest.mark.parametrize("count", [0, 2])
def test_other_grants_than_were_asked_for(grants: CentralGrants, central: FakeCentral, count: int) -> None:
    ids = ",".join(f'"{uuid4()}"' for _ in range(count))
    body = f'{{"grant_id":"{uuid4()}","member_id":"m-1","free_after":{{"minor":1,"currency":"CNY"}},"further":[{ids}]}}'
    central.faults["/v1/grants"].extend([Raw(body=body.encode())] * 2)
    with pytest.raises(CentralUnreachable):
        grants.request_grant(request_id(), ByCard(CARD_UID), PRICE, (), (Money(300, POINTS),))


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOSE_REPLY, Fault.HALF_REPLY, Fault.REPEAT, Raw(502)])
def test_one_broken_exchange_is_asked_again_and_granted_once(
    grants: CentralGrants, central: FakeCentral, fault: Fault | Raw
) -> None:
    central.faults["/v1/grants"].append(fault)
    answer = grants.request_grant(request_id(), ByCard(CARD_UID), PRICE, ())
    assert isinstance(answer, GrantIssued)
    assert answer.free_after == Money(8300)
    assert len(central.state.grants) == 1


def test_two_broken_exchanges_are_given_up(grants: CentralGrants, central: FakeCentral) -> None:
    central.faults["/v1/grants"].extend([Fault.LOSE_REPLY, Fault.CUT])
    with pytest.raises(CentralUnreachable):
        grants.request_grant(request_id(), ByCard(CARD_UID), PRICE, ())
    assert isinstance(grants.request_grant(request_id(), ByCard(CARD_UID), PRICE, ()), GrantIssued)


def test_silence_is_not_asked_twice(central: FakeCentral, identity: TerminalIdentity, store: SqliteStore) -> None:
    central.faults["/v1/grants"].append(Fault.HOLD)
    with closing(CentralGrants(central.address(timeout_s=0.3), identity, store)) as grants:
        began_s = time.monotonic()
        with pytest.raises(CentralUnreachable):
            grants.request_grant(request_id(), ByCard(CARD_UID), PRICE, ())
        assert time.monotonic() - began_s < 5
    assert len(central.requests_to("/v1/grants")) == 1


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{}", CentralRefused),
        (b'{"refusal":"full_moon"}', CentralRefused),
        (b'{"grant_id":"2f1f9a54-94a5-4a39-9d8e-6b34cf0a6a01"}', CentralUnreachable),
        (b'{"grant_id":"2f1f9a54-94a5-4a39-9d8e-6b34cf0a6a01","member_id":"m-1"}', CentralUnreachable),
        (b'{"grant_id":7}', CentralUnreachable),
        (b'{"refusal":"insufficient","free":{"minor":1.5}}', CentralUnreachable),
    ],
)
def test_replies_that_say_nothing_usable(
    grants: CentralGrants, central: FakeCentral, body: bytes, error: type[Exception]
) -> None:
    central.faults["/v1/grants"].extend([Raw(body=body), Raw(body=body)])
    with pytest.raises(error):
        grants.request_grant(request_id(), ByCard(CARD_UID), PRICE, ())


def test_a_revoked_terminal(grants: CentralGrants, central: FakeCentral) -> None:
    central.state.terminals.clear()
    with pytest.raises(CentralRefused):
        grants.request_grant(request_id(), ByCard(CARD_UID), PRICE, ())


def test_a_grant_does_not_wait_behind_an_upload(
    grants: CentralGrants, central: FakeCentral, identity: TerminalIdentity
) -> None:
    central.faults["/v1/push"].append(Fault.HOLD)
    uploader = CentralClient(central.address(timeout_s=10), identity)
    batch = PushBatch(1, (PushedEvent(uuid4(), msgspec.Raw(b"{}")),))
    upload = Thread(target=uploader.push, args=(batch,))
    upload.start()
    with closing(uploader.line):
        until(lambda: central.requests_to("/v1/push"))
        assert isinstance(grants.request_grant(request_id(), ByCard(CARD_UID), PRICE, ()), GrantIssued)
        assert upload.is_alive()
        central.released.set()
        upload.join(5)
