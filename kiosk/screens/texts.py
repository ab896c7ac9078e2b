"""Every sentence on the screens, in one language. English message ids, gettext catalogues in assets/locales."""

from __future__ import annotations

import gettext as gettext_module
import logging
import struct
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from kiosk.domain.diet import Block, BlockReason
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import MealPeriod
from kiosk.domain.money import Money

LOCALES = Path(__file__).resolve().parents[2] / "assets" / "locales"
CATALOGUES = {"zh": "zh_CN", "en": "en"}
log = logging.getLogger(__name__)
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€"}
MINUS = "−"


class Texts:
    """Texts, amounts and times in `language` ("zh" or "en"). In English when the language's compiled catalogue is
    missing or damaged (`make catalogues` makes it): a terminal sells all the same.
    """

    def __init__(self, language: str, locales: Path = LOCALES) -> None:
        self.language = language
        catalogue = _catalogue(locales, CATALOGUES[language])
        self.gettext = catalogue.gettext
        self.ngettext = catalogue.ngettext
        self.pgettext = catalogue.pgettext

    def of(self, text: LocalText) -> str:
        """The menu's own text in this language."""
        return text.get(self.language)

    def money(self, amount: Money) -> str:
        """ "¥12.50", "−¥0.50"; a currency without a symbol here by its code."""
        sign = MINUS if amount.is_negative else ""
        symbol = _SYMBOLS.get(amount.currency, amount.currency + " ")
        return f"{sign}{symbol}{amount.decimal_text().lstrip('-')}"

    def price_difference(self, amount: Money) -> str:
        """ "+¥2.00", "−¥1.00", nothing for no difference."""
        if not amount:
            return ""
        return self.money(amount) if amount.is_negative else f"+{self.money(amount)}"

    def meal_period(self, period: MealPeriod) -> str:
        """ "午餐 10:30–13:30"."""
        # Translators: a meal period and its hours
        template = self.gettext("{meal} {start}–{end}")
        return template.format(meal=self.of(period.name), start=f"{period.starts:%H:%M}", end=f"{period.ends:%H:%M}")

    def listed(self, names: Sequence[str]) -> str:
        """Several names in a row, as this language separates them."""
        # Translators: stands between the items of a list
        return self.gettext(", ").join(names)

    def allergen(self, allergen: Allergen) -> str:
        """What it is called: "peanut"."""
        _ = self.gettext
        return {
            Allergen.GLUTEN: _("gluten"),
            Allergen.CRUSTACEAN: _("shellfish"),
            Allergen.FISH: _("fish"),
            Allergen.EGG: _("egg"),
            Allergen.PEANUT: _("peanut"),
            Allergen.SOY: _("soy"),
            Allergen.MILK: _("milk"),
            Allergen.NUT: _("tree nuts"),
            Allergen.SESAME: _("sesame"),
        }[allergen]

    def allergen_title(self, allergen: Allergen) -> str:
        """The same standing alone, as on a button: "Peanut"."""
        name = self.allergen(allergen)
        return name[:1].upper() + name[1:]

    def diet_tag(self, tag: DietTag) -> str:
        _ = self.gettext
        return {DietTag.VEGETARIAN: _("Vegetarian"), DietTag.HALAL: _("Halal")}[tag]

    def block(self, block: Block) -> str:
        """Why a dish does not suit: "Contains peanut"."""
        _ = self.gettext
        if block.reason is BlockReason.ALLERGEN and block.allergen is not None:
            return _("Contains {allergen}").format(allergen=self.allergen(block.allergen))
        if block.reason is BlockReason.NOT_TAGGED and block.tag is not None:
            return {DietTag.VEGETARIAN: _("Not vegetarian"), DietTag.HALAL: _("Not halal")}[block.tag]
        if block.reason is BlockReason.SPICY:
            return _("Spicy")
        return _("Ingredients unknown")


def _catalogue(locales: Path, name: str) -> gettext_module.NullTranslations:
    try:
        return gettext_module.translation("kiosk", locales, languages=[name])
    except (OSError, ValueError, LookupError, struct.error) as error:  # missing, or no sound one
        log.warning("catalogue_not_read", extra={"catalogue": name, "error": str(error)})
        return gettext_module.NullTranslations()


@cache
def texts_for(language: str) -> Texts:
    """The texts of a language, read once."""
    return Texts(language)
