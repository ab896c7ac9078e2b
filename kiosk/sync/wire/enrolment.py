"""Enrolment: a one-time code and a terminal's key become its identity."""

from __future__ import annotations

import msgspec


class EnrolRequest(msgspec.Struct, frozen=True):
    """`public_key` is the raw Ed25519 key in base64, made on the terminal; the private half never leaves it. `role`:
    "order", "counter", "kitchen" or "board"; what central deals with it for."""

    code: str
    public_key: str
    terminal_name: str
    role: str = "order"


class Enrolled(msgspec.Struct, frozen=True):
    """`letter` starts this terminal's order numbers. `incarnation` counts enrolments of the same terminal."""

    terminal_id: str
    incarnation: int
    letter: str
    canteen_name: str
