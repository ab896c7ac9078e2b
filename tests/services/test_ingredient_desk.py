"""Ingredients at a terminal: what is asked of central, and what is said when it does not answer."""

from __future__ import annotations

from uuid import UUID

import pytest

from kiosk.domain.ids import StaffId
from kiosk.domain.ingredient import (
    Ingredient,
    IngredientAct,
    IngredientActId,
    IngredientId,
    IngredientLevel,
    IngredientRefusal,
    IngredientUnit,
    delivery,
    opposite,
)
from kiosk.domain.local_text import LocalText
from kiosk.domain.staff import NotPermitted, Role, Staff
from kiosk.domain.stock_act import WasteReason
from kiosk.services.ingredients import IngredientDesk, IngredientTrouble
from kiosk.services.ports import CentralRefused, CentralUnreachable, IngredientsAtCentral

COOK = Staff(StaffId("s1"), "李雷", frozenset({Role.RESTOCK}))
SEES = Staff(StaffId("s2"), "韩梅", frozenset({Role.COUNTER}))
RICE = Ingredient(IngredientId("rice"), LocalText("大米", "Rice"), IngredientUnit.GRAM)
LEVEL = IngredientLevel(RICE, 7_000)
ACT, OTHER = IngredientActId(UUID(int=1)), IngredientActId(UUID(int=2))


class AskedCentral:
    """An Ingredients that remembers what was asked, and answers as it is told to."""

    def __init__(self, answer: IngredientsAtCentral | Exception) -> None:
        self._answer = answer
        self.asked: list[tuple[StaffId, IngredientAct | None]] = []

    def ask_ingredients(self, staff_id: StaffId, act: IngredientAct | None) -> IngredientsAtCentral:
        self.asked.append((staff_id, act))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def test_acts_are_asked_for_under_their_id_and_told_as_done() -> None:
    central = AskedCentral(IngredientsAtCentral((LEVEL,)))
    desk = IngredientDesk(central)
    told = [
        desk.deliver(COOK, ACT, RICE.id, 25_000),
        desk.count(COOK, ACT, LEVEL, 6_500),
        desk.waste(COOK, ACT, RICE.id, 300, WasteReason.DROPPED),
        desk.undo(COOK, OTHER, delivery(ACT, RICE.id, 25_000)),
    ]
    acts = [act for _, act in central.asked if act is not None]
    assert [act.milli for act in acts] == [25_000, -500, -300, -25_000]
    assert acts[3] == opposite(delivery(ACT, RICE.id, 25_000), OTHER)
    assert [answer.done for answer in told if isinstance(answer, IngredientsAtCentral)] == acts
    assert desk.see(SEES) == IngredientsAtCentral((LEVEL,))
    assert central.asked[-1] == (SEES.id, None)


def test_what_was_refused_was_not_done() -> None:
    desk = IngredientDesk(AskedCentral(IngredientsAtCentral((LEVEL,), IngredientRefusal.COUNTED_SINCE)))
    told = desk.count(COOK, ACT, LEVEL, 5)
    assert isinstance(told, IngredientsAtCentral)
    assert told.done is None


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (CentralUnreachable("no route"), IngredientTrouble.UNREACHABLE),
        (CentralRefused("revoked"), IngredientTrouble.REFUSED),
    ],
)
def test_central_away(error: Exception, trouble: IngredientTrouble) -> None:
    assert IngredientDesk(AskedCentral(error)).deliver(COOK, ACT, RICE.id, 1) is trouble


def test_who_only_sees_undoes_nothing() -> None:
    central = AskedCentral(IngredientsAtCentral((LEVEL,)))
    with pytest.raises(NotPermitted):
        IngredientDesk(central).undo(SEES, OTHER, delivery(ACT, RICE.id, 5))
    assert not central.asked
