"""Asking central for ingredients, and booking what staff do with them, while somebody waits for it."""

from __future__ import annotations

from kiosk.domain.ids import StaffId
from kiosk.domain.ingredient import IngredientAct, IngredientRefusal
from kiosk.services.ports import CentralRefused, IngredientsAtCentral, TerminalIdentity
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from kiosk.sync.wire import IngredientsRequest


class CentralIngredients:
    """kiosk.services.ports.Ingredients, on a connection of its own. Used by one thread at a time."""

    def __init__(self, address: CentralAddress, identity: TerminalIdentity) -> None:
        """Raises CentralAddressError."""
        self._client = CentralClient(address, identity)

    def ask_ingredients(self, staff_id: StaffId, act: IngredientAct | None) -> IngredientsAtCentral:
        reply = self._client.ingredients(IngredientsRequest(staff_id, act))
        try:
            refusal = IngredientRefusal(reply.refusal) if reply.refusal else None
        except ValueError as error:
            raise CentralRefused("an answer this version does not know") from error
        return IngredientsAtCentral(reply.levels, refusal)

    def close(self) -> None:
        self._client.line.close()
