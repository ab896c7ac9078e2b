"""Central's seal on a grant: by it a restored central knows a grant again that its database has never heard of."""

from __future__ import annotations

import base64
import hmac

from kiosk.domain.wallet import Grant
from kiosk.sync import wire


class Seals:
    """HMAC-SHA256 (RFC 2104) under a key that is not in the database: whoever has a copy of the database, or a
    terminal, makes none."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, grant: Grant) -> str:
        """44 characters of base64, over everything that the grant says."""
        return base64.b64encode(hmac.digest(self._key, _sealed_bytes(grant), "sha256")).decode()

    def fits(self, grant: Grant, seal: str) -> bool:
        return hmac.compare_digest(self.seal(grant).encode(), seal.encode())


def _sealed_bytes(grant: Grant) -> bytes:
    """The same for the same grant for ever: seals outlive updates of this program."""
    said = (
        "grant-1",
        grant.id,
        grant.request_id,
        grant.member_id,
        grant.terminal_id,
        grant.incarnation,
        grant.amount.minor,
        grant.amount.currency,
    )
    return wire.encode(said)
