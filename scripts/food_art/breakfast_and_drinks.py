"""How breakfast, drinks and desserts are served."""

from __future__ import annotations

from scripts.food_art.crockery import basket, board, bowl, glass, plate
from scripts.food_art.dish import Dish
from scripts.food_art.made_pieces import bun, dough_stick
from scripts.food_art.pieces import (
    chunk,
    cube,
    dot,
    egg_half,
    emoji,
    leaf,
    peanut,
    scallion,
    shiitake,
    sliced,
    strip,
    tinted,
    wedge,
)
from scripts.food_art.recipes import Cookbook

COOKBOOK = Cookbook()

CORIANDER = leaf("#3f8a3a", 40)
WOOD_EAR = chunk("#3f2a25", 84, 0.34, 0.9)


@COOKBOOK.add("pork-bun", "butter")
def pork_bun(dish: Dish) -> None:
    dish.on(basket).lay(bun(250), -0.34, -0.24, 30).lay(bun(250), 0.4, 0.16, 30).steam()


@COOKBOOK.add("vegetable-bun", "butter")
def vegetable_bun(dish: Dish) -> None:
    dish.on(plate, "#e3ece2", "#5e8a5a").heap([(leaf("#6fae45", 130), 9)], 0.7, 8)
    dish.lay(bun(230, "#5f9d3a"), -0.34, -0.2, 46).lay(bun(230, "#5f9d3a"), 0.4, 0.1, 46).lay(
        shiitake(70), -0.2, 0.7, 10
    ).steam()


@COOKBOOK.add("soup-dumplings", "butter")
def soup_dumplings(dish: Dish) -> None:
    dish.on(basket)
    for u, v in ((-0.5, -0.44), (0.06, -0.62), (0.58, -0.34), (-0.52, 0.3), (0.0, 0.06), (0.5, 0.4)):
        dish.lay(bun(150, "", 15), u, v, 20)
    dish.steam()


@COOKBOOK.add("fried-dough-stick", "butter")
def fried_dough_stick(dish: Dish) -> None:
    dish.on(board, wide=600, deep=270)
    for v in (-0.5, 0.0, 0.5):
        dish.lay(dough_stick(), 0, v, 24)


@COOKBOOK.add("jianbing", "butter")
def jianbing(dish: Dish) -> None:
    dish.on(board, "#c98f56", wide=540, deep=240, y=480).lay(emoji("1f32f", 380, 4), -0.04, -0.1, 110, 0.5)
    dish.lay(emoji("1f95a", 110, 12), 0.78, 0.2, 30).scatter(scallion(28), 9, 0.95, 0)


@COOKBOOK.add("scallion-pancake", "butter")
def scallion_pancake(dish: Dish) -> None:
    dish.on(plate, "#dfe9ec", "#46606e").lay(tinted(emoji("1fad3", 310, 30), "#dda03c", 0.42), -0.16, 0.04, 14).lay(
        tinted(emoji("1fad3", 310, -20), "#e3aa48", 0.42), 0.16, -0.08, 44
    )
    dish.scatter(scallion(30), 14, 0.56, 56)


@COOKBOOK.add("millet-congee", "butter")
def millet_congee(dish: Dish) -> None:
    dish.on(bowl, "#fffaf2", "#d99a2b").sauce("#f4c445", 1.0, 8).scatter(dot("#fbe08a", 10, 0.8), 190, 0.9, 0, 0.1)
    dish.heap([(cube("#f59a2c", "#dd7d1c", 66), 7)], 0.5, 12).scatter(dot("#c8201a", 22, 0.6), 5, 0.6, 10).steam()


@COOKBOOK.add("pork-congee", "butter")
def pork_congee(dish: Dish) -> None:
    dish.on(bowl, "#d9e3e8", "#2f6da3").sauce("#fbf2df", 1.0, 8).scatter(dot("#fffdf6", 12, 0.7), 170, 0.9, 0, 0.14)
    dish.heap([(strip("#d7a184", 78, 10, 10), 10), (chunk("#35463c", 60, 0.16, 1.0), 8)], 0.6, 12)
    dish.scatter(scallion(28), 10, 0.64, 14).lay(leaf("#3f8a3a", 60), 0.0, 0.0, 18).steam()


@COOKBOOK.add("tofu-pudding", "butter")
def tofu_pudding(dish: Dish) -> None:
    dish.on(bowl, "#39424c", "#c59b62").sauce("#8a4a22", 1.0, 3).heap(
        [(sliced("#fffaf0", "#f1e2c8", 150), 12)], 0.66, 20
    )
    dish.heap([(WOOD_EAR, 5), (strip("#d8a03a", 80, 7, 10), 6)], 0.4, 34).scatter(CORIANDER, 7, 0.5, 44).scatter(
        peanut(24), 8, 0.5, 40
    ).steam()


@COOKBOOK.add("tea-egg", "butter")
def tea_egg(dish: Dish) -> None:
    egg = tinted(emoji("1f95a", 176, 0, 30), "#8a4a22", 0.42)
    dish.on(bowl, "#f3ead9", "#8a4a22").sauce("#5e2c12")
    for u, v in ((-0.52, -0.3), (0.02, -0.46), (0.5, -0.2), (-0.3, 0.26)):
        dish.lay(egg, u, v, 34)
    dish.lay(egg_half(150, "#ecd2a6"), 0.3, 0.34, 30)


