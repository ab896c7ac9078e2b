"""The connection to central: what goes over it, and everything that can come back instead of an answer."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from threading import Thread
from uuid import uuid4

import msgspec
import pytest

from kiosk.services.ports import CentralRefused, CentralUnreachable
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress, CentralAddressError, CentralLine
from kiosk.sync.wire import MAX_BODY_BYTES, PushBatch, PushedEvent
from tests.sync.fake_central import FakeCentral, Fault, Raw, until


@contextmanager
def client_of(central: FakeCentral, timeout_s: float = 2.0) -> Iterator[CentralClient]:
    """Its connection is given back whatever becomes of the test: one that is left open fails another test."""
    client = CentralClient(central.address(timeout_s), central.terminal())
    with closing(client.line):
        yield client


def batch_of(count: int, body: bytes = b'{"type":"x"}') -> PushBatch:
    return PushBatch(1, tuple(PushedEvent(uuid4(), msgspec.Raw(body)) for _ in range(count)))


def test_requests_are_signed_and_large_ones_compressed() -> None:
    with FakeCentral() as central, client_of(central) as client:
        assert client.push(batch_of(1)).last_seq == 1
        assert client.push(batch_of(100)).last_seq == 100
        assert client.feed("", 0, 10, 0).epoch == "epoch-1"
        small, large = central.requests_to("/v1/push")
        assert "Content-Encoding" not in small.headers
        assert large.headers["Content-Encoding"] == "gzip"
        assert len(large.body) < len(gzip.decompress(large.body)) / 2


def test_event_bodies_arrive_byte_for_byte() -> None:
    odd = b'{ "b" : 1.0, "a":"\\u98df",\n"big": 12345678901234567890 }'
    with FakeCentral() as central, client_of(central) as client:
        client.push(batch_of(1, odd))
        assert list(central.state.events.values()) == [odd]


def test_one_connection_serves_many_requests() -> None:
    with FakeCentral() as central, client_of(central) as client:
        ports = set()
        for _ in range(3):
            client.feed("", 0, 10, 0)
            ports.add(client.line._socket.getsockname())  # type: ignore[union-attr]
        assert len(ports) == 1


def test_a_key_that_central_does_not_know_is_refused() -> None:
    with FakeCentral() as central:
        stranger = replace(central.terminal(), private_key=bytes(32))
        client = CentralClient(central.address(), stranger)
        with closing(client.line), pytest.raises(CentralRefused, match="401"):
            client.push(batch_of(1))


@pytest.mark.parametrize("status", [401, 403, 404, 410, 426])
def test_statuses_that_no_retry_mends(status: int) -> None:
    with FakeCentral() as central, client_of(central) as client:
        central.faults["/v1/feed"].append(Raw(status))
        with pytest.raises(CentralRefused, match=str(status)):
            client.feed("", 0, 10, 0)


GZIP = (("Content-Encoding", "gzip"),)
NO_ANSWERS: dict[str, Fault | Raw] = {
    "cut": Fault.CUT,
    "lost": Fault.LOSE_REPLY,
    "half": Fault.HALF_REPLY,
    "captive portal": Raw(),
    "nothing": Raw(body=b""),
    "deep": Raw(body=b"[" * 100_000),
    "wrong types": Raw(body=b'{"epoch":"e","rows":[],"next_after":"1","more":false}'),
    "too large": Raw(body=b"x" * (MAX_BODY_BYTES + 1)),
    "too large unpacked": Raw(body=gzip.compress(b"0" * (MAX_BODY_BYTES + 1)), headers=GZIP),
    "half packed": Raw(body=gzip.compress(b"{}")[:-4], headers=GZIP),
    "not packed": Raw(body=b"no gzip", headers=GZIP),
    "unasked encoding": Raw(body=b"{}", headers=(("Content-Encoding", "br"),)),
    "error": Raw(500),
    "request too large": Raw(413),
    "busy": Raw(503),
    "elsewhere": Raw(302, headers=(("Location", "http://127.0.0.1:1/"),)),
    "no content": Raw(204, body=b""),
}


@pytest.mark.parametrize("fault", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_whatever_is_no_answer_is_unreachable_and_the_next_request_works(fault: Fault | Raw) -> None:
    with FakeCentral() as central, client_of(central) as client:
        central.faults["/v1/feed"].append(fault)
        with pytest.raises(CentralUnreachable):
            client.feed("", 0, 10, 0)
        assert client.feed("", 0, 10, 0).epoch == "epoch-1"


def test_silence_ends_after_the_time_out() -> None:
    with FakeCentral() as central, client_of(central, timeout_s=0.3) as client:
        central.faults["/v1/push"].append(Fault.HOLD)
        began_s = time.monotonic()
        with pytest.raises(CentralUnreachable, match="Timeout"):
            client.push(batch_of(1))
        assert time.monotonic() - began_s < 5


def test_a_reply_that_trickles_ends_after_the_time_out_too() -> None:
    with FakeCentral() as central, client_of(central, timeout_s=0.4) as client:
        central.faults["/v1/feed"].append(Fault.DRIP)
        began_s = time.monotonic()
        with pytest.raises(CentralUnreachable, match="too long"):
            client.feed("", 0, 10, 0)
        assert time.monotonic() - began_s < 5
        central.released.set()


def test_nobody_listening() -> None:
    with FakeCentral() as central:
        address, identity = central.address(), central.terminal()
    client = CentralClient(address, identity)
    with closing(client.line), pytest.raises(CentralUnreachable):
        client.push(batch_of(1))


def test_a_long_poll_may_outlast_the_time_out_and_is_broken_off_at_once() -> None:
    with FakeCentral() as central, client_of(central, timeout_s=0.5) as client:
        client.feed("", 0, 10, 0)
        ended: list[Exception] = []

        def poll() -> None:
            try:
                client.feed("epoch-1", 0, 10, 20)
            except CentralUnreachable as error:
                ended.append(error)

        thread = Thread(target=poll)
        thread.start()
        until(lambda: len(central.requests_to("/v1/feed")) == 2)
        thread.join(0.8)
        assert thread.is_alive(), "it must outlast the time-out of an ordinary request"
        began_s = time.monotonic()
        client.line.break_off()
        thread.join(5)
        assert time.monotonic() - began_s < 3
        assert ended
        with pytest.raises(CentralUnreachable):
            client.feed("epoch-1", 0, 10, 0)


@pytest.mark.parametrize("url", ["http://192.0.2.7:8000", "http://central.example", "ftp://127.0.0.1", "https://[::"])
def test_addresses_that_would_send_in_the_clear_or_nowhere(url: str) -> None:
    with pytest.raises(CentralAddressError):
        CentralLine(CentralAddress(url, 1.0))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://central.example"]
)
def test_addresses_that_are_fine(url: str) -> None:
    CentralLine(CentralAddress(url, 1.0)).close()
