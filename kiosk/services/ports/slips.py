"""What collecting an order at the counter needs of store and central."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kiosk.domain.collection import ClaimAnswer, Collection, UndoneCollection
from kiosk.domain.due_order import DueOrder
from kiosk.domain.ids import CollectionId, OrderId, PaymentId, TerminalId, UndoneCollectionId


@dataclass(frozen=True, slots=True)
class SiteTerminal:
    """A terminal of this site, as central tells all of them: the key that signs its slips in that incarnation.
    `public_key` is the raw Ed25519 key (32 bytes)."""

    terminal_id: TerminalId
    incarnation: int
    letter: str
    public_key: bytes
    is_revoked: bool = False


class Slips(Protocol):
    """Signing slips, checking those of the site's terminals, and what is known to be collected."""

    def own(self) -> SiteTerminal | None:
        """This terminal; None before its first enrolment and on a copy from a backup."""
        ...

    def terminal(self, terminal_id: TerminalId) -> SiteTerminal | None: ...

    def sign(self, payload: bytes) -> bytes | None:
        """As a slip of this terminal (kiosk.domain.slip.signed_as_slip); None where `own` is."""
        ...

    def is_signed(self, terminal: SiteTerminal, payload: bytes, signature: bytes) -> bool: ...


class Collections(Protocol):
    """`elsewhere`: central told that another terminal has collected it."""

    def add(self, made: Collection) -> None:
        """Raises CollectionError when it, or another for the same payment, stands already."""
        ...

    def get(self, collection_id: CollectionId) -> Collection | None:
        """Also one that was undone."""
        ...

    def undo(self, undone: UndoneCollection) -> None:
        """It does not stand any more. Raises CollectionError when there is no such collection, or it was undone
        already."""
        ...

    def undone(self, undone_id: UndoneCollectionId) -> UndoneCollection | None: ...

    def is_collected(self, due_payment_id: PaymentId) -> bool:
        """Here or elsewhere, as far as it is known here."""
        ...


class DueOrders(Protocol):
    """Asking central. Every call raises CentralUnreachable and CentralRefused."""

    def due_by_number(self, number: str) -> tuple[DueOrder, ...]:
        """Those of the site that still wait under that number, newest first."""
        ...

    def due_by_card(self, card_uid: str) -> tuple[DueOrder, ...]:
        """Those of the card's member, newest first."""
        ...

    def due_by_id(self, order_id: OrderId) -> DueOrder | None: ...

    def claim(self, collection_id: CollectionId, due: DueOrder) -> ClaimAnswer:
        """Nobody else is to settle it meanwhile. The same again gets the same answer while that holds."""
        ...

    def give_up_claim(self, collection_id: CollectionId, due: DueOrder) -> None: ...
