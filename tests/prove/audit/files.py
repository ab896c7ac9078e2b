"""Putting an attacked log into the database's file, past every guard."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.prove.audit.site import Log


def overwrite(raw: Any, log: Log) -> None:
    """The file then holds exactly that log. Closes the connection."""
    raw.execute("BEGIN")
    raw.execute("DELETE FROM audit_entries")
    raw.execute("DELETE FROM audit_heads")
    key = log.log_id.hex
    raw.executemany(
        "INSERT INTO audit_entries VALUES (?, ?, ?, ?)", [(key, e.seq, e.body, e.hash) for e in log.entries]
    )
    raw.executemany(
        "INSERT INTO audit_heads VALUES (?, ?, ?)", [(key, h.seq, msgspec.json.encode(h)) for h in log.heads]
    )
    raw.execute("COMMIT")
    raw.close()
