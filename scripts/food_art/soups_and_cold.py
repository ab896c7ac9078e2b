"""How soups, cold dishes and snacks are served."""

from __future__ import annotations

from scripts.food_art.crockery import board, bowl, plate, pot
from scripts.food_art.dish import Dish
from scripts.food_art.made_pieces import fish, rib, skewer, slab
from scripts.food_art.pieces import (
    Piece,
    chilli,
    chunk,
    cube,
    dot,
    egg_half,
    emoji,
    leaf,
    peanut,
    ring,
    scallion,
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
TOMATO = wedge("#d8302a", "#ef6248", 86, "#f8c66a")
GREENS = leaf("#4f9a3c", 130, "#eaf6d2", 0.42)
CORIANDER = leaf("#3f8a3a", 40)
EGG_PETAL = sliced("#fdeaa0", "#f8d564", 88)
TOFU = cube("#fffaf0", "#efdcbc", 84)
WOOD_EAR = chunk("#3f2a25", 84, 0.34, 0.9)


def roast_leg(size: float, turn: float) -> Piece:
    return tinted(emoji("1f357", size, turn), "#b5651f", 0.34)


@COOKBOOK.add("tomato-egg-soup", "teal")
def tomato_egg_soup(dish: Dish) -> None:
    dish.on(bowl, "#fffaf2", "#c8553d").sauce("#e58244").heap([(EGG_PETAL, 17), (TOMATO, 7)], 0.74, 18)
    dish.scatter(scallion(26), 9, 0.7, 20).steam()


@COOKBOOK.add("seaweed-soup", "teal")
def seaweed_soup(dish: Dish) -> None:
    mix = [
        (leaf("#2f5a3c", 116, "#3f7a50", 0.6), 9),
        (EGG_PETAL, 7),
        (tinted(emoji("1f990", 62, 0, 90), "#f7b08a", 0.35), 7),
    ]
    dish.on(bowl, "#e6eff3", "#2f6da3").sauce("#cdb878").heap(mix, 0.76, 14).scatter(scallion(24), 7, 0.7, 14).steam()


@COOKBOOK.add("winter-melon-rib-soup", "teal")
def winter_melon_rib_soup(dish: Dish) -> None:
    mix = [(cube("#f2f8e2", "#cfe3ae", 96), 8), (rib("#b9825c", 96), 6), (dot("#d8392b", 22, 0.6), 5)]
    dish.on(pot, "#efe6d6").sauce("#e8d9aa").oil("#f0d488", 16).heap(mix, 0.72, 28).scatter(
        CORIANDER, 5, 0.6, 34
    ).steam()


@COOKBOOK.add("mushroom-chicken-soup", "teal")
def mushroom_chicken_soup(dish: Dish) -> None:
    dish.on(pot, "#7a4a34").sauce("#e6bd62").oil("#f4d27a", 26)
    dish.heap([(shiitake(88), 6), (chunk("#f0cf9a", 100, 0.14), 5), (dot("#d8392b", 24, 0.6), 5)], 0.72, 28)
    dish.lay(roast_leg(200, 24), 0.16, -0.1, 60).scatter(CORIANDER, 4, 0.6, 30).steam()


@COOKBOOK.add("hot-sour-soup", "teal")
def hot_sour_soup(dish: Dish) -> None:
    mix = [
        (strip("#fffaf0", 100, 7, 8), 15),
        (strip("#3a2622", 92, 6, 16), 12),
        (EGG_PETAL, 6),
        (strip("#e8d29a", 90, 5, 8), 10),
    ]
    dish.on(bowl, "#39424c", "#d9822b").sauce("#8f4a1e").heap(mix, 0.76, 14).scatter(scallion(26), 9, 0.7, 16).steam()


@COOKBOOK.add("malatang", "teal")
def malatang(dish: Dish) -> None:
    mix = [(chunk("#f3d9b6", 66, 0.06, 0.8), 6), (cube("#eebf6a", "#d59a45", 74), 5), (shiitake(64), 4), (GREENS, 4)]
    mix += [(emoji("1f365", 84, 0, 30), 3), (sliced("#fdfaf0", "#e6e3cf", 84), 4), (emoji("1f966", 96, 0, 30), 2)]
    dish.on(bowl, "#fffaf2", "#b3261e", rx=258).sauce("#b8371a").oil("#ee6a2a", 40).heap(mix, 0.78, 34)
    dish.scatter(chilli("#c4160f", 76), 4, 0.6, 40).scatter(SESAME, 24, 0.7, 36).steam()


@COOKBOOK.add("oden", "teal")
def oden(dish: Dish) -> None:
    dish.on(pot, "#4b5a66").sauce("#c9924a").lay(tinted(emoji("1f362", 250, 8), "#c98f4e", 0.3), -0.36, -0.25, 46)
    dish.lay(emoji("1f365", 124, 10), 0.1, 0.3, 12).lay(egg_half(120, "#f3e2c4", "#f6c64b"), 0.52, 0.0, 20)
    dish.lay(tinted(emoji("1f362", 230, -26), "#c98f4e", 0.3), 0.36, -0.5, 50).lay(
        cube("#eebf6a", "#d59a45", 100), -0.42, 0.4, 14
    ).steam()


@COOKBOOK.add("fish-tofu-soup", "teal")
def fish_tofu_soup(dish: Dish) -> None:
    dish.on(bowl, "#e3ece2", "#3f7d54", rx=258).sauce("#f4ead0").lay(fish(330), -0.04, -0.2, 20)
    dish.heap([(TOFU, 8)], 0.5, 10, (0.12, 0.34)).scatter(scallion(26), 9, 0.7, 14).scatter(
        CORIANDER, 4, 0.5, 18
    ).steam()


@COOKBOOK.add("smashed-cucumber", "mint")
def smashed_cucumber(dish: Dish) -> None:
    mix = [(sliced("#dff0b2", "#3f7d3a", 110), 28), (chunk("#7fb455", 74, 0.22, 0.9), 10)]
    dish.on(plate, "#fffaf2", "#c8553d").sauce("#a8642e", 0.84).heap(mix, 0.72, 62)
    dish.scatter(GARLIC, 18, 0.66, 70).scatter(ring("#d8392b", "#f7c9a0", 26), 7, 0.6, 70).scatter(SESAME, 24, 0.66, 70)


@COOKBOOK.add("mouthwatering-chicken", "mint")
def mouthwatering_chicken(dish: Dish) -> None:
    dish.on(bowl, "#f7ead6", "#9a3b26").sauce("#a8240e").oil("#e2571d", 34)
    for i, v in enumerate((-0.36, 0.02, 0.4)):
        dish.lay(slab("#f0c878", 330 - 30 * abs(i - 1), 110, "#fff6e6", 8), 0, v, 34)
    dish.scatter(SESAME, 26, 0.66, 50).scatter(peanut(28), 9, 0.6, 52).scatter(scallion(26), 10, 0.6, 50)


@COOKBOOK.add("wood-ear-salad", "mint")
def wood_ear_salad(dish: Dish) -> None:
    dish.on(plate, "#e6eff3", "#46606e").heap([(WOOD_EAR, 44)], 0.7, 66)
    dish.scatter(ring("#d8392b", "#f7c9a0", 28), 12, 0.66, 70).scatter(GARLIC, 14, 0.6, 70).scatter(
        CORIANDER, 8, 0.6, 70
    )


@COOKBOOK.add("century-egg-tofu", "mint")
def century_egg_tofu(dish: Dish) -> None:
    dish.on(plate, "#3b444b", "#8fb36a").sauce("#6e3a1c", 0.9, 4)
    dish.lay(cube("#fffdf6", "#f1e6d0", 250), -0.1, 0.0, 26)
    for u, v in ((0.3, -0.42), (0.56, -0.12), (0.58, 0.26), (0.3, 0.5)):
        dish.lay(egg_half(116, "#7a5230", "#2f4a3c"), u, v, 16)
    dish.heap([(scallion(28), 12), (chunk("#c8201a", 22, 0.2, 1.0), 6)], 0.24, 20, (-0.12, -0.24))


@COOKBOOK.add("fried-chicken-leg", "mint")
def fried_chicken_leg(dish: Dish) -> None:
    dish.on(plate, "#fffaf2", "#d9822b").heap([(leaf("#8fbf52", 150), 8)], 0.62, 10)
    dish.lay(roast_leg(390, 8), 0.0, -0.1, 60).lay(wedge("#f2c230", "#fdf0a0", 110), 0.62, 0.5, 10)


@COOKBOOK.add("french-fries", "mint")
def french_fries(dish: Dish) -> None:
    dish.on(board, wide=520, deep=230, y=500).lay(emoji("1f35f", 390), -0.2, 0, 130, 0.5)
    dish.heap([(strip("#f4c84e", 116, 10, 4), 4)], 0.2, 0, (0.52, 0.5)).lay(emoji("1f345", 120, 6), 0.68, -0.3, 30)


@COOKBOOK.add("vinegar-peanuts", "mint")
def vinegar_peanuts(dish: Dish) -> None:
    mix = [(peanut(48), 70), (chunk("#c0392b", 32, 0.2, 0.9), 7), (CORIANDER, 9), (strip("#d7a8c8", 64, 6, 14), 8)]
    dish.on(bowl, "#dfe9ec", "#46606e", rx=236).sauce("#40200f").heap(mix, 0.8, 54)


@COOKBOOK.add("garden-salad", "mint")
def garden_salad(dish: Dish) -> None:
    mix = [(leaf("#8fce4a", 150, "#eaf6d2", 0.7), 13), (leaf("#4f9a3c", 120, "#cfe8b0", 0.6), 7), (TOMATO, 6)]
    mix += [
        (ring("#b67bb8", "#f6e6f4", 62, 7), 4),
        (dot("#f6c93a", 22, 0.9), 16),
        (sliced("#e4f2c2", "#4f8f3a", 80), 6),
    ]
    dish.on(bowl, "#c98f5a", "#a86f3c", rx=254).heap(mix, 0.8, 66)


@COOKBOOK.add("lamb-skewers", "mint")
def lamb_skewers(dish: Dish) -> None:
    dish.on(board, "#c98f56", wide=640, deep=280)
    for k, v in enumerate((-0.62, 0.02, 0.66)):
        dish.lay(skewer("#8a4d2e"), 0.03 * k, v, 14)
    dish.scatter(SESAME, 30, 0.8, 20).scatter(dot("#b5341c", 8, 0.6), 40, 0.85, 20, 0.1)


@COOKBOOK.add("roast-sweet-potato", "mint")
def roast_sweet_potato(dish: Dish) -> None:
    dish.on(board, "#b98a5a", wide=560, deep=250, y=480).lay(
        tinted(emoji("1f360", 320, 0), "#a8491c", 0.3), -0.22, -0.1, 96
    )
    dish.lay(tinted(emoji("1f360", 250, -40), "#a8491c", 0.3), 0.46, 0.2, 50).steam(0.4)
