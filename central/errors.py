"""Errors whose message is for the person who runs or calls central: plain words, no personal data."""

from __future__ import annotations


class CentralError(Exception):
    """Central cannot or will not do it; the message says why and, where there is one, the way out."""


class DatabaseUnusable(CentralError):
    """The database cannot be opened, is not ours, or is from another version."""


class NotFound(CentralError):
    """There is no such thing here."""


class Conflict(CentralError):
    """The same id was used before for something else."""
