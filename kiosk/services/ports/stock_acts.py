"""What the acts of staff with stock need of the store."""

from __future__ import annotations

from typing import Protocol

from kiosk.domain.ids import StockActId
from kiosk.domain.stock_act import StockAct


class StockActLog(Protocol):
    def add(self, act: StockAct) -> None:
        """What it says of dishes beside their portions holds at once; its movements are recorded in the stock, after
        it."""
        ...

    def get(self, act_id: StockActId) -> StockAct | None: ...

    def newest(self) -> StockAct | None:
        """The last act at this terminal."""
        ...
