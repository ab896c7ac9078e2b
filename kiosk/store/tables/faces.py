"""Faces (docs/decisions/0007): their keys are not in here."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Integer, LargeBinary, Table, Text, Uuid

from kiosk.store.tables.metadata import metadata

# `sealed`: the template, as kiosk.store.face_sealing has it, under the key `key_id`; `models`: who made it (JSON).
faces = Table(
    "faces",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("key_id", Uuid, nullable=False, unique=True),
    Column("consent", LargeBinary, nullable=False),
    Column("models", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

# The newest deletion of a member's face that is known here. `is_own`: made here, and central may not have it yet.
face_deletions = Table(
    "face_deletions",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("deletion_id", Uuid, nullable=False),
    Column("is_own", Boolean, nullable=False),
    Column("told_id", Integer),
    sqlite_with_rowid=False,
)

# Which key is that of the box for letters with copies of faces (docs/decisions/0008); none before it is needed.
face_box = Table(
    "face_box",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key_id", Uuid, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
