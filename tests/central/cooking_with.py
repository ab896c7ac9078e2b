"""A canteen whose dishes have recipes, and the staff who look after its ingredients."""

from __future__ import annotations

from uuid import uuid4

from central.ingredients.service import import_recipes, levels
from central.staff.repository import add_staff, find_present
from central.transactions import Transaction
from kiosk.domain.ids import DishId
from kiosk.domain.ingredient import IngredientActId, IngredientLevel
from kiosk.domain.staff import Role
from kiosk.domain.stock import StockMovement
from kiosk.sync import wire
from tests.central.sales import paid_order
from tests.central.support import Central, Terminal

COOK, COUNTER, NOBODY = "s-cook", "s-counter", "s-technician"
_STAFF = ((COOK, "811", Role.RESTOCK), (COUNTER, "812", Role.COUNTER), (NOBODY, "813", Role.TECHNICIAN))
PORK, EGG = "t-pork", "t-egg"
STEW, OMELETTE, PLAIN = "t-stew", "t-omelette", "t-plain"
RECIPES = """
[[ingredient]]
id = "t-pork"
name = { zh = "猪肉", en = "Pork" }
unit = "g"
warn_below = 1000
[[ingredient]]
id = "t-egg"
name = { zh = "鸡蛋", en = "Eggs" }
unit = "piece"
[[ingredient]]
id = "t-rice"
name = { zh = "大米", en = "Rice" }
unit = "g"
[[recipe]]
dish = "rice"
uses = { t-rice = 90.5 }
[[recipe]]
dish = "t-stew"
uses = { t-pork = PORK, t-egg = 0.5 }
[[recipe]]
dish = "t-omelette"
uses = { t-egg = 2 }
"""


def cook_with(central: Central, pork_g: float = 150) -> int:
    """Recipes come in; returns their version."""
    path = central.folder / f"recipes-{uuid4()}.toml"
    path.write_text(RECIPES.replace("PORK", f"{pork_g}"), encoding="utf-8")
    central.parts.transactions.write(_hire)
    return central.parts.transactions.write(lambda tx: import_recipes(tx, path)).version


def _hire(tx: Transaction) -> None:
    for staff_id, number, role in _STAFF:
        if find_present(tx.connection, staff_id) is None:
            row = {"id": staff_id, "name": "王师傅", "number": number, "roles": role.value, "pin_hash": ""}
            add_staff(tx.connection, {**row, "created_at": tx.now})


def known_levels(central: Central) -> dict[str, IngredientLevel]:
    now = central.clock()
    found = central.parts.transactions.read(lambda connection: levels(connection, now))
    return {level.ingredient.id: level for level in found}


def left(central: Central) -> tuple[int, int]:
    """Pork and eggs, in thousandths."""
    found = known_levels(central)
    return found[PORK].left_milli, found[EGG].left_milli


def sold(terminal: Terminal, *dishes: str) -> wire.OrderRecorded:
    """For nothing, by nobody: a portion of each, as a combo has several."""
    made = paid_order(terminal, uuid4(), None, "0.00", (), dishes[0])
    movements = tuple(StockMovement(DishId(dish), -dishes.count(dish), "sale") for dish in dict.fromkeys(dishes))
    return wire.OrderRecorded(made.order, made.payment, movements)


def ask(terminal: Terminal, act: object = None, staff: str = COOK) -> wire.IngredientsReply:
    request = wire.IngredientsRequest(staff, act)  # type: ignore[arg-type]
    reply: wire.IngredientsReply = terminal.ask("POST", "/v1/ingredients", request, wire.IngredientsReply)
    return reply


def level_in(reply: wire.IngredientsReply, ingredient_id: str) -> IngredientLevel:
    return next(level for level in reply.levels if level.ingredient.id == ingredient_id)


def act_id() -> IngredientActId:
    return IngredientActId(uuid4())
