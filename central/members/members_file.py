"""The canteen's members as a CSV file, as spreadsheets write it (config/demo/members.csv is one).

| column | |
|---|---|
| member_id, name, unit | who; the unit (单位) may be empty |
| card_uids | hex, as the reader sends them, separated by spaces |
| balance | opening balance, "50.00" |
| blocked_card_uids | cards reported lost |
| group | one of the settings' [credit_lines], such as staff: how far the balance may fall below zero |
| credit_line | the same for this member alone, "20.00"; goes before the group's |
| avoids, keeps | allergens and diet tags, separated by spaces |
| no_spicy | yes (是) or no (否) |

The first five must be there; where another is left out or empty it means none. Reasons name no person and no card: they
end in logs.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from kiosk.configfile import ConfigFileError, read_text, text_fault
from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.ids import MemberId
from kiosk.domain.member import Card, CardState, is_card_uid
from kiosk.domain.member_act import MAX_CARDS
from kiosk.domain.money import Money, MoneyError

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_ROWS = 200_000
MAX_NAME_CHARS = 60
REQUIRED = ("member_id", "name", "unit", "card_uids", "balance")
OPTIONAL = ("blocked_card_uids", "group", "credit_line", "avoids", "keeps", "no_spicy")
_MEMBER_ID = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
_YES_NO = {"yes": True, "是": True, "no": False, "否": False, "": False}

Tag = TypeVar("Tag", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member to import. `balance` is the opening balance; `credit_line` how far it may fall below zero."""

    id: MemberId
    name: str
    unit: str
    cards: tuple[Card, ...]
    balance: Money
    credit_line: Money
    diet: DietProfile


@dataclass(frozen=True, slots=True)
class _Row:
    """One row's cells by column, and how to complain about them."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def words(self, column: str) -> list[str]:
        return self.get(column).split()

    def error(self, column: str, reason: str) -> ConfigFileError:
        return ConfigFileError(self.path, reason, line=self.line, field=column)


def load_members(path: Path, credit_lines: Mapping[str, int]) -> tuple[MemberRow, ...]:
    """Every member of the file, in its order. `credit_lines`: of each group, in minor units. Raises ConfigFileError
    (file, line, column) unless all rows are good."""
    members: list[MemberRow] = []
    line_of_id: dict[str, int] = {}
    line_of_card: dict[str, int] = {}
    for row in _rows(path, read_text(path, MAX_FILE_BYTES)):
        if len(members) == MAX_ROWS:
            raise row.error("", f"more than {MAX_ROWS} members")
        member = _member(row, credit_lines)
        _claim(row, "member_id", member.id, line_of_id)
        for card in member.cards:
            column = "card_uids" if card.state is CardState.ACTIVE else "blocked_card_uids"
            _claim(row, column, card.uid, line_of_card)
        members.append(member)
    return tuple(members)


def _claim(row: _Row, column: str, key: str, line_of: dict[str, int]) -> None:
    if key in line_of:
        raise row.error(column, f"stands in line {line_of[key]} already")
    line_of[key] = row.line


def _rows(path: Path, text: str) -> Iterator[_Row]:
    """The rows below the header, empty lines left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: Sequence[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise ConfigFileError(path, f"is not CSV: {error}", line=line) from error
        if cells is None:
            break
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _columns(path, line, cells)
            continue
        if len(cells) != len(columns):
            reason = f"has {len(cells)} cells, the header {len(columns)}"
            raise ConfigFileError(path, reason, line=line, field=columns[min(len(cells), len(columns) - 1)])
        yield _Row(path, line, dict(zip(columns, cells, strict=True)))
    if columns is None:
        raise ConfigFileError(path, "has no header", line=1, field=REQUIRED[0])


def _columns(path: Path, line: int, cells: Sequence[str]) -> Sequence[str]:
    names = [cell.strip() for cell in cells]
    for name in names:
        if name not in REQUIRED + OPTIONAL:
            known = ", ".join(REQUIRED + OPTIONAL)
            raise ConfigFileError(path, f"unknown column; known: {known}", line=line, field=name[:40])
        if names.count(name) > 1:
            raise ConfigFileError(path, "the column stands twice", line=line, field=name)
    for name in REQUIRED:
        if name not in names:
            raise ConfigFileError(path, "the column is missing", line=line, field=name)
    return names


def _member(row: _Row, credit_lines: Mapping[str, int]) -> MemberRow:
    member_id = row.get("member_id")
    if not _MEMBER_ID.fullmatch(member_id):
        raise row.error("member_id", "must be 1 to 40 letters, digits, - or _")
    for column in ("name", "unit"):
        fault = text_fault(row.get(column), MAX_NAME_CHARS)
        if fault and (column == "name" or row.get(column)):
            raise row.error(column, fault)
    if row.get("no_spicy").lower() not in _YES_NO:
        raise row.error("no_spicy", "must be yes or no")
    return MemberRow(
        id=MemberId(member_id),
        name=row.get("name"),
        unit=row.get("unit"),
        cards=_cards(row, MemberId(member_id)),
        balance=_amount(row, "balance"),
        credit_line=_credit_line(row, credit_lines),
        diet=DietProfile(
            avoids=_tags(row, "avoids", Allergen),
            keeps=_tags(row, "keeps", DietTag),
            no_spicy=_YES_NO[row.get("no_spicy").lower()],
        ),
    )


def _cards(row: _Row, member_id: MemberId) -> tuple[Card, ...]:
    cards: list[Card] = []
    for column, state in (("card_uids", CardState.ACTIVE), ("blocked_card_uids", CardState.BLOCKED)):
        for word in row.words(column):
            uid = word.upper()
            if not is_card_uid(uid):
                raise row.error(column, "must be card UIDs of 4 to 10 bytes in hex, separated by spaces")
            cards.append(Card(uid, member_id, state))
        if len(cards) > MAX_CARDS:
            raise row.error(column, f"more than {MAX_CARDS} cards")
    return tuple(cards)


def _credit_line(row: _Row, credit_lines: Mapping[str, int]) -> Money:
    group = row.get("group")
    if group and group not in credit_lines:
        raise row.error("group", f"has no credit line in the settings; known: {', '.join(credit_lines) or 'none'}")
    if row.get("credit_line"):
        return _amount(row, "credit_line")
    return Money(credit_lines[group]) if group else Money.zero()


def _amount(row: _Row, column: str) -> Money:
    try:
        amount = Money.parse(row.get(column))
    except MoneyError as error:
        raise row.error(column, "must be an amount such as 12.50") from error
    if amount.is_negative:
        raise row.error(column, "is below zero")
    return amount


def _tags(row: _Row, column: str, kind: type[Tag]) -> frozenset[Tag]:
    try:
        return frozenset(kind(word) for word in row.words(column))
    except ValueError as error:
        raise row.error(column, f"must be some of: {', '.join(kind)}") from error
