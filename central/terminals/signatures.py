"""Which terminal sent a request: its Ed25519 signature (RFC 8032) over wire.signed_bytes, checked with the key that
it enrolled with."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from central.errors import CentralError
from central.terminals import repository
from central.terminals.identity import Terminal
from kiosk.sync.wire import signed_bytes

_HEADER = re.compile(
    r'Kiosk terminal="([A-Za-z0-9-]{1,36})",incarnation="([0-9]{1,9})",signature="([A-Za-z0-9+/]{86}==)"', re.ASCII
)


class NotAuthenticated(CentralError):
    """The request does not prove which terminal sent it."""


class NotAdmitted(CentralError):
    """It is who it says, but this server deals with it no more."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """The signed parts of a request as they came: `body` as sent, still compressed if it was."""

    authorization: str
    method: str
    path_and_query: str
    body: bytes


def authenticate(connection: Connection, request: SignedRequest) -> Terminal:
    """The terminal that signed the request. Raises NotAuthenticated or NotAdmitted, with a reason."""
    match = _HEADER.fullmatch(request.authorization)
    if match is None:
        raise NotAuthenticated('Authorization must be: Kiosk terminal="…",incarnation="…",signature="…"')
    terminal_id, incarnation, signature = match[1], int(match[2]), _decode(match[3])
    known = repository.find_terminal(connection, terminal_id)
    if known is None:
        raise NotAuthenticated("this terminal is not enrolled here")
    if incarnation < known.incarnation:
        raise NotAdmitted("this terminal was enrolled again since: its old incarnation is not accepted")
    if not known.public_key:
        raise NotAdmitted("central was restored to before this terminal was enrolled: enrol it anew")
    signed = signed_bytes(request.method, request.path_and_query, terminal_id, incarnation, request.body)
    try:
        _read_key(known.public_key).verify(signature, signed)
    except InvalidSignature as error:
        raise NotAuthenticated("the signature does not fit the request") from error
    if incarnation != known.incarnation:
        raise NotAuthenticated("this terminal has no such incarnation")
    if known.is_revoked:
        raise NotAdmitted("this terminal was revoked")
    return Terminal(
        known.id,
        known.incarnation,
        known.letter,
        known.name,
        known.protocol,
        known.is_announced,
        known.given_up_to,
        known.role,
    )


@lru_cache(maxsize=256)  # a canteen's terminals send again and again
def _read_key(public_key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_key)


def _decode(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except binascii.Error as error:
        raise NotAuthenticated("the signature is not base64") from error
