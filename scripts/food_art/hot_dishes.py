"""How the signature dishes and the vegetables are plated."""

from __future__ import annotations

from scripts.food_art.crockery import bowl, plate, pot
from scripts.food_art.dish import Dish
from scripts.food_art.made_pieces import fish, rib
from scripts.food_art.pieces import (
    belly,
    chilli,
    chunk,
    cube,
    dot,
    emoji,
    leaf,
    peanut,
    ring,
    scallion,
    scrambled,
    shiitake,
    sliced,
    strip,
    tinted,
    wedge,
)
from scripts.food_art.recipes import Cookbook

COOKBOOK = Cookbook()

SESAME = dot("#fbe9c0", 9, 0.6)
GARLIC = dot("#fff1cf", 15, 0.75)
PEPPER = chunk("#4f9a3c", 54, 0.2, 0.9)
RED_PEPPER = chunk("#d8392b", 50, 0.2, 0.9)
TOMATO = wedge("#d8302a", "#ef6248", 86, "#f8c66a")


@COOKBOOK.add("red-braised-pork", "coral")
def red_braised_pork(dish: Dish) -> None:
    dish.on(bowl, "#f3ead9", "#9a3b26").sauce("#6e2814").heap([(belly(108), 16)], 0.72, 70)
    dish.scatter(scallion(28), 9, 0.55, 80).scatter(SESAME, 16, 0.5, 84).steam()


@COOKBOOK.add("kung-pao-chicken", "coral")
def kung_pao_chicken(dish: Dish) -> None:
    mix = [
        (chunk("#d08a45", 74, 0.16, 0.7, 6), 34),
        (chunk("#b5692f", 70, 0.16, 0.8, 6), 14),
        (RED_PEPPER, 7),
        (peanut(42), 26),
        (chilli("#c8201a", 88), 8),
        (scallion(34), 12),
    ]
    dish.on(plate, "#fffaf2", "#c8553d").sauce("#9a4a22", 0.94).heap(mix, 0.84, 74).steam()


@COOKBOOK.add("sweet-sour-ribs", "coral")
def sweet_sour_ribs(dish: Dish) -> None:
    dish.on(plate, "#e9eef0", "#46606e").sauce("#7c2a17", 0.9)
    dish.heap([(rib(), 17)], 0.72, 76)
    dish.scatter(SESAME, 46, 0.72, 92).scatter(scallion(24), 5, 0.5, 92)


@COOKBOOK.add("fish-fragrant-pork", "coral")
def fish_fragrant_pork(dish: Dish) -> None:
    mix = [(strip("#c9774c", 108, 8), 32), (strip("#3d2a24", 80, 8), 14), (strip("#f1dca0", 92, 7), 14)]
    dish.on(plate, "#fdf1e2", "#d9822b").sauce("#a63c1c", 0.92)
    dish.heap([*mix, (strip("#d8392b", 80, 6), 10), (strip("#5c9a3a", 74, 6), 8)], 0.78, 70).steam()


@COOKBOOK.add("poached-fish-chilli", "coral")
def poached_fish_chilli(dish: Dish) -> None:
    dish.on(bowl, "#faf6ee", "#b3261e", rx=262).sauce("#b62a12").oil("#e2571d", 40)
    dish.heap([(sliced("#fff6e8", "#ecd0ac", 118), 14), (leaf("#a8c66a", 96), 4)], 0.78, 34)
    dish.scatter(chilli("#c4160f", 86), 11, 0.72, 40).scatter(dot("#3c2417", 12, 0.9), 26, 0.8, 30)
    dish.scatter(scallion(26), 8, 0.6, 40).steam()


@COOKBOOK.add("twice-cooked-pork", "coral")
def twice_cooked_pork(dish: Dish) -> None:
    mix = [(sliced("#b5653c", "#f3cd9c", 118, 3), 30), (strip("#4f9a3c", 100, 11, 8), 16), (RED_PEPPER, 8)]
    dish.on(plate, "#fffaf2", "#3f7d54").sauce("#93401e", 0.9).heap(mix, 0.78, 66).steam()


@COOKBOOK.add("tomato-beef-brisket", "coral")
def tomato_beef_brisket(dish: Dish) -> None:
    mix = [(chunk("#8f4e30", 94, 0.16, 0.7, 6), 12), (TOMATO, 7), (chunk("#e88a2e", 58, 0.14, 0.9), 5)]
    dish.on(pot, "#7a4a34").sauce("#c23a1c").oil("#f0803a", 22).heap(mix, 0.74, 48)
    dish.scatter(leaf("#3f8a3a", 38), 7, 0.55, 60).steam()


@COOKBOOK.add("cumin-lamb", "coral")
def cumin_lamb(dish: Dish) -> None:
    mix = [(chunk("#945334", 84, 0.2, 0.6, 6), 54), (strip("#efe0c8", 96, 8, 24), 14), (chilli("#c8201a", 82), 6)]
    dish.on(plate, "#3b444b", "#c59b62").heap([*mix, (leaf("#4f9a3c", 50), 9)], 0.76, 78)
    dish.scatter(SESAME, 40, 0.78, 80).scatter(dot("#a8763a", 9, 0.5), 30, 0.8, 78)


@COOKBOOK.add("big-plate-chicken", "coral")
def big_plate_chicken(dish: Dish) -> None:
    dish.on(plate, "#f2f5f7", "#2f6da3").sauce("#a5481f", 1.0).noodles("#f3dba0", 22, 0.95, 10, 22)
    mix = [
        (chunk("#c5803f", 84, 0.16, 0.6, 6), 19),
        (chunk("#f0c35c", 78, 0.12, 0.4), 12),
        (PEPPER, 8),
        (chilli("#c8201a", 84), 5),
    ]
    dish.heap(mix, 0.66, 74).steam()


