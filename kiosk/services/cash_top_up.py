"""Cash for a member's balance, taken at the counter. Central adds it when it hears of it; until then it is not on the
card and this terminal spends none of it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.audit import Act
from kiosk.domain.cash import CashTopUp
from kiosk.domain.clock import Clock
from kiosk.domain.ids import TopUpId
from kiosk.domain.member import CardState, Member
from kiosk.domain.money import Money
from kiosk.domain.staff import Permission, Staff
from kiosk.services.audit import Audit
from kiosk.services.cash_drawer import DrawerOpening, cash_taken
from kiosk.services.ports import EventEncoder, OutboxSignal, PrintJob, StorageFailed, Store, Transaction
from kiosk.services.printing import PrintDesk
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason, StaffAct


@dataclass(frozen=True, slots=True)
class TopUpLimits:
    """Of one top-up, and of the balance that it may lead to, in minor units."""

    largest_minor: int
    largest_balance_minor: int


@dataclass(frozen=True, slots=True)
class CashTaken:
    """Durable here, on its way to central: it will be on the card when this terminal is connected. `on_the_way` is all
    that was taken here for the member and is not on the card yet."""

    top_up: CashTopUp
    on_the_way: Money


class CashTopUps:
    """Its calls block (disk) and are made one at a time. The texts of an act must be such (kiosk.domain.text), or
    TextError is raised."""

    def __init__(
        self,
        store: Store,
        encoder: EventEncoder,
        desk: PrintDesk,
        outbox_signal: OutboxSignal,
        clock: Clock,
        limits: TopUpLimits,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._limits = limits
        self._audit = Audit(clock)

    def take(
        self, act: StaffAct, card_uid: str, amount: Money, language: str, *, by: Staff | None = None
    ) -> CashTaken | Refused | NotKnown:
        """The cash is in the drawer, for the member of that card. `language` of the slip. `by`: who takes it on the
        admin screen; raises NotPermitted."""
        if by is not None:
            by.require(Permission.TOP_UP)
        jobs: tuple[PrintJob, ...] = ()
        opening: DrawerOpening | None = None
        try:
            with self._store.transaction() as tx:
                found = self._known(tx, act, card_uid, amount)
                if found is None:
                    found, jobs = self._record(tx, act, card_uid, amount, language)
                    if by is not None and isinstance(found, CashTaken):
                        self._audit.record(
                            tx, by.id, Act.TOP_UP, found.top_up.member_id, act=act.id, amount_minor=amount.minor
                        )
                    opening = cash_taken(act.id, act.id, amount) if isinstance(found, CashTaken) else None
        except StorageFailed:
            return NotKnown(act.id)
        self._desk.submit(jobs, opening)
        self._outbox_signal.wake()
        return found

    def _known(self, tx: Transaction, act: StaffAct, card_uid: str, amount: Money) -> CashTaken | Refused | None:
        made = tx.cash.top_up(TopUpId(act.id))
        if made is None:
            return None
        holder = tx.members.by_card(card_uid)
        of_another = holder is not None and holder[0].id != made.member_id
        if of_another or (made.amount, made.staff) != (amount, act.staff):
            return Refused(RefusedReason.ID_IN_USE)
        return CashTaken(made, tx.cash.top_ups_on_the_way(made.member_id, amount.currency))

    def _record(
        self, tx: Transaction, act: StaffAct, card_uid: str, amount: Money, language: str
    ) -> tuple[CashTaken | Refused, tuple[PrintJob, ...]]:
        found = tx.members.by_card(card_uid)
        if found is None:
            return Refused(RefusedReason.CARD_UNKNOWN), ()
        member, card = found
        if card.state is not CardState.ACTIVE:
            return Refused(RefusedReason.CARD_BLOCKED), ()
        if not 0 < amount.minor <= self._limits.largest_minor or amount.currency != member.balance.currency:
            return Refused(RefusedReason.AMOUNT_NOT_ALLOWED), ()
        on_the_way = tx.cash.top_ups_on_the_way(member.id, amount.currency) + amount
        if (_balance(tx, member) + on_the_way).minor > self._limits.largest_balance_minor:
            return Refused(RefusedReason.BALANCE_TOO_LARGE), ()
        made = CashTopUp(TopUpId(act.id), member.id, amount, act.staff, self._clock.now())
        tx.cash.add_top_up(made)
        tx.outbox.add(self._encoder.cash_top_up(made))
        jobs = self._desk.top_up_jobs(made, language, tx.menus.current())
        for job in jobs:
            tx.print_jobs.add(job)
        return CashTaken(made, on_the_way), jobs


def _balance(tx: Transaction, member: Member) -> Money:
    """What central last told, less what was spent here since."""
    return member.balance - tx.grants.unacknowledged(member.id, member.balance.currency)
