"""Reasons are chosen from keys in the language of whoever stands there: nobody needs a keyboard for Chinese."""

from __future__ import annotations

import re

import pytest

from kiosk.domain.text import check_text
from kiosk.screens.admin import orders_words, shift_words, stock_words
from kiosk.screens.admin_flow.orders_state import BackKind
from kiosk.screens.admin_flow.shift_state import Choice
from kiosk.screens.texts import Texts, texts_for

MAX_CHARS = 40  # as much as a paper has room for


def reasons_everywhere(texts: Texts) -> dict[str, list[str]]:
    """By what they are asked for."""
    found = {f"give back: {kind}": list(orders_words.reasons_for(kind, texts)) for kind in BackKind}
    found |= {f"cash: {choice}": list(shift_words.reasons(choice, texts)) for choice in Choice}
    return found | {"waste": [words for _, words in stock_words.reasons(texts)]}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_act_has_a_few_that_fit(language: str) -> None:
    for what, reasons in reasons_everywhere(texts_for(language)).items():
        assert 3 <= len(set(reasons)) == len(reasons) <= 6, what
        for reason in reasons:
            check_text(reason, MAX_CHARS, what)
            assert bool(re.search(r"[A-Za-z]", reason)) is (language == "en"), (what, reason)
