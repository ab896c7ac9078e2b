"""`python -m central import-recipes | ingredients`: what IT sees of ingredients."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.central.cooking_with import PORK, STEW, cook_with, left, sold
from tests.central.support import Central, Terminal
from tests.central.test_command_line import DEMO, CommandLine
from tests.central.test_command_line import run as run
from tests.central.test_command_line import run_on as run_on


def test_recipes_come_in_and_what_they_do_not_fit_is_said(run: CommandLine, tmp_path: Path) -> None:
    assert run("init").status == 0
    done = run("import-recipes", DEMO / "recipes.toml")
    assert done.status == 0
    assert done.out.startswith("recipe book 1: 24 recipes of 17 ingredients\n")
    assert "dishes of the menu have no recipe: sweet-sour-ribs" in done.out
    own = tmp_path / "own.toml"
    text = (DEMO / "recipes.toml").read_text(encoding="utf-8")
    own.write_text(text.replace('dish = "soy-milk"', 'dish = "tomorrows"'), encoding="utf-8")
    assert "recipes of what is not on the menu now: tomorrows" in run("import-recipes", own).out
    own.write_text(text.replace('dish = "soy-milk"', 'dish = "meat-by-weight"'), encoding="utf-8")
    refused = run("import-recipes", own)
    assert refused.status == 2
    assert "own.toml:" in refused.err
    assert "sold by weight" in refused.err
    own.write_text(text.replace('unit = "piece"', 'unit = "g"'), encoding="utf-8")
    assert "'egg' was in piece until now" in run("import-recipes", own).err
    listed = run("ingredients")
    assert listed.status == 0
    assert len(listed.out.splitlines()) == 1 + 17
    assert "not counted" in listed.out


def test_what_is_left_and_every_movement(
    central: Central, terminal: Terminal, run_on: CommandLine, tmp_path: Path
) -> None:
    cook_with(central)
    terminal.push(sold(terminal, STEW))
    found = next(line for line in run_on("ingredients").out.splitlines() if line.startswith(PORK))
    assert " g " in found
    path = tmp_path / "moved.csv"
    said = run_on("ingredients", "--csv", path).out
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert said == f"wrote {len(rows)} movements to {path}\n"
    assert round(sum(float(row["amount"]) * 1000 for row in rows if row["ingredient"] == PORK)) == left(central)[0]
    assert run_on("ingredients", "--csv", tmp_path / "no" / "folder.csv").status == 1