@COOKBOOK.add("steamed-bass", "coral")
def steamed_bass(dish: Dish) -> None:
    dish.on(plate, "#fffaf2", "#3b6ea5", rx=330, ry=178).sauce("#c98f4e", 0.96, 4).lay(fish(520), 0, -0.02, 14)
    dish.heap(
        [(strip("#7ab648", 130, 5, 26), 20), (strip("#f6f0c8", 120, 4, 24), 12), (strip("#d8392b", 96, 4, 20), 6)],
        0.34,
        30,
        (0.06, -0.02),
    )
    dish.lay(leaf("#3f8a3a", 62), 0.06, -0.2, 34).steam()


@COOKBOOK.add("salt-pepper-shrimp", "coral")
def salt_pepper_shrimp(dish: Dish) -> None:
    dish.on(plate, "#eef2f2", "#d9822b").heap([(leaf("#8fbf52", 130), 10)], 0.76, 10)
    dish.heap([(emoji("1f364", 168, 20, 50), 9)], 0.56, 50)
    dish.scatter(GARLIC, 22, 0.7, 60).scatter(ring("#d8392b", "#f7c9a0", 24), 9, 0.7, 56)


@COOKBOOK.add("tomato-egg", "green")
def tomato_egg(dish: Dish) -> None:
    dish.on(plate, "#e6eff3", "#5b93ab").sauce("#e0602e", 0.9)
    dish.heap([(scrambled(108), 25), (TOMATO, 14)], 0.74, 70).scatter(scallion(28), 10, 0.7, 78).steam()


@COOKBOOK.add("mapo-tofu", "green")
def mapo_tofu(dish: Dish) -> None:
    dish.on(bowl, "#39424c", "#b3261e").sauce("#a92d14").oil("#e0551f", 22)
    dish.heap([(cube("#fffaf0", "#efdcbc", 88), 20)], 0.78, 34).scatter(chunk("#5d3522", 26, 0.25), 22, 0.8, 36)
    dish.scatter(scallion(28), 12, 0.72, 42).steam()


@COOKBOOK.add("garlic-broccoli", "green")
def garlic_broccoli(dish: Dish) -> None:
    dish.on(plate, "#fffaf2", "#8fb36a").sauce("#dfe5b0", 0.86, 2)
    dish.heap([(tinted(emoji("1f966", 150, 0, 46), "#5fae3c", 0.24), 13)], 0.68, 70).scatter(GARLIC, 26, 0.66, 74)


@COOKBOOK.add("dry-fried-beans", "green")
def dry_fried_beans(dish: Dish) -> None:
    mix = [(strip("#5d8f35", 170, 10, 14), 44), (chilli("#a8201a", 76), 6), (chunk("#8a5230", 30, 0.25), 12)]
    dish.on(plate, "#f4ead8", "#8a5a34").heap(mix, 0.68, 66).scatter(GARLIC, 10, 0.6, 70)


@COOKBOOK.add("braised-aubergine", "green")
def braised_aubergine(dish: Dish) -> None:
    mix = [(sliced("#c58a55", "#4d2a5e", 112, 3), 17), (PEPPER, 4)]
    dish.on(bowl, "#fbf3e4", "#6a4a8c").sauce("#74351a").heap(mix, 0.74, 56).scatter(GARLIC, 12, 0.6, 66)
    dish.scatter(scallion(26), 7, 0.55, 68).steam()


@COOKBOOK.add("hand-torn-cabbage", "green")
def hand_torn_cabbage(dish: Dish) -> None:
    mix = [(leaf("#cfe08a", 128, "#fdfbe6", 0.72), 28), (leaf("#a4c656", 110, "#f4f8d8", 0.7), 12)]
    dish.on(plate, "#fdf6ea", "#b3563a").heap(mix, 0.72, 62).scatter(chilli("#c8201a", 72), 5, 0.6, 70)
    dish.scatter(GARLIC, 9, 0.6, 70)


@COOKBOOK.add("sour-spicy-potato", "green")
def sour_spicy_potato(dish: Dish) -> None:
    mix = [(strip("#f6e3a0", 150, 7, 30), 100), (strip("#d8392b", 96, 6, 20), 10), (strip("#4f9a3c", 96, 6, 20), 10)]
    dish.on(plate, "#e3ece2", "#5e8a5a").heap(mix, 0.66, 74)


@COOKBOOK.add("oyster-lettuce", "green")
def oyster_lettuce(dish: Dish) -> None:
    dish.on(plate, "#fffaf2", "#a9773c", rx=326, ry=180).sauce("#8a5526", 0.84, 4)
    dish.heap([(tinted(emoji("1f96c", 190, 40, 40), "#8fce4a", 0.2), 8)], 0.56, 44).scatter(GARLIC, 20, 0.6, 56)


@COOKBOOK.add("three-treasures", "green")
def three_treasures(dish: Dish) -> None:
    mix = [(chunk("#f0bf58", 88, 0.14, 0.6, 6), 18), (sliced("#b88358", "#55306a", 108, 3), 15), (PEPPER, 13)]
    dish.on(plate, "#fffaf2", "#c59b62").sauce("#7d3f1a", 0.92).heap(mix, 0.76, 66).steam()


@COOKBOOK.add("shiitake-greens", "green")
def shiitake_greens(dish: Dish) -> None:
    dish.on(plate, "#f2f5f7", "#3f7d54").sauce("#c9bd80", 0.84, 3)
    dish.heap([(leaf("#4f9a3c", 150, "#eaf6d2", 0.42), 16)], 0.66, 34).heap([(shiitake(84), 9)], 0.4, 60)
