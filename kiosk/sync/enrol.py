"""Enrolment: a one-time code from central's staff makes this machine one of its terminals."""

from __future__ import annotations

import base64
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.ids import TerminalId
from kiosk.services.ports import CentralUnreachable, TerminalIdentity
from kiosk.sync.line import CentralAddress, CentralLine
from kiosk.sync.wire import Enrolled, EnrolRequest, WireError, decode, encode

_MAX_REPLY_BYTES = 64 * 1024
_ATTEMPTS = 3


class _BoundedEnrolled(Enrolled, frozen=True):
    """What the terminal can keep: the id stands in an HTTP header, the letter on paper."""

    terminal_id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]{1,36}$")]
    incarnation: Annotated[int, msgspec.Meta(ge=1, le=10**9 - 1)]
    letter: Annotated[str, msgspec.Meta(pattern="^[A-Z]{1,8}$")]
    canteen_name: Annotated[str, msgspec.Meta(max_length=200)]


def enrol(address: CentralAddress, code: str, terminal_name: str, role: str = "order") -> TerminalIdentity:
    """Make a key pair, present its public half with the code, and return who this terminal now is.

    Raises CentralRefused when central does not take the code (unknown, used, expired), CentralUnreachable,
    CentralAddressError. A lost reply is asked for again: the same code with the same key gets the same answer.
    """
    key = Ed25519PrivateKey.generate()
    public_key = base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")
    enrolled = _present(address, encode(EnrolRequest(code, public_key, terminal_name, role)))
    return TerminalIdentity(
        TerminalId(enrolled.terminal_id),
        enrolled.incarnation,
        enrolled.letter,
        enrolled.canteen_name,
        key.private_bytes_raw(),
    )


def _present(address: CentralAddress, body: bytes) -> Enrolled:
    line = CentralLine(address)
    try:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                headers = {"Content-Type": "application/json"}
                reply = line.request("POST", "/v1/enrol", body, headers, max_reply_bytes=_MAX_REPLY_BYTES)
                enrolled: Enrolled = decode(reply, _BoundedEnrolled)
                return enrolled
            except CentralUnreachable:
                if attempt == _ATTEMPTS:
                    raise
    except WireError as error:
        raise CentralUnreachable(f"a reply that is no enrolment: {error}") from error
    finally:
        line.close()
    raise AssertionError("unreachable")
