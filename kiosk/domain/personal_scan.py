"""Finding in a line of text what tells who somebody is."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[0-9A-Za-z]+")
# A name that is masked has a star; ids, cards' numbers and such are words.
_STAR = "*"
_SHORTEST_ID = 4


class PersonalScan:
    """`texts`: ids, cards' numbers, names, hashes. Looking takes time by a line's length, not by how many people there
    are, but for full names, of which only staff have some. Ids shorter than four characters are found nowhere: they
    stand in every line."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._masked: set[str] = set()
        self._phrases: set[str] = set()
        for text in texts:
            if _WORD.fullmatch(text) and not text.isalpha():
                if len(text) >= _SHORTEST_ID:
                    self._words.add(text.upper())
            elif _STAR in text:
                self._masked.add(text)
            else:
                self._phrases.add(text)

    def finds(self, line: str) -> bool:
        if any(word.upper() in self._words for word in _WORD.findall(line)):
            return True
        if any(phrase in line for phrase in self._phrases):
            return True
        return _STAR in line and any(masked in line for masked in self._masked)
