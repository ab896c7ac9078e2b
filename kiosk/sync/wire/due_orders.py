"""Orders that are due at the counter, found and claimed by the terminal there (docs/decisions/0010)."""

from __future__ import annotations

from uuid import UUID

import msgspec

from kiosk.domain.due_order import DueOrder

MAX_DUE_ORDERS = 20


class DueOrdersRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of the site's orders that wait for the counter: those under that `number`, of that card's member, or that one.
    Exactly one is asked for."""

    number: str = ""
    card_uid: str = ""
    order_id: UUID | None = None


class DueOrdersReply(msgspec.Struct, frozen=True):
    """Newest first, at most MAX_DUE_ORDERS. Nothing of who ordered."""

    orders: tuple[DueOrder, ...]


class ClaimRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """The signing terminal is about to settle it as that collection; `given_up`: it is not, after all."""

    collection_id: UUID
    order_id: UUID
    payment_id: UUID
    given_up: bool = False


class ClaimReply(msgspec.Struct, frozen=True):
    """`answer`: kiosk.domain.collection.ClaimAnswer."""

    answer: str
