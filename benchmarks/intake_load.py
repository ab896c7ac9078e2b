"""`python -m benchmarks.intake_load`: many terminals that push at once, each its next request when the one before was
answered. What they send was made and signed before. A commanded program (benchmarks.programs):

| do | |
|---|---|
| push, port, path | send the file's requests to central: seconds until all is answered, milliseconds of each |
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.programs import do_as_told
from kiosk.domain.ids import uuid7
from kiosk.services.ports import TerminalIdentity
from kiosk.sync.wire import PROTOCOL, PROTOCOL_HEADER, PushBatch, PushedEvent, PushReply, decode, encode, signed_bytes

_PATH = "/v1/push"
_WITHIN_S = 240.0


class Request(msgspec.Struct, frozen=True):
    """An HTTP request, byte for byte, and the `last_seq` of a reply that has taken all of it."""

    content: bytes
    last_seq: int


def push_requests(who: TerminalIdentity, events: Sequence[bytes], at_once: int) -> list[Request]:
    """All events of a terminal, so many a request, signed and compressed as its client does it."""
    key = Ed25519PrivateKey.from_private_bytes(who.private_key)
    requests = []
    for start in range(0, len(events), at_once):
        some = events[start : start + at_once]
        pushed = tuple(PushedEvent(uuid7(time.time_ns() // 1_000_000), msgspec.Raw(event)) for event in some)
        body = gzip.compress(encode(PushBatch(start + 1, pushed)), compresslevel=6, mtime=0)
        requests.append(Request(_head(who, key, body) + body, start + len(some)))
    return requests


def _head(who: TerminalIdentity, key: Ed25519PrivateKey, body: bytes) -> bytes:
    signature = base64.b64encode(key.sign(signed_bytes("POST", _PATH, who.terminal_id, who.incarnation, body))).decode()
    lines = [
        f"POST {_PATH} HTTP/1.1",
        "Host: 127.0.0.1",
        f"{PROTOCOL_HEADER}: {PROTOCOL}",
        f'Authorization: Kiosk terminal="{who.terminal_id}",incarnation="{who.incarnation}",signature="{signature}"',
        "Content-Type: application/json",
        "Content-Encoding: gzip",
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def push(port: int, path: str) -> dict[str, object]:
    of_terminals = msgspec.msgpack.decode(Path(path).read_bytes(), type=list[list[Request]])
    return asyncio.run(_push_all(port, of_terminals))


async def _push_all(port: int, of_terminals: list[list[Request]]) -> dict[str, object]:
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in of_terminals]
    began_s = time.perf_counter()
    async with asyncio.timeout(_WITHIN_S):
        took = await asyncio.gather(
            *(_push_one(*connection, requests) for connection, requests in zip(connections, of_terminals, strict=True))
        )
    seconds = time.perf_counter() - began_s
    for _, writer in connections:
        writer.close()
    return {"seconds": seconds, "ms": [ms for of_terminal in took for ms in of_terminal]}


async def _push_one(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: Sequence[Request]
) -> list[float]:
    took = []
    for request in requests:
        began_s = time.perf_counter()
        writer.write(request.content)
        reply = decode(await _body(reader), PushReply)
        took.append((time.perf_counter() - began_s) * 1000)
        if reply.quarantined or reply.last_seq != request.last_seq:
            raise RuntimeError(f"not booked: {reply}")
    return took


async def _body(reader: asyncio.StreamReader) -> bytes:
    """Of a reply that is good."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0])
    body = await reader.readexactly(length)
    if " 200 " not in head.partition("\r\n")[0]:
        raise RuntimeError(f"{head.partition(chr(13))[0]}: {body.decode('utf-8', 'replace')}")
    return body


if __name__ == "__main__":
    do_as_told({"push": push})
