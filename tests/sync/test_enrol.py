"""Enrolment: a key pair made here, and an identity that works at once."""

from __future__ import annotations

from contextlib import closing

import pytest

from kiosk.services.ports import CentralRefused, CentralUnreachable
from kiosk.sync.client import CentralClient
from kiosk.sync.enrol import enrol
from kiosk.sync.wire import EnrolRequest, decode
from tests.sync.fake_central import FakeCentral, Fault, Raw


def test_the_new_identity_signs_requests_that_central_accepts() -> None:
    with FakeCentral() as central:
        identity = enrol(central.address(), "7KQ4-M2ZP", "front")
        assert (identity.terminal_id, identity.incarnation, identity.letter) == ("t-9", 1, "C")
        assert identity.canteen_name == "第一食堂"
        client = CentralClient(central.address(), identity)
        with closing(client.line):
            assert client.feed("", 0, 10, 0).epoch == "epoch-1"


def test_the_private_key_stays_here() -> None:
    with FakeCentral() as central:
        identity = enrol(central.address(), "7KQ4-M2ZP", "front")
        (request,) = central.requests_to("/v1/enrol")
        sent = decode(request.body, EnrolRequest)
        assert (sent.code, sent.terminal_name) == ("7KQ4-M2ZP", "front")
        assert identity.private_key not in request.body
        assert identity.private_key.hex() not in repr(identity)


@pytest.mark.parametrize("fault", [Fault.LOSE_REPLY, Fault.CUT, Raw(502)])
def test_a_lost_reply_is_asked_for_again_with_the_same_key(fault: Fault | Raw) -> None:
    with FakeCentral() as central:
        central.faults["/v1/enrol"].append(fault)
        enrol(central.address(), "7KQ4-M2ZP", "front")
        first, second = central.requests_to("/v1/enrol")
        assert first.body == second.body


def test_a_code_that_central_does_not_take() -> None:
    with FakeCentral() as central:
        reply = b'{"status_code":403,"detail":"this code is not valid; ask for a new one"}'
        central.faults["/v1/enrol"].append(Raw(403, reply))
        with pytest.raises(CentralRefused, match="403: this code is not valid; ask for a new one"):
            enrol(central.address(), "0000-0000", "front")
        assert len(central.requests_to("/v1/enrol")) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"terminal_id":"t\\"\\r\\nX: y","incarnation":1,"letter":"A","canteen_name":"x"}',
        b'{"terminal_id":"t-1","incarnation":0,"letter":"A","canteen_name":"x"}',
        b'{"terminal_id":"t-1","incarnation":99999999999999999999,"letter":"A","canteen_name":"x"}',
        b'{"terminal_id":"t-1","incarnation":1,"letter":"a37","canteen_name":"x"}',
    ],
)
def test_replies_that_a_terminal_cannot_live_with(body: bytes) -> None:
    with FakeCentral() as central:
        central.faults["/v1/enrol"].append(Raw(body=body))
        with pytest.raises(CentralUnreachable):
            enrol(central.address(), "7KQ4-M2ZP", "front")
