"""Announcement: what a terminal holds, for a central that was restored (docs/decisions/0004, rule 6)."""

from __future__ import annotations

from uuid import UUID

import msgspec

from kiosk.domain.ids import MemberId
from kiosk.domain.money import Money
from kiosk.sync.wire.portions import AnnouncedPortions

MAX_ANNOUNCED_GRANTS = 500


class AnnouncedGrant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A grant of the signing terminal, as central once issued it, with central's seal."""

    id: UUID
    member_id: MemberId
    incarnation: int
    amount: Money
    seal: str
    request_id: UUID | None = None


class Announcement(msgspec.Struct, frozen=True):
    """Every grant that the terminal holds or that an event it still keeps speaks of, in as many messages as it takes:
    `more` follow. `epoch` is the one that the terminal has taken from the feed. `allotments`: all with the first
    message, of each dish that was handed out."""

    epoch: str
    grants: tuple[AnnouncedGrant, ...]
    more: bool = False
    allotments: tuple[AnnouncedPortions, ...] = ()


class AnnouncementReply(msgspec.Struct, frozen=True):
    """Of this incarnation's events central has everything up to `last_seq`; the terminal sends again from there."""

    last_seq: int