@COOKBOOK.add("boiled-corn", "butter")
def boiled_corn(dish: Dish) -> None:
    dish.on(plate, "#e3ece2", "#5e8a5a").lay(emoji("1f33d", 330, -30), -0.12, -0.04, 56).lay(
        emoji("1f33d", 260, 30), 0.42, 0.2, 36
    ).steam(0.4)


@COOKBOOK.add("ham-egg-sandwich", "butter")
def ham_egg_sandwich(dish: Dish) -> None:
    dish.on(board, wide=580, deep=260, y=470).lay(emoji("1f96a", 330), -0.12, -0.1, 110, 0.5)
    dish.lay(emoji("1f345", 110, -8), 0.72, 0.3, 30).lay(emoji("1f96c", 120, 20), -0.8, 0.3, 26)


@COOKBOOK.add("soy-milk", "sky")
def soy_milk(dish: Dish) -> None:
    dish.on(bowl, "#e3ece2", "#5e8a5a", rx=226).sauce("#fdf5e0", 1.0, 0).steam()
    dish.beside(tinted(emoji("1fad8", 150, 10), "#ecca86", 0.72), 715, 500)


@COOKBOOK.add("warm-milk", "sky")
def warm_milk(dish: Dish) -> None:
    dish.on(plate, "#fffaf2", "#7aa2cf", rx=220, ry=120, y=520).lay(
        tinted(emoji("1f95b", 360), "#fff3dc", 0.2), 0, 0, 150, 0.4
    )


@COOKBOOK.add("bubble-tea", "sky")
def bubble_tea(dish: Dish) -> None:
    dish.on(plate, "#fdf1e2", "#a9773c", rx=210, ry=110, y=540).lay(emoji("1f9cb", 400), 0, 0, 170, 0.4)


@COOKBOOK.add("lemon-iced-tea", "sky")
def lemon_iced_tea(dish: Dish) -> None:
    dish.on(glass, "#d9902f").lay(tinted(emoji("1f9ca", 92, 8), "#fff3d6", 0.3), -0.3, 0.2, -4, 0)
    dish.lay(emoji("1f34b", 150, 10), 0.9, -1.6, 20).lay(leaf("#4f9a3c", 66), -0.1, -0.4, 22)


@COOKBOOK.add("jasmine-tea", "sky")
def jasmine_tea(dish: Dish) -> None:
    dish.on(plate, "#c99b6a", "", rx=260, ry=140, y=500).lay(
        tinted(emoji("1fad6", 280), "#8a4a2e", 0.5), -0.42, -0.2, 90, 0.5
    )
    dish.lay(emoji("1f375", 220), 0.52, 0.26, 50, 0.4)


@COOKBOOK.add("coffee", "sky")
def coffee(dish: Dish) -> None:
    dish.on(plate, "#f2f5f7", "#5a4636", rx=270, ry=160, y=470).lay(emoji("2615", 330), 0.0, -0.1, 50, 0.5)
    dish.lay(emoji("1f36a", 96, 10), 0.74, 0.42, 6)


@COOKBOOK.add("sour-plum-drink", "sky")
def sour_plum_drink(dish: Dish) -> None:
    dish.on(glass, "#7a1f2c").lay(tinted(emoji("1f9ca", 92, -8), "#d98a94", 0.35), -0.34, 0.2, -4, 0)
    dish.lay(tinted(emoji("1f9ca", 84, 16), "#d98a94", 0.35), 0.4, 0.1, 0, 0).lay(leaf("#4f9a3c", 70), 0.05, -0.3, 26)
    dish.beside(emoji("1f352", 140, -6), 660, 545)


@COOKBOOK.add("orange-juice", "sky")
def orange_juice(dish: Dish) -> None:
    dish.on(glass, "#f79a1e", tall=330).lay(wedge("#f08a1a", "#ffc04a", 150), 0.92, -1.1, 34)
    dish.beside(emoji("1f34a", 180), 320, 520).beside(emoji("1f34a", 150, 20), 650, 545)


@COOKBOOK.add("fruit-cup", "sky")
def fruit_cup(dish: Dish) -> None:
    mix = [(emoji("1f353", 112, 0, 40), 4), (emoji("1f95d", 118, 0, 30), 3), (emoji("1fad0", 100, 0, 30), 3)]
    mix += [(cube("#ffc94a", "#f0a52a", 70), 7), (cube("#f2606a", "#d8434f", 70), 5)]
    dish.on(bowl, "#dff0f5", "#7aa2cf", rx=226).heap(mix, 0.8, 66).lay(leaf("#4f9a3c", 70), 0.05, -0.1, 90)


@COOKBOOK.add("mung-bean-soup", "sky")
def mung_bean_soup(dish: Dish) -> None:
    dish.on(bowl, "#f7f3e6", "#8fb36a", rx=236).sauce("#a3b45c", 1.0, 6).scatter(
        dot("#6f8f38", 22, 0.7), 90, 0.88, 0, 0.2
    )
    dish.scatter(dot("#f6b52c", 10, 0.8), 26, 0.7, 4, 0.1)


@COOKBOOK.add("caramel-pudding", "sky")
def caramel_pudding(dish: Dish) -> None:
    dish.on(plate, "#fffaf2", "#a9773c", rx=250, ry=140, y=470).sauce("#8a4412", 0.8, 4).lay(
        emoji("1f36e", 340), 0, 0, 70, 0.4
    )


@COOKBOOK.add("soft-ice-cream", "sky")
def soft_ice_cream(dish: Dish) -> None:
    dish.on(plate, "#eef1fb", "#7aa2cf", rx=200, ry=104, y=560).lay(emoji("1f366", 420), 0, 0, 190, 0.4)
