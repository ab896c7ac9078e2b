"""What holds for every call: which protocol it speaks, how large it may be, what its terminal signs."""

from __future__ import annotations

import hashlib

PROTOCOL = 3
OLDEST_PROTOCOL = 1  # older than promised, as long as it costs nothing
FIRST_PROTOCOL_WITH_EPOCHS = 3
PROTOCOL_HEADER = "X-Kiosk-Protocol"
MAX_BODY_BYTES = 8 * 1024 * 1024


def signed_bytes(method: str, path_and_query: str, terminal_id: str, incarnation: int, body: bytes) -> bytes:
    """What a terminal signs: every part that gives the request its meaning. `body` as sent (after compression)."""
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join(["kiosk-1", method, path_and_query, terminal_id, str(incarnation), digest]).encode()
