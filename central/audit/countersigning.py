"""Central's signature under the heads of audit logs, by a key that is not in the database."""

from __future__ import annotations

from dataclasses import replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.audit import CountersignedHead, signed_head


class Countersigner:
    """`key` is the raw Ed25519 key (32 bytes)."""

    def __init__(self, key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(key)
        self._public = self._key.public_key()

    @property
    def public_key(self) -> bytes:
        """Raw, 32 bytes: what terminals check with."""
        return self._public.public_bytes_raw()

    def sign(self, head: CountersignedHead) -> CountersignedHead:
        return replace(head, signature=self._key.sign(signed_head(head)))

    def is_mine(self, head: CountersignedHead) -> bool:
        """Whether this key made the head's signature."""
        try:
            self._public.verify(head.signature, signed_head(head))
        except InvalidSignature:
            return False
        return True
