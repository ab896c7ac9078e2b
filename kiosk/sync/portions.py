"""Asking central for portions to sell while the customer waits. Its own connection: never behind an upload."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.domain.ids import DishId
from kiosk.domain.portions import MAX_COUNTER
from kiosk.services.ports import CentralUnreachable, PortionsAnswer, StorageFailed, TerminalIdentity
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from kiosk.sync.ports import SyncStore
from kiosk.sync.wire import MAX_DISHES_ASKED, PortionsReply, PortionsRequest, PortionsWanted


class CentralAllotments:
    """kiosk.services.ports.CentralPortions. Used by one thread at a time."""

    def __init__(self, address: CentralAddress, identity: TerminalIdentity, store: SyncStore) -> None:
        """Raises CentralAddressError."""
        self._store = store
        self._client = CentralClient(address, identity)

    def request_portions(self, missing: Mapping[DishId, int]) -> PortionsAnswer:
        """See the port. What a lost reply has handed out comes with the next one."""
        if len(missing) > MAX_DISHES_ASKED:
            raise CentralUnreachable("more dishes than central is asked for at a time")
        try:
            with self._store.transaction() as tx:
                epoch, _ = tx.feed.cursor()
                handed = tx.portions.handed(missing)
        except StorageFailed as error:
            raise CentralUnreachable("nothing can be asked without the disk") from error
        wanted = tuple(PortionsWanted(dish_id, handed.get(dish_id, 0), n) for dish_id, n in missing.items())
        reply = self._client.portions(PortionsRequest(wanted, epoch))
        return _answer(reply, missing, epoch)

    def close(self) -> None:
        self._client.line.close()


def _answer(reply: PortionsReply, missing: Mapping[DishId, int], epoch: str) -> PortionsAnswer:
    if reply.is_awaiting:
        raise CentralUnreachable("central was restored, and waits for other terminals")
    if [told.dish_id for told in reply.dishes] != list(missing):
        raise CentralUnreachable("portions of other dishes than were asked for")
    counts = [count for told in reply.dishes for count in (told.handed, told.free)]
    if min(counts) < 0 or max(counts) > MAX_COUNTER:
        raise CentralUnreachable("portions out of bounds")
    counted = [told for told in reply.dishes if told.is_counted]
    return PortionsAnswer(
        {told.dish_id: told.handed for told in counted}, {told.dish_id: told.free for told in counted}, epoch
    )
