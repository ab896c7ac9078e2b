"""What sync needs of the terminal's store. Sync and store never import each other; the store has these shapes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from kiosk.domain.audit import CountersignedHead, StoredEntry
from kiosk.domain.face_consent import FaceConsent
from kiosk.domain.face_copy import CopyRefusal
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import (
    DishId,
    FaceConsentId,
    FaceDeletionId,
    FaceKeyId,
    GrantId,
    MemberId,
    PaymentId,
    StaffId,
    TerminalId,
)
from kiosk.domain.member import Card
from kiosk.domain.menu import Menu
from kiosk.domain.portions import AllotmentTold, PortionsReturned
from kiosk.domain.stock import ToldStock
from kiosk.domain.wallet import Grant, GrantUse
from kiosk.services.ports import SealedFace, SiteTerminal, StaffEntry


class Outbox(Protocol):
    def add(self, body: bytes) -> int:
        """Append one encoded event; returns its sequence number in this incarnation."""
        ...

    def next_batch(self, limit: int, max_bytes: int, skip: int = 0) -> tuple[int, tuple[tuple[str, bytes], ...]]:
        """The first sequence number and the oldest waiting events behind the first `skip`, each its id's hexadecimal
        digits and its body: at most `limit` of them and at most `max_bytes` of bodies, but always one if one is
        waiting."""
        ...

    def acknowledge(self, last_seq: int) -> bool:
        """Central has everything up to `last_seq`: forward as a rule, back when central was restored from a backup.
        False, and nothing changed, beyond what was ever written here or before what is still kept."""
        ...

    def hear_booked(self, last_seq: int) -> bool:
        """The feed, as far as it was read, has all that central had booked up to that event of this terminal; below
        zero, all that it has acknowledged. Whether that is news."""
        ...


class Feed(Protocol):
    def cursor(self) -> tuple[str, int]:
        """The epoch and the sequence number read up to; ("", 0) before the first page."""
        ...

    def is_announced(self) -> bool:
        """Whether central has been told, in that epoch, what this terminal holds."""
        ...

    def enter_epoch(self, epoch: str) -> None:
        """Central was restored, or is met for the first time: from now on nothing that it said before is used."""
        ...

    def set_announced(self, *, announced: bool) -> None: ...

    def read_to(self, after: int) -> None:
        """Of the rows up to there none is for this terminal."""
        ...

    def apply_page(
        self,
        *,
        epoch: str,
        next_after: int,
        more: bool,
        menus: Sequence[Menu | None],
        members: Mapping[MemberId, bytes | None],
        cards: Mapping[str, Card | None],
        stock: Mapping[DishId, ToldStock | None],
    ) -> None:
        """Store the newest state of each thing named, None being gone, and the cursor. `menus` holds none or the
        newest last; `members` are JSON of kiosk.domain.member.Member, checked by the caller. With the last page (not
        `more`) of a new epoch goes whatever that epoch has not named."""
        ...


class Grants(Protocol):
    def take(self, grant: Grant) -> None:
        """Central has set that aside for this terminal. Known already, it stays as it is: what was spent stands. One of
        an earlier incarnation is taken to be given back, but only by the disk that was that incarnation."""
        ...

    def recall(self, grant_id: GrantId) -> None:
        """Central asks for it back; `give_back` closes it."""
        ...

    def write_off(self, grant_id: GrantId) -> None:
        """Central has closed it itself: no spend may follow, and it is not to be told."""
        ...

    def give_back(self) -> tuple[GrantUse, ...]:
        """Close what central has recalled and what an earlier incarnation held, unless a payment is just using it;
        returns those grants as they were closed."""
        ...

    def to_announce(self, after: GrantId | None, count: int) -> tuple[Grant, ...]:
        """What this terminal holds or an event that is kept speaks of, in the order of the ids, those behind
        `after`."""
        ...


class Portions(Protocol):
    def hear_allotments(self, allotments: Mapping[tuple[DishId, int], AllotmentTold]) -> None:
        """Central's newest word on what was handed, by dish and incarnation. What another disk was is left alone."""
        ...

    def handed(self, dish_ids: Iterable[DishId]) -> Mapping[DishId, int]:
        """To this incarnation in all its time, as far as it knows."""
        ...

    def give_back(self) -> tuple[PortionsReturned, ...]:
        """What central has recalled and what an earlier incarnation had in hand, but for what a customer's cart needs
        just now. It is no longer in hand."""
        ...

    def to_announce(self) -> tuple[tuple[DishId, int, int], ...]:
        """(dish, incarnation, handed in all its time). Also with an empty hand: central may not have heard yet of what
        was sold."""
        ...

    def enter_epoch(self) -> None:
        """What central had booked it may have forgotten."""
        ...


