"""A PIN as it is kept: argon2id (RFC 9106), with what it cost in the hash itself (PHC string)."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from kiosk.domain.staff import check_pin

# A tenth of a second on a terminal. So short a PIN is safe because it may be tried at most a hundred times, and because
# what has the hash is encrypted: no cost would save it from who has the hash in the clear.
_PASSES, _LANES, _MEMORY_KIB, _BYTES, _SALT_BYTES = 3, 1, 32 * 1024, 32, 16


def hash_pin(pin: str) -> str:
    """Raises PinTooSimple."""
    check_pin(pin)
    hashing = Argon2id(
        salt=secrets.token_bytes(_SALT_BYTES),
        length=_BYTES,
        iterations=_PASSES,
        lanes=_LANES,
        memory_cost=_MEMORY_KIB,
    )
    return hashing.derive_phc_encoded(pin.encode())
