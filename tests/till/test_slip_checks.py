"""Which slips a counter terminal takes, without a network: those of its site's terminals, unaltered, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.terminals.service import revoke
from kiosk.domain import base45
from kiosk.domain import slip as slips
from kiosk.domain.cart import EMPTY_CART, DishChoice, Selection
from kiosk.domain.due_order import DueLine, DueOrder
from kiosk.domain.ids import DishId, TerminalId
from kiosk.domain.money import Money
from kiosk.domain.slip import PREFIX, SIGNATURE_BYTES, read_slip, signed_as_slip, slip_payload, slip_text
from kiosk.services.collected import Collected, NotCollected, NotCollectedReason
from kiosk.sync.wire import signed_bytes
from tests.central.sales import new_id
from tests.central.support import Central
from tests.till.counter import Counter, slip
from tests.till.till import MOMENT, Till, act, yuan

NewTill = Callable[[], Till]


@pytest.fixture
def till(new_till: NewTill) -> Till:
    return new_till()


@pytest.fixture
def counter(till: Till, new_till: NewTill) -> Counter:
    """Without a network, from when it has read the feed."""
    counter = Counter(new_till())
    counter.goes_offline()
    return counter


@pytest.fixture
def printed(till: Till) -> str:
    return slip(till, till.takes_order(("dumplings", 1)))


def signed(payload: bytes, key: bytes) -> str:
    return slip_text(payload, Ed25519PrivateKey.from_private_bytes(key).sign(signed_as_slip(payload)))


def test_a_slip_of_the_sites_terminal(counter: Counter, printed: str) -> None:
    assert isinstance(counter.find.by_slip(printed), DueOrder)


def test_forged(till: Till, counter: Counter, printed: str) -> None:
    payload = read_slip(printed).payload
    own_key, others_key = counter.till.identity.private_key, Ed25519PrivateKey.generate().private_bytes_raw()
    for key in (own_key, others_key):
        refused(counter, signed(payload, key), NotCollectedReason.FORGED)
    bare = Ed25519PrivateKey.from_private_bytes(till.identity.private_key)
    for said in (payload, signed_bytes("POST", "/v1/push", till.identity.terminal_id, 1, payload)):
        refused(counter, slip_text(payload, bare.sign(said)), NotCollectedReason.FORGED)


def test_altered(counter: Counter, printed: str) -> None:
    """The price, with everything else as it was signed."""
    read = read_slip(printed)
    cheaper = tuple(replace(line, unit_price=Money(1)) for line in read.due.lines)
    due = replace(read.due, lines=cheaper, total=yuan("0.01"), due=yuan("0.01"))
    refused(counter, slip_text(slip_payload(due), read.signature), NotCollectedReason.FORGED)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_altered_anyhow(counter: Counter, printed: str, data: st.DataObject) -> None:
    raw = bytearray(base45.decode(printed.removeprefix(PREFIX)))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    answer = counter.find.by_slip(PREFIX + base45.encode(bytes(raw)))
    assert isinstance(answer, NotCollected)
    assert counter.till.told() == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=700))
def test_any_text(counter: Counter, text: str) -> None:
    for said in (text, PREFIX + text):
        assert isinstance(counter.find.by_slip(said), NotCollected)


def test_another_site(counter: Counter, printed: str) -> None:
    due = replace(read_slip(printed).due, terminal_id=TerminalId(str(new_id())))
    key = Ed25519PrivateKey.generate().private_bytes_raw()
    refused(counter, signed(slip_payload(due), key), NotCollectedReason.UNKNOWN_TERMINAL)


def test_a_terminal_that_was_revoked(central: Central, till: Till, counter: Counter, printed: str) -> None:
    central.parts.transactions.write(lambda tx: revoke(tx, till.identity.letter))
    counter.till.reads_feed()
    refused(counter, printed, NotCollectedReason.TERMINAL_REVOKED)


def test_an_earlier_incarnation(till: Till, counter: Counter, printed: str) -> None:
    till.enrols_anew()
    assert isinstance(counter.find.by_slip(printed), DueOrder), "it has not heard of it"
    refused(counter, slip(till, till.takes_order(("rice", 1))), NotCollectedReason.UNKNOWN_TERMINAL)
    counter.till.reads_feed()
    refused(counter, printed, NotCollectedReason.EARLIER_INCARNATION)
    assert isinstance(counter.find.by_slip(slip(till, till.takes_order(("rice", 1)))), DueOrder)


@pytest.mark.parametrize(("days", "is_taken"), [(-3, False), (-1, True), (1, True), (3, False)])
def test_too_old(counter: Counter, printed: str, days: int, *, is_taken: bool) -> None:
    counter.clock.moment = MOMENT + timedelta(days=days)
    if is_taken:
        assert isinstance(counter.find.by_slip(printed), DueOrder)
    else:
        refused(counter, printed, NotCollectedReason.TOO_OLD)


def test_collected_here_already(counter: Counter, printed: str) -> None:
    assert isinstance(counter.collect.take_cash(act(), counter.scans(printed)), Collected)
    counter.till.uploads()
    refused(counter, printed, NotCollectedReason.SETTLED)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://canteen.example/", NotCollectedReason.NOT_A_SLIP),
        ("134567890123456789", NotCollectedReason.PAYMENT_CODE),
        ("6212345678901234567", NotCollectedReason.PAYMENT_CODE),
        (PREFIX + "0" * 2000, NotCollectedReason.TOO_LONG),
        (PREFIX + "0" * 90, NotCollectedReason.DAMAGED),
        (PREFIX + base45.encode(b"\x09" + bytes(SIGNATURE_BYTES)), NotCollectedReason.OTHER_FORMAT),
    ],
)
def test_not_ours(counter: Counter, text: str, reason: NotCollectedReason) -> None:
    refused(counter, text, reason)


def test_an_order_that_is_too_large_for_the_paper_needs_central(till: Till, counter: Counter) -> None:
    order = till.takes_order(("dumplings", 2), ("rice", 3))
    due = read_slip(slip(till, order)).due
    others = tuple(
        DueLine(Selection((DishChoice(DishId(uuid4().hex)),)), 1, order.total if n == 0 else Money(0))
        for n in range(30)
    )
    with_others = signed(slip_payload(replace(due, lines=others)), till.identity.private_key)
    lines_hash = sha256(slips._lines_bytes(due.lines)).digest()
    text = signed(slips._payload(due, slips._HASHED, lines_hash), till.identity.private_key)
    for each in (text, with_others):
        assert read_slip(each).due.lines == ()
        refused(counter, each, NotCollectedReason.NEEDS_CENTRAL)
    counter.central.is_there = True
    refused(counter, text, NotCollectedReason.NOT_FOUND)
    till.uploads()
    assert counter.find.by_slip(text) == due, "with the lines that central knows"
    refused(counter, with_others, NotCollectedReason.FORGED)


def test_a_terminal_that_cannot_sign_prints_no_code(till: Till) -> None:
    """A copy from a backup does not know which orders were settled since."""
    with till.store.transaction() as tx:
        tx.identity._connection.exec_driver_sql("DELETE FROM incarnations", [()])
        assert tx.slips.own() is None
    assert slip(till, till.takes_order(("rice", 1))) == ""
    assert till.cart() == EMPTY_CART


def refused(counter: Counter, text: str, reason: NotCollectedReason) -> None:
    """And nothing was changed by it."""
    before = counter.till.told()
    assert counter.find.by_slip(text) == NotCollected(reason)
    assert counter.till.told() == before
