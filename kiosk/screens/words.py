"""Words that several screens share: the other language, and what somebody chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.domain.cart import Cart, DishChoice, Selection
from kiosk.domain.menu import Menu
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.screens.texts import Texts
from kiosk.services.journal import CardPayment, Fate


@dataclass(frozen=True, slots=True)
class Language:
    """`name` in the language itself, so that who needs it can read it."""

    code: str
    name: str
    short_name: str


CHINESE = Language("zh", "中文", "中文")
ENGLISH = Language("en", "English", "EN")


def other_language(texts: Texts) -> Language:
    """The one that is not shown."""
    return CHINESE if texts.language == ENGLISH.code else ENGLISH


@dataclass(frozen=True, slots=True)
class SelectionWords:
    """`name` of the dish or combo; `details`: the dishes of a combo and the options chosen."""

    name: str
    details: str
    art: str


def selection_words(selection: Selection, menu: Menu, texts: Texts) -> SelectionWords:
    """The selection must be on that menu."""
    if selection.combo_id is None:
        dish = menu.dish_by_id[selection.dishes[0].dish_id]
        return SelectionWords(texts.of(dish.name), _joined(_options(selection.dishes[0], menu, texts)), dish.art)
    combo = menu.combo_by_id[selection.combo_id]
    return SelectionWords(texts.of(combo.name), _joined([_slot(c, menu, texts) for c in selection.dishes]), combo.art)


def cart_words(cart: Cart, menu: Menu, texts: Texts) -> str:
    """The names of what is in a cart, in one sentence."""
    names = []
    for line in cart.lines:
        name = selection_words(line.selection, menu, texts).name
        names.append(name if line.quantity == 1 else f"{name} × {line.quantity}")
    return texts.listed(names)


def parts_words(parts: Sequence[PaymentPart], texts: Texts) -> str:
    """How an order was paid: "Card ¥12.00 · Coupon ¥5.00"; nothing when it was in one way."""
    return _joined([_part(part, texts) for part in parts])


def _part(part: PaymentPart, texts: Texts) -> str:
    amount, count = texts.money(part.value), part.used.minor if part.used else 0
    words = {
        # Translators: one of the ways in which an order was paid, with how much
        PaymentMethod.BALANCE: texts.gettext("Card {amount}"),
        PaymentMethod.COUPON: texts.gettext("Coupon {amount}"),
        PaymentMethod.POINTS: texts.ngettext("{n} point {amount}", "{n} points {amount}", count),
        PaymentMethod.COUNTER: texts.gettext("At the counter {amount}"),
    }[part.method]
    return words.format(amount=amount, n=count)


def payment_words(payment: CardPayment, texts: Texts) -> str:
    """What became of a payment by card or face, for everybody's eyes: no name and no amount."""
    _ = texts.gettext
    number = payment.order.number if payment.order else ""
    sentence = {
        Fate.PAID: _("The last payment by card …{card} at {time}: paid. The order number is {number}."),
        Fate.DUE: _(
            "The last payment by card …{card} at {time}: part of it is paid. "
            "Please pay the rest at the counter. The order number is {number}."
        ),
        Fate.NOT_CHARGED: _("The last payment by card …{card} at {time}: not charged."),
        Fate.BEING_CHECKED: _("The last payment by card …{card} at {time}: being checked."),
    }[payment.fate]
    if not payment.card_end:
        sentence = {
            Fate.PAID: _("The last payment by face at {time}: paid. The order number is {number}."),
            Fate.DUE: _(
                "The last payment by face at {time}: part of it is paid. "
                "Please pay the rest at the counter. The order number is {number}."
            ),
            Fate.NOT_CHARGED: _("The last payment by face at {time}: not charged."),
            Fate.BEING_CHECKED: _("The last payment by face at {time}: being checked."),
        }[payment.fate]
    return sentence.format(card=payment.card_end, time=payment.at.strftime("%H:%M"), number=number)


def _slot(choice: DishChoice, menu: Menu, texts: Texts) -> str:
    """A dish of a combo; its options only where they are not what it comes with."""
    dish = menu.dish_by_id[choice.dish_id]
    name = texts.of(dish.name)
    if choice.options == DishChoice.default(dish).options:
        return name
    # Translators: a dish of a combo and how it is wanted
    return texts.gettext("{dish} ({options})").format(dish=name, options=texts.listed(_options(choice, menu, texts)))


def _options(choice: DishChoice, menu: Menu, texts: Texts) -> list[str]:
    dish = menu.dish_by_id[choice.dish_id]
    return [
        texts.of(option.name)
        for group in dish.option_groups
        for option in group.choices
        if option.id in choice.choice_ids(group.id)
    ]


def _joined(words: list[str]) -> str:
    return " · ".join(words)


def camera_words(texts: Texts) -> str:
    """While a camera takes pictures, where none are shown."""
    return texts.gettext("The camera is on. It only looks whether it knows you; no picture is kept.")


def enrolling_words(texts: Texts) -> str:
    """While a face is enrolled, under the picture and its light."""
    return texts.gettext("The numbers that stand for your face are worked out; no picture is kept.")


def camera_light(texts: Texts) -> str:
    """Beside the lamp on the picture."""
    return texts.gettext("Camera on")
