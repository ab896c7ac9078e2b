"""What the services need of central, and of what brings their events there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from kiosk.domain.cash import CashTopUp, CounterPayment
from kiosk.domain.collection import Collection, UndoneCollection
from kiosk.domain.face_consent import FaceConsent, FaceDeletion
from kiosk.domain.ids import DishId, FaceConsentId, PaymentId, TerminalId
from kiosk.domain.member_act import CardBlock
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.payer import Payer
from kiosk.domain.payment import Payment
from kiosk.domain.portions import PortionsBrought, PortionsReturned, PortionsTaken
from kiosk.domain.refund import Refund
from kiosk.domain.shift import CashMovement
from kiosk.domain.stock import StockMovement
from kiosk.domain.stock_act import StockAct
from kiosk.domain.wallet import Grant, GrantUse, Spend
from kiosk.domain.z_report import ZCorrection, ZReport


class CentralUnreachable(Exception):
    """No answer in time, or no connection. What was asked may or may not have happened there."""


class CentralRefused(Exception):
    """Central answered and does not deal with this terminal (revoked, not enrolled, protocol too old)."""


class GrantOutdated(Exception):
    """Central was restored from a backup since it gave that grant; it is not to be used."""


class Refusal(StrEnum):
    INSUFFICIENT = "insufficient"
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    MEMBER_BLOCKED = "member_blocked"
    ABANDONED = "abandoned"
    POINTS_INSUFFICIENT = "points_insufficient"
    COUPON_NOT_VALID = "coupon_not_valid"
    FACE_NOT_ALLOWED = "face_not_allowed"  # deleted, or the consent to paying has ended or is not known to central yet
    AWAITING_TERMINALS = "awaiting_terminals"  # central was restored, and does not know yet what all terminals hold


@dataclass(frozen=True, slots=True)
class TerminalIdentity:
    """Who this terminal is to central, given at enrolment. `letter` starts its order numbers. `private_key` is the raw
    Ed25519 key (32 bytes); it never leaves the terminal."""

    terminal_id: TerminalId
    incarnation: int
    letter: str
    canteen_name: str
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class GrantIssued:
    """`grant` is the money's, None when none was asked for; `further` are those of points and a coupon. `free_after` is
    the money that the member has left after it, pre-grants included, for display."""

    grant: Grant | None
    free_after: Money
    further: tuple[Grant, ...] = ()

    @property
    def grants(self) -> tuple[Grant, ...]:
        return self.further if self.grant is None else (self.grant, *self.further)


@dataclass(frozen=True, slots=True)
class GrantRefused:
    """`free` is told only with INSUFFICIENT: what there is, of which `held_elsewhere` is set aside for other terminals
    that did not give it back in time."""

    refusal: Refusal
    free: Money | None = None
    held_elsewhere: Money | None = None


@dataclass(frozen=True, slots=True)
class PortionsAnswer:
    """Of each dish that was asked for: `handed` to this terminal in all its time, and `free`, what there is beside
    that. A dish that is in neither is not counted. `epoch`: central's, in which it answered."""

    handed: Mapping[DishId, int]
    free: Mapping[DishId, int]
    epoch: str


class CentralPortions(Protocol):
    def request_portions(self, missing: Mapping[DishId, int]) -> PortionsAnswer:
        """So many of each dish more than are in hand, all of them or none; then more of some may be handed out. Raises
        CentralUnreachable, CentralRefused."""
        ...


class Central(Protocol):
    def request_grant(
        self,
        request_id: PaymentId,
        payer: Payer,
        amount: Money,
        abandons: tuple[PaymentId, ...],
        further: tuple[Money, ...] = (),
    ) -> GrantIssued | GrantRefused:
        """Just-in-time grants of exactly `amount` of money (which may be zero when there are `further` ones) and of
        exactly each of `further`, points and a coupon: all or nothing. The same request_id always gets the same answer.
        `abandons` are earlier requests of this terminal that will never be spent: they are closed first. Raises
        CentralUnreachable, CentralRefused."""
        ...


class EventEncoder(Protocol):
    """Turns what happened into outbox bodies (kiosk.sync.wire), so that services do not know the wire."""

    def sale(
        self,
        order: Order,
        payment: Payment,
        uses: Sequence[tuple[GrantUse, Spend]],
        taken: tuple[PortionsTaken, ...] = (),
    ) -> bytes:
        """`uses`: the spends that paid it, each with its grant after it; none for an order due at the counter. `taken`:
        what it took of portions that central hands out."""
        ...

    def release(self, request_id: PaymentId) -> bytes: ...

    def refund(self, refund: Refund, movements: tuple[StockMovement, ...]) -> bytes: ...

    def counter_payment(self, made: CounterPayment, movements: tuple[StockMovement, ...], points: int) -> bytes: ...

    def cash_top_up(self, made: CashTopUp) -> bytes: ...

    def collected(self, made: Collection, uses: Sequence[tuple[GrantUse, Spend]], points: int) -> bytes:
        """`uses` as with a sale; none of what was paid in cash."""
        ...

    def collection_undone(self, undone: UndoneCollection) -> bytes: ...

    def stock_act(self, act: StockAct, brought: tuple[PortionsBrought, ...] = ()) -> bytes: ...

    def portions_returned(self, returned: tuple[PortionsReturned, ...]) -> bytes: ...

    def card_blocked(self, block: CardBlock) -> bytes: ...

    def cash_moved(self, movement: CashMovement) -> bytes: ...

    def shift_closed(self, report: ZReport) -> bytes: ...

    def shift_corrected(self, correction: ZCorrection) -> bytes: ...

    def face_consent(self, consent: FaceConsent) -> bytes: ...

    def face_forgotten(self, deletion: FaceDeletion, consent_id: FaceConsentId | None) -> bytes:
        """`consent_id`: of the face that was destroyed here with it."""
        ...

    def face_destroyed(self, consent_id: FaceConsentId) -> bytes: ...


class OutboxSignal(Protocol):
    def wake(self) -> None:
        """There is something to upload: do not wait for the next round. Never blocks."""
        ...
