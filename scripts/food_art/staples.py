"""How rice, noodles and dumplings are plated."""

from __future__ import annotations

from scripts.food_art.crockery import board, bowl, plate, pot
from scripts.food_art.dish import Dish
from scripts.food_art.made_pieces import dumpling, slab
from scripts.food_art.pieces import (
    chilli,
    chunk,
    cube,
    dot,
    egg_half,
    emoji,
    fried_egg,
    leaf,
    peanut,
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
TOMATO = wedge("#d8302a", "#ef6248", 86, "#f8c66a")
GREENS = leaf("#4f9a3c", 130, "#eaf6d2", 0.42)
PEA = dot("#7fbf3f", 20, 0.95, 0.9)
CARROT = chunk("#ef8a2c", 34, 0.12, 0.8)
BEEF = sliced("#a05c40", "#6b3423", 118, 3)
CORIANDER = leaf("#3f8a3a", 40)


@COOKBOOK.add("steamed-rice", "wheat")
def steamed_rice(dish: Dish) -> None:
    dish.on(bowl, "#fbf6ee", "#3b6ea5").rice(1.0, 120).steam()


@COOKBOOK.add("braised-pork-rice", "wheat")
def braised_pork_rice(dish: Dish) -> None:
    dish.on(bowl, "#3f5068", "#e3c28a").rice(0.98, 56)
    dish.heap([(chunk("#7c3a1e", 44, 0.2, 0.9), 84)], 0.58, 86, (-0.2, 0.04)).lay(
        egg_half(128, "#f3dfbe"), 0.56, 0.16, 40
    )
    dish.heap([(leaf("#4f9a3c", 96, "#eaf6d2", 0.42), 4)], 0.16, 40, (0.5, -0.46)).scatter(scallion(26), 7, 0.4, 92)


@COOKBOOK.add("black-pepper-beef-rice", "wheat")
def black_pepper_beef_rice(dish: Dish) -> None:
    dish.on(plate, "#fffaf2", "#5a4636").rice(0.96, 50)
    mix = [
        (sliced("#8f5138", "#6b3423", 100, 3), 24),
        (chunk("#4f9a3c", 54, 0.2, 0.9), 9),
        (chunk("#e2b33a", 52, 0.2, 0.9), 8),
    ]
    dish.heap([*mix, (chunk("#d8392b", 52, 0.2, 0.9), 8)], 0.56, 84, (0.2, 0.06)).scatter(
        dot("#2c1a12", 7), 34, 0.6, 80
    )


@COOKBOOK.add("curry-chicken-rice", "wheat")
def curry_chicken_rice(dish: Dish) -> None:
    dish.on(plate, "#eef3f4", "#d99a2b").sauce("#d9912b", 1.0)
    dish.heap(
        [(chunk("#c7813a", 76), 8), (chunk("#f3d27a", 70, 0.12, 0.5), 7), (chunk("#ef7f2c", 58, 0.12, 0.8), 6)],
        0.5,
        38,
        (0.3, 0.12),
    )
    dish.heap([(dot("#fffaf0", 23, 0.5, 0.4), 260)], 0.44, 80, (-0.42, -0.12)).scatter(CORIANDER, 4, 0.5, 40).steam()


@COOKBOOK.add("yangzhou-fried-rice", "wheat")
def yangzhou_fried_rice(dish: Dish) -> None:
    dish.on(plate, "#fffaf2", "#3b6ea5").rice(0.92, 112, "#fbdf8c")
    mix = [(PEA, 22), (CARROT, 11), (scrambled(46), 11), (chunk("#e88a7a", 38, 0.1, 0.7), 9)]
    dish.heap(mix, 0.72, 122).heap([(emoji("1f364", 112, 0, 40), 3)], 0.3, 130).scatter(scallion(24), 10, 0.66, 126)


@COOKBOOK.add("chicken-cutlet-rice", "wheat")
def chicken_cutlet_rice(dish: Dish) -> None:
    dish.on(plate, "#fffaf2", "#d9822b").rice(0.94, 34).heap([(GREENS, 5)], 0.3, 30, (-0.62, -0.3))
    dish.lay(slab("#d18a3a", 430, 224, "#fbe8c8", 7, "#f0bd6e"), 0.1, 0.08, 44)


@COOKBOOK.add("claypot-rice", "wheat")
def claypot_rice(dish: Dish) -> None:
    dish.on(pot, "#6b4432").rice(0.98, 30, "#fbf0da")
    dish.heap([(sliced("#a8322a", "#7c1f1a", 92, 3), 12)], 0.42, 46, (-0.36, 0.1)).heap(
        [(GREENS, 6)], 0.3, 40, (0.5, -0.3)
    )
    dish.heap([(sliced("#e7b98a", "#a8552f", 84), 6)], 0.3, 50, (0.42, 0.34)).lay(
        fried_egg(140), 0.12, -0.2, 50
    ).steam()


@COOKBOOK.add("tofu-rice", "wheat")
def tofu_rice(dish: Dish) -> None:
    dish.on(bowl, "#eef1e6", "#5e8a5a").rice(0.98, 46)
    dish.heap([(cube("#eebf6a", "#d59a45", 88), 12), (shiitake(62), 4), (CARROT, 7), (PEA, 9)], 0.66, 76, (0.06, 0.1))
    dish.heap([(GREENS, 3)], 0.2, 56, (-0.6, -0.4)).scatter(scallion(24), 6, 0.5, 84)


@COOKBOOK.add("shrimp-cutlet-bento", "wheat")
def shrimp_cutlet_bento(dish: Dish) -> None:
    dish.on(board, "#e0b27a", wide=560, deep=250, y=470).lay(emoji("1f371", 540), 0, 0, 84, 0.6)


@COOKBOOK.add("stone-bowl-rice", "wheat")
def stone_bowl_rice(dish: Dish) -> None:
    dish.on(pot, "#4b4a4e", handles=False).rice(0.98, 20)
    parts = [
        strip("#ef8a2c", 84, 7, 10),
        strip("#f5efcf", 84, 7, 10),
        GREENS,
        strip("#7c4a2c", 80, 9, 10),
        strip("#c8e08a", 84, 7, 10),
    ]
    for piece, (u, v) in zip(
        parts, ((-0.5, -0.36), (0.45, -0.42), (0.62, 0.22), (0.05, 0.56), (-0.58, 0.26)), strict=True
    ):
        dish.heap([(piece, 6 if piece is GREENS else 17)], 0.27, 26, (u, v))
    dish.lay(fried_egg(176), 0, 0.02, 34).scatter(SESAME, 30, 0.7, 30)
    dish.lay(chunk("#b5261a", 78, 0.2, 1.0), 0.34, 0.5, 30).steam()


@COOKBOOK.add("roast-duck-rice", "wheat")
def roast_duck_rice(dish: Dish) -> None:
    dish.on(plate, "#f7ead6", "#9a3b26").rice(0.94, 44)
    dish.lay(slab("#b04a1a", 400, 190, "#f3d3ac", 9), -0.1, 0.1, 50)
    dish.heap([(GREENS, 5)], 0.24, 40, (0.6, -0.3)).scatter(SESAME, 18, 0.5, 76)


@COOKBOOK.add("lanzhou-beef-noodles", "amber")
def lanzhou_beef_noodles(dish: Dish) -> None:
    dish.on(bowl, "#f6f9fb", "#2f6da3", rx=258).sauce("#d9b878").oil("#e2571d", 16).noodles("#f8e6b4", 100, 0.94, 34, 8)
    dish.heap([(BEEF, 8)], 0.36, 52, (-0.3, 0.1)).heap([(sliced("#fdfaf0", "#e6e3cf", 78), 5)], 0.26, 40, (0.4, -0.24))
    dish.heap([(chunk("#c2200f", 28, 0.2, 1.0), 12)], 0.2, 36, (0.36, 0.34)).scatter(CORIANDER, 6, 0.5, 44)
    dish.scatter(scallion(22), 9, 0.6, 40).steam()


@COOKBOOK.add("braised-beef-noodles", "amber")
def braised_beef_noodles(dish: Dish) -> None:
    dish.on(bowl, "#3a3f47", "#c8553d", rx=258).sauce("#7a3216").oil("#d9622a", 18).noodles("#efcf8e", 90, 0.92, 34, 9)
    dish.heap([(BEEF, 11)], 0.42, 62, (-0.24, 0.06)).heap([(GREENS, 4)], 0.22, 40, (0.46, -0.3))
    dish.lay(egg_half(104, "#efd6ae"), 0.48, 0.26, 30).scatter(scallion(24), 7, 0.5, 56).steam()


@COOKBOOK.add("dan-dan-noodles", "amber")
def dan_dan_noodles(dish: Dish) -> None:
    dish.on(bowl, "#f4e6d0", "#b3261e").sauce("#a32c12").noodles("#f3d490", 110, 0.94, 52, 8)
    dish.heap([(chunk("#7c4426", 30, 0.25), 44)], 0.36, 76).scatter(peanut(26), 12, 0.5, 74).scatter(
        scallion(24), 9, 0.6, 64
    )
    dish.heap([(GREENS, 3)], 0.16, 40, (-0.56, -0.36))


@COOKBOOK.add("zhajiang-noodles", "amber")
def zhajiang_noodles(dish: Dish) -> None:
    dish.on(bowl, "#dfe9ec", "#46606e", rx=258).noodles("#f6e0a8", 120, 0.97, 34, 10)
    dish.heap([(chunk("#54290f", 38, 0.22, 1.0), 60)], 0.36, 74)
    parts = ("#7fbf4a", "#ef8a2c", "#e4577a", "#f2f2d8")
    for colour, (u, v) in zip(parts, ((-0.56, -0.2), (0.5, -0.34), (0.54, 0.32), (-0.46, 0.42)), strict=True):
        dish.heap([(strip(colour, 78, 7, 10), 11)], 0.17, 46, (u, v))


@COOKBOOK.add("scallion-noodles", "amber")
def scallion_noodles(dish: Dish) -> None:
    dish.on(plate, "#3b444b", "#c59b62").noodles("#dca552", 190, 0.9, 84, 8)
    dish.heap([(strip("#5d7a2c", 110, 6, 20), 18), (strip("#8a5a24", 100, 5, 20), 8)], 0.36, 84).scatter(
        SESAME, 16, 0.6, 80
    )


@COOKBOOK.add("shrimp-wonton-noodles", "amber")
def shrimp_wonton_noodles(dish: Dish) -> None:
    dish.on(bowl, "#fffaf2", "#2e8b7a", rx=258).sauce("#e6c27a").noodles("#f3d070", 100, 0.92, 26, 6)
    dish.heap([(tinted(dumpling(132), "#ffdcc2", 0.25), 6)], 0.46, 44, (-0.14, 0.1)).lay(
        emoji("1f990", 140, 8), 0.42, -0.2, 40
    )
    dish.heap([(GREENS, 3)], 0.16, 40, (-0.5, -0.46)).scatter(scallion(22), 8, 0.6, 40).steam()


@COOKBOOK.add("guilin-rice-noodles", "amber")
def guilin_rice_noodles(dish: Dish) -> None:
    dish.on(bowl, "#d8e6dc", "#3f7d54").sauce("#b3713a").noodles("#fdf8ec", 90, 0.94, 36, 12)
    dish.heap([(sliced("#a8623c", "#7a3c22", 96, 3), 6)], 0.3, 54, (-0.3, 0.1)).scatter(peanut(30), 12, 0.5, 50)
    dish.heap([(dot("#86a03a", 22, 0.8), 22)], 0.26, 50, (0.36, 0.0)).scatter(chilli("#c8201a", 60), 3, 0.4, 56)


@COOKBOOK.add("crossing-bridge-noodles", "amber")
def crossing_bridge_noodles(dish: Dish) -> None:
    dish.on(bowl, "#f6f1e6", "#b98a3c", rx=264).sauce("#eccb84").oil("#f0b84a", 30).noodles("#fffaf0", 80, 0.9, 18, 9)
    dish.heap([(sliced("#fbe3d4", "#eab8a0", 92), 7)], 0.34, 30, (-0.36, 0.1)).heap(
        [(shiitake(64), 4)], 0.24, 30, (0.4, 0.24)
    )
    dish.lay(egg_half(92), 0.32, -0.36, 20).heap([(GREENS, 4)], 0.2, 24, (-0.16, -0.46)).scatter(
        scallion(22), 8, 0.7, 24
    ).steam()


@COOKBOOK.add("tomato-egg-noodles", "amber")
def tomato_egg_noodles(dish: Dish) -> None:
    dish.on(bowl, "#e6eff3", "#5b93ab").sauce("#e2693a").noodles("#f6e0a8", 86, 0.92, 30, 9)
    dish.heap([(scrambled(84), 8), (TOMATO, 6)], 0.5, 52).scatter(scallion(24), 9, 0.6, 50).steam()


@COOKBOOK.add("hot-sour-glass-noodles", "amber")
def hot_sour_glass_noodles(dish: Dish) -> None:
    dish.on(bowl, "#2f3a41", "#d9822b").sauce("#a8320f").oil("#e2571d", 30).noodles("#cdb79a", 80, 0.92, 28, 10)
    dish.scatter(peanut(30), 14, 0.6, 34).scatter(dot("#d9a441", 18, 0.9), 10, 0.6, 34).scatter(
        chilli("#c8201a", 68), 4, 0.5, 36
    )
    dish.heap([(GREENS, 3)], 0.16, 30, (0.5, -0.34)).scatter(scallion(24), 9, 0.6, 34).steam()


@COOKBOOK.add("pork-dumplings", "amber")
def pork_dumplings(dish: Dish) -> None:
    dish.on(plate, "#eef3f6", "#2f6da3")
    for v, row in ((-0.58, 3), (-0.16, 4), (0.24, 3), (0.6, 2)):
        for i in range(row):
            dish.lay(dumpling(158), (i - (row - 1) / 2) * 0.44, v, 16, 0.6)
    dish.scatter(scallion(24), 8, 0.5, 30).steam()


@COOKBOOK.add("spaghetti-bolognese", "amber")
def spaghetti_bolognese(dish: Dish) -> None:
    dish.on(plate, "#fffaf2", "#7a9a4a").noodles("#f5cf6a", 190, 0.88, 84, 9)
    dish.heap([(chunk("#b5361c", 50, 0.22, 0.9), 54)], 0.46, 104).scatter(dot("#fdf0c8", 11, 0.6), 36, 0.42, 118)
    dish.lay(leaf("#3f8a3a", 84), 0.04, -0.06, 124).lay(leaf("#4f9a3c", 74), -0.1, 0.02, 124)
