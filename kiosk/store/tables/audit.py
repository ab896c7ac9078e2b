"""The audit log (docs/decisions/0006): entries are only ever added."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table, Uuid

from kiosk.store.tables.metadata import metadata

# One log an incarnation; entries go to the open one. `central_key` is the public key that central countersigns with,
# pinned at its first countersignature; `witness` the newest head of central's own log that this terminal has seen.
audit_logs = Table(
    "audit_logs",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("log_id", Uuid, nullable=False, unique=True),
    Column("is_open", Boolean, nullable=False),
    Column("central_key", LargeBinary),
    Column("witness", LargeBinary),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("log_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# What central countersigned of them (JSON).
audit_heads = Table(
    "audit_heads",
    metadata,
    Column("log_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
