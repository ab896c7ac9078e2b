"""`python -m central import-recipes | ingredients`: the command line of this folder."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from central.commands import AddCommand, how_many, say
from central.errors import CentralError
from central.ingredients.repository import movements_since
from central.ingredients.service import PACE_DAYS, import_recipes, levels
from central.opening import Parts, opened
from central.settings import Settings
from kiosk.domain.ids import DishId
from kiosk.domain.ingredient import MILLI, IngredientLevel, by_urgency

_NAMED = 8


def add_commands(command: AddCommand) -> None:
    recipes = command("import-recipes", _import, "take the ingredients of what is sold as a TOML file says")
    recipes.add_argument("file", type=Path)
    listing = command(
        "ingredients", _list, f"list what is left of ingredients, and what the last {PACE_DAYS} days used"
    )
    listing.add_argument("--csv", type=Path, metavar="FILE", help="write what was moved there instead")
    listing.add_argument("--days", type=how_many, default=31, metavar="N", help="with --csv: of how many days (31)")


def _import(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        done = parts.transactions.write(lambda tx: import_recipes(tx, arguments.file))
    say(f"recipe book {done.version}: {done.recipes} recipes of {done.ingredients} ingredients")
    if done.without:
        say(f"{len(done.without)} dishes of the menu have no recipe: {_some(done.without)}")
    if done.not_on_menu:
        say(f"recipes of what is not on the menu now: {_some(done.not_on_menu)}")


def _some(dish_ids: Sequence[DishId]) -> str:
    more = f" and {len(dish_ids) - _NAMED} more" if len(dish_ids) > _NAMED else ""
    return ", ".join(dish_ids[:_NAMED]) + more


def _list(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        if arguments.csv is not None:
            count = _write_csv(parts, arguments.csv, arguments.days, ZoneInfo(settings.canteen.timezone))
            say(f"wrote {count} movements to {arguments.csv}")
            return
        now = parts.transactions.now()
        found = parts.transactions.read(lambda connection: levels(connection, now, also_unused=True))
    say(f"{'INGREDIENT':24} {'LEFT':>14} {'USED A DAY':>14} {'DAYS':>6}")
    for level in by_urgency(found):
        say(_line(level))


def _line(level: IngredientLevel) -> str:
    one = level.ingredient
    left = f"{_amount(level.left_milli)} {one.unit}" if level.is_known else "not counted"
    used = "-" if level.used_a_day_milli is None else f"{_amount(level.used_a_day_milli)} {one.unit}"
    days = "-" if level.days_left is None else f"{level.days_left:.1f}"
    return f"{one.id:24} {left:>14} {used:>14} {days:>6}{'  LOW' if level.is_low else ''}"


def _amount(milli: int) -> str:
    """In the ingredient's unit: "12500" or "0.5"."""
    text = f"{milli / MILLI:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _write_csv(parts: Parts, path: Path, days: int, zone: ZoneInfo) -> int:
    """Returns how many. Raises CentralError when the file cannot be written."""
    since = parts.transactions.now() - timedelta(days=days)
    count = 0
    try:
        with path.open("w", encoding="utf-8", newline="") as file, parts.database.read() as connection:
            out = csv.writer(file)
            out.writerow(["booked_at", "ingredient", "amount", "reason", "whole_day", "act"])
            for row in movements_since(connection, since):
                moment = row.booked_at.astimezone(zone).isoformat(timespec="seconds")
                act = row.act_id or ""
                out.writerow([moment, row.ingredient_id, _amount(row.milli), row.reason, int(row.is_day), act])
                count += 1
    except OSError as error:
        raise CentralError(f"{path} cannot be written: {error.strerror}") from error
    return count
