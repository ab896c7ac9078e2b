"""Whether a PIN is the one that central hashed (argon2id, RFC 9106, as a PHC string)."""

from __future__ import annotations

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

# Of nobody's PIN, at the cost of central's own (central/staff/pins.py): a number that nobody has takes as long.
_NOBODYS = "$argon2id$v=19$m=32768,t=3,p=1$bm9ib2R5IGhhcyBpdA$0000000000000000000000000000000000000000000"


def pin_matches(pin_hash: str, pin: str) -> bool:
    """Takes about a tenth of a second, also for a hash of "", and does not hold Python's lock meanwhile."""
    try:
        Argon2id.verify_phc_encoded(pin.encode(), pin_hash or _NOBODYS)
    except (InvalidKey, ValueError):
        return False
    return bool(pin_hash)
