"""The terminal's connection to central, from before its enrolment on: services hold this one object.

What speaks HTTP is imported when it is needed: importing it takes a good part of what the first frame takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from kiosk.domain.collection import ClaimAnswer
from kiosk.domain.due_order import DueOrder
from kiosk.domain.ids import CollectionId, DishId, MemberActId, MemberId, OrderId, PaymentId, StaffId
from kiosk.domain.ingredient import IngredientAct
from kiosk.domain.member_act import MemberChange
from kiosk.domain.menu_change import MenuChange
from kiosk.domain.money import Money
from kiosk.domain.payer import Payer
from kiosk.services.events import EventSink
from kiosk.services.kitchen_events import TicketsHeard
from kiosk.services.ports import (
    CentralRefused,
    CentralTold,
    GrantIssued,
    GrantRefused,
    IngredientsAtCentral,
    MemberActDone,
    MemberActRefused,
    MenuAtCentral,
    PortionsAnswer,
    TerminalIdentity,
)
from kiosk.settings import CentralSettings
from kiosk.sync.ports import SyncStore

if TYPE_CHECKING:
    from kiosk.sync.due_orders import CentralDueOrders
    from kiosk.sync.face_letters import SiteKey
    from kiosk.sync.grants import CentralGrants
    from kiosk.sync.ingredients import CentralIngredients
    from kiosk.sync.line import CentralAddress
    from kiosk.sync.member_acts import CentralMemberActs
    from kiosk.sync.menu_of_day import CentralMenuOfDay
    from kiosk.sync.portions import CentralAllotments
    from kiosk.sync.upkeep import CentralUpkeepDesk
    from kiosk.sync.worker import SyncWorker


# With the slip in hand a counter can do without central: it does not keep a queue waiting for it.
_DUE_ORDERS_WITHIN_S = 1.5
# Central waits up to 1.5 s for others to give back; a customer waits for it once more when the card is read.
_PORTIONS_WITHIN_S = 2.5
# Somebody stands before the screen and has asked.
_UPKEEP_WITHIN_S = 2.0


def address_of(settings: CentralSettings) -> CentralAddress:
    from kiosk.sync.line import CentralAddress

    return CentralAddress(settings.url, settings.timeout_s, settings.ca_file)


class CentralConnection:
    """Central, CentralPortions, CentralUpkeep, OutboxSignal, DueOrders, MenuOfDay, MembersAtCentral and Ingredients of
    kiosk.services.ports. Not enrolled, it refuses grants; what is sold waits in the outbox."""

    def __init__(self) -> None:
        self._grants: CentralGrants | None = None
        self._due_orders: CentralDueOrders | None = None
        self._allotments: CentralAllotments | None = None
        self._menu_of_day: CentralMenuOfDay | None = None
        self._member_acts: CentralMemberActs | None = None
        self._upkeep: CentralUpkeepDesk | None = None
        self._ingredients: CentralIngredients | None = None
        self._worker: SyncWorker | None = None

    def connect(
        self,
        settings: CentralSettings,
        identity: TerminalIdentity,
        store: SyncStore,
        events: EventSink,
        site_key: SiteKey | None = None,
        on_tickets: Callable[[TicketsHeard], None] | None = None,
    ) -> None:
        """Start to push and pull as that terminal, and with a `site_key` to share faces. With `on_tickets` it pulls the
        kitchen's tickets, and of the feed what a kitchen or board needs. Raises CentralAddressError."""
        from kiosk.sync.due_orders import CentralDueOrders
        from kiosk.sync.grants import CentralGrants
        from kiosk.sync.ingredients import CentralIngredients
        from kiosk.sync.member_acts import CentralMemberActs
        from kiosk.sync.menu_of_day import CentralMenuOfDay
        from kiosk.sync.portions import CentralAllotments
        from kiosk.sync.upkeep import CentralUpkeepDesk
        from kiosk.sync.worker import SyncWorker

        address = address_of(settings)
        self._grants = CentralGrants(address, identity, store)
        quick = replace(address, timeout_s=min(address.timeout_s, _DUE_ORDERS_WITHIN_S))
        self._due_orders = CentralDueOrders(quick, identity)
        quick = replace(address, timeout_s=min(address.timeout_s, _PORTIONS_WITHIN_S))
        self._allotments = CentralAllotments(quick, identity, store)
        self._menu_of_day = CentralMenuOfDay(address, identity)
        self._member_acts = CentralMemberActs(address, identity)
        quick = replace(address, timeout_s=min(address.timeout_s, _UPKEEP_WITHIN_S))
        self._upkeep = CentralUpkeepDesk(quick, identity)
        self._ingredients = CentralIngredients(address, identity)
        wait_s = settings.poll_wait_s
        self._worker = SyncWorker(store, address, identity, events, wait_s, site_key, on_tickets=on_tickets)
        self._worker.start()

    def request_grant(
        self,
        request_id: PaymentId,
        payer: Payer,
        amount: Money,
        abandons: tuple[PaymentId, ...],
        further: tuple[Money, ...] = (),
    ) -> GrantIssued | GrantRefused:
        if self._grants is None:
            raise CentralRefused("this terminal is not enrolled")
        return self._grants.request_grant(request_id, payer, amount, abandons, further)

    def request_portions(self, missing: Mapping[DishId, int]) -> PortionsAnswer:
        if self._allotments is None:
            raise CentralRefused("this terminal is not enrolled")
        return self._allotments.request_portions(missing)

    def due_by_number(self, number: str) -> tuple[DueOrder, ...]:
        return self._asked().due_by_number(number)

    def due_by_card(self, card_uid: str) -> tuple[DueOrder, ...]:
        return self._asked().due_by_card(card_uid)

    def due_by_id(self, order_id: OrderId) -> DueOrder | None:
        return self._asked().due_by_id(order_id)

    def claim(self, collection_id: CollectionId, due: DueOrder) -> ClaimAnswer:
        return self._asked().claim(collection_id, due)

    def give_up_claim(self, collection_id: CollectionId, due: DueOrder) -> None:
        self._asked().give_up_claim(collection_id, due)

    def change_menu(
        self, act_id: UUID, staff_id: StaffId, reason: str, changes: tuple[MenuChange, ...]
    ) -> MenuAtCentral:
        if self._menu_of_day is None:
            raise CentralRefused("this terminal is not enrolled")
        return self._menu_of_day.change_menu(act_id, staff_id, reason, changes)

    def act_for_member(
        self, act_id: MemberActId, staff_id: StaffId, member_id: MemberId, change: MemberChange
    ) -> MemberActDone | MemberActRefused:
        if self._member_acts is None:
            raise CentralRefused("this terminal is not enrolled")
        return self._member_acts.act_for_member(act_id, staff_id, member_id, change)

    def ask_upkeep(self, epoch: str, after: int) -> CentralTold:
        if self._upkeep is None:
            raise CentralRefused("this terminal is not enrolled")
        return self._upkeep.ask_upkeep(epoch, after)

    def last_contact_at(self) -> datetime | None:
        return self._worker.last_contact_at() if self._worker is not None else None

    def ask_ingredients(self, staff_id: StaffId, act: IngredientAct | None) -> IngredientsAtCentral:
        if self._ingredients is None:
            raise CentralRefused("this terminal is not enrolled")
        return self._ingredients.ask_ingredients(staff_id, act)

    def _asked(self) -> CentralDueOrders:
        if self._due_orders is None:
            raise CentralRefused("this terminal is not enrolled")
        return self._due_orders

    def wake(self) -> None:
        if self._worker is not None:
            self._worker.wake()

    def stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
        if self._grants is not None:
            self._grants.close()
        if self._due_orders is not None:
            self._due_orders.close()
        if self._allotments is not None:
            self._allotments.close()
        if self._menu_of_day is not None:
            self._menu_of_day.close()
        if self._member_acts is not None:
            self._member_acts.close()
        if self._upkeep is not None:
            self._upkeep.close()
        if self._ingredients is not None:
            self._ingredients.close()