class CardBlocks(Protocol):
    def hear(self, card_uids: Collection[str]) -> None:
        """Central has said something of these cards. A block of one of them that it had heard of, and says no more, is
        over."""
        ...

    def enter_epoch(self) -> None:
        """What central had heard it may have forgotten."""
        ...


class Faces(Protocol):
    def hear(self, member_id: MemberId, newest: FaceDeletionId) -> FaceConsentId | None:
        """Central's newest deletion of that member's face: what was enrolled without knowing of it goes, its key when
        the transaction has been committed; returns under which consent. While central does not have one that was made
        here, that one stays the newest."""
        ...

    def newest_deletion(self, member_id: MemberId) -> FaceDeletionId | None: ...

    def box(self) -> tuple[FaceKeyId, bytes]:
        """The key pair that letters for this terminal are sealed to: its id, and its private half (X25519, raw). A
        transaction in which a face was destroyed destroys it too; then another is made."""
        ...

    def sealed(self, member_id: MemberId) -> SealedFace | None:
        """The member's face as it is stored."""
        ...

    def take_copy(self, consent: FaceConsent, template: FaceTemplate) -> CopyRefusal | None:
        """Keep another terminal's face, under a key of this one's own; None also where it is here already."""
        ...


class SiteTerminals(Protocol):
    def hear(self, terminal_id: TerminalId, terminal: SiteTerminal | None) -> None:
        """Central's newest word on that terminal; None: nobody trusts it until it was enrolled anew."""
        ...


class Collections(Protocol):
    def hear_collected(self, due_payment_id: PaymentId, *, is_collected: bool) -> None:
        """Another terminal has collected it, or has undone that; central said so."""
        ...


class StaffMembers(Protocol):
    def hear(self, epoch: str, staff_id: StaffId, entry: StaffEntry | None, cards: Iterable[str]) -> None:
        """What central said of that staff member. None: gone. The cards are all that they have."""
        ...


class AuditLog(Protocol):
    def open_log(self) -> tuple[UUID, int, bytes | None] | None:
        """The log that is written, its last entry's number, and the key that central countersigns with."""
        ...

    def entries_after(self, log_id: UUID, seq: int, limit: int) -> Iterator[StoredEntry]: ...

    def newest_head(self, log_id: UUID) -> CountersignedHead | None: ...

    def witness(self, log_id: UUID) -> CountersignedHead | None:
        """The newest head of central's own log that this terminal has seen."""
        ...

    def keep(
        self, log_id: UUID, head: CountersignedHead | None, central_key: bytes, witness: CountersignedHead | None
    ) -> None:
        """What central answered: its countersignature, its key, and the head of its own log."""
        ...


class SyncTransaction(Protocol):
    @property
    def audit(self) -> AuditLog: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def portions(self) -> Portions: ...
    @property
    def feed(self) -> Feed: ...
    @property
    def card_blocks(self) -> CardBlocks: ...
    @property
    def faces(self) -> Faces: ...
    @property
    def slips(self) -> SiteTerminals: ...
    @property
    def collections(self) -> Collections: ...
    @property
    def staff(self) -> StaffMembers: ...


class SyncStore(Protocol):
    def transaction(self) -> AbstractContextManager[SyncTransaction]:
        """As kiosk.services.ports.Store: whole or not at all. Raises StorageFailed."""
        ...
