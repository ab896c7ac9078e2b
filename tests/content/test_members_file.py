"""The members' CSV file: what is read, and that any malformed row refuses the whole file with line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.members import members_file
from central.members.members_file import OPTIONAL, REQUIRED, MemberRow, load_members
from kiosk.configfile import ConfigFileError
from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.member import CardState
from kiosk.domain.money import Money

HEADER = "member_id,name,unit,card_uids,blocked_card_uids,balance,credit_line,avoids,keeps,no_spicy\n"
GOOD = HEADER + (
    "m1,王小明,计算机学院,62E3086CED,,50.00,,,,\n"
    'm2,"Lee, Ann",,02004db005 04A1B2C3D4E5F6,AABBCCDD,3.2,20,peanut fish,vegetarian halal,yes\n'
)


CREDIT_LINES = {"student": 0, "staff": 10_000}


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "members.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refusal(path: Path) -> ConfigFileError:
    with pytest.raises(ConfigFileError) as caught:
        load_members(path, CREDIT_LINES)
    return caught.value


def test_rows_become_members(tmp_path: Path) -> None:
    first, second = load_members(write(tmp_path, GOOD), CREDIT_LINES)
    assert (first.id, first.name, first.unit) == ("m1", "王小明", "计算机学院")
    assert (first.balance, first.credit_line, first.diet) == (Money(5000), Money(0), DietProfile())
    assert [(c.uid, c.state, c.member_id) for c in first.cards] == [("62E3086CED", CardState.ACTIVE, "m1")]
    assert (second.name, second.unit) == ("Lee, Ann", "")
    assert (second.balance, second.credit_line) == (Money(320), Money(2000))
    assert [(c.uid, c.state) for c in second.cards] == [
        ("02004DB005", CardState.ACTIVE),
        ("04A1B2C3D4E5F6", CardState.ACTIVE),
        ("AABBCCDD", CardState.BLOCKED),
    ]
    avoids = frozenset({Allergen.PEANUT, Allergen.FISH})
    keeps = frozenset({DietTag.VEGETARIAN, DietTag.HALAL})
    assert second.diet == DietProfile(avoids, keeps, no_spicy=True)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n").encode(),
        ("\n" + GOOD.replace("\n", "\n\n")).encode(),
        (GOOD + ",,,,,,,,,\n").encode(),
    ],
    ids=["byte order mark", "Windows line ends", "empty lines", "row of empty cells"],
)
def test_what_spreadsheets_write(tmp_path: Path, text: bytes) -> None:
    assert [m.id for m in load_members(write(tmp_path, text), CREDIT_LINES)] == ["m1", "m2"]


def test_only_the_required_columns_in_any_order(tmp_path: Path) -> None:
    (member,) = load_members(write(tmp_path, "balance,unit,card_uids,name,member_id\n1,,,A,m1\n"), CREDIT_LINES)
    assert (member.id, member.cards, member.diet) == ("m1", (), DietProfile())


def test_a_group_gives_its_credit_line_and_a_member_may_have_another(tmp_path: Path) -> None:
    header = "member_id,name,unit,card_uids,balance,group,credit_line\n"
    rows = "m1,A,,,0,staff,\nm2,B,,,0,student,\nm3,C,,,0,staff,5\nm4,D,,,0,,\n"
    members = load_members(write(tmp_path, header + rows), CREDIT_LINES)
    assert [m.credit_line.minor for m in members] == [10_000, 0, 500, 0]


def test_a_group_without_a_credit_line_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigFileError) as caught:
        load_members(write(tmp_path, "member_id,name,unit,card_uids,balance,group\nm1,A,,,0,staf\n"), CREDIT_LINES)
    assert (caught.value.line, caught.value.field) == (2, "group")
    assert "student, staff" in str(caught.value)


# What is replaced, by what, and the line and column to blame.
FAULTS = {
    "no id": ("m2,", ",", 3, "member_id"),
    "id with a space": ("m2,", "m 2,", 3, "member_id"),
    "duplicate id": ("m2,", "m1,", 3, "member_id"),
    "no name": ("王小明", "", 2, "name"),
    "name too long": ("王小明", "王" * 61, 2, "name"),
    "name with a control character": ("王小明", "王\x1b@", 2, "name"),
    "unit with a control character": ("计算机学院", "计\x00", 2, "unit"),
    "card not hex": ("62E3086CED", "62E3086CEZ", 2, "card_uids"),
    "card of odd length": ("62E3086CED", "62E3086CE", 2, "card_uids"),
    "card of 3 bytes": ("62E3086CED", "62E308", 2, "card_uids"),
    "full-width digits": ("62E3086CED", "６２E3086CED", 2, "card_uids"),
    "nine cards": ("62E3086CED", " ".join(f"0000000{i}" for i in range(9)), 2, "card_uids"),
    "duplicate card": ("02004db005", "62e3086ced", 3, "card_uids"),
    "duplicate card in a row": ("AABBCCDD", "02004DB005", 3, "blocked_card_uids"),
    "no balance": ("50.00", "", 2, "balance"),
    "balance in words": ("50.00", "fifty", 2, "balance"),
    "balance below zero": ("50.00", "-0.01", 2, "balance"),
    "balance beyond bounds": ("50.00", "99999999999", 2, "balance"),
    "credit line below zero": (",20,", ",-20,", 3, "credit_line"),
    "unknown allergen": ("peanut fish", "peanut;fish", 3, "avoids"),
    "unknown diet": ("vegetarian halal", "vegan", 3, "keeps"),
    "no_spicy": (",yes", ",maybe", 3, "no_spicy"),
    "cell missing": (",50.00,", ",", 2, "no_spicy"),
    "cell too many": (",yes", ",yes,", 3, "no_spicy"),
    "unknown column": ("credit_line", "credit", 1, "credit"),
    "column missing": ("balance,", "", 1, "balance"),
    "column twice": ("credit_line", "balance", 1, "balance"),
    "quote never closed": ('"Lee, Ann"', '"Lee, Ann', 3, ""),
    "text after a quote": ('"Lee, Ann"', '"Lee, Ann"x', 3, ""),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_fault_names_file_line_and_column(tmp_path: Path, fault: tuple[str, str, int, str]) -> None:
    old, new, line, column = fault
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    error = refusal(path)
    assert (error.path, error.line, error.field) == (path, line, column)


def test_line_counts_lines_inside_quoted_cells(tmp_path: Path) -> None:
    header = "member_id,name,unit,card_uids,balance\n"
    assert refusal(write(tmp_path, header + 'm1,A,,,"1\n"\nm2,B,,,x\n')).line == 4


def test_reasons_name_no_person_and_no_card(tmp_path: Path) -> None:
    error = refusal(write(tmp_path, GOOD + "m3,张三,,62E3086CED,,1,,,,\n"))
    assert error.reason == "stands in line 2 already"
    assert "张三" not in str(error)
    assert "62E3086CED" not in str(error)
    swapped = refusal(write(tmp_path, GOOD.replace("50.00", "王小明")))
    assert "王小明" not in str(swapped)


def test_empty_file_and_unreadable_file(tmp_path: Path) -> None:
    assert (refusal(write(tmp_path, "")).line, refusal(write(tmp_path, "\n\n")).field) == (1, "member_id")
    assert "cannot be read" in refusal(tmp_path / "none.csv").reason
    assert refusal(write(tmp_path, GOOD.encode("gbk"))).reason == "is not UTF-8 text"


def test_file_beyond_bounds(tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(members_file.MAX_FILE_BYTES + 1)
    assert "is larger than" in refusal(big).reason
    assert "field larger than field limit" in refusal(write(tmp_path, HEADER + "m" * 200_000)).reason


def test_one_row_too_many(tmp_path: Path) -> None:
    rows = "".join(f"m{i},A,,,1\n" for i in range(members_file.MAX_ROWS + 1))
    error = refusal(write(tmp_path, "member_id,name,unit,card_uids,balance\n" + rows))
    assert (error.line, error.reason) == (members_file.MAX_ROWS + 2, "more than 200000 members")


CELLS = st.one_of(
    st.text(alphabet='ab7F王,;\t"\n\r\x00\x1b\u3000\ufeff ', max_size=8),
    st.sampled_from(["m1", "王明", "62E3086CED", "02004DB005 62E3086CED", "50.00", "-1", "peanut", "halal", "yes", ""]),
)
COLUMNS = st.lists(st.sampled_from([*REQUIRED, *OPTIONAL, "colour"]), max_size=11)
ROWS = st.lists(st.lists(CELLS, max_size=11), max_size=5)
QUOTES = st.sampled_from(["", '"'])
SEPARATORS = st.sampled_from([",", ";", "\t"])


@st.composite
def csv_like(draw: st.DrawFn) -> bytes:
    quote, separator = draw(QUOTES), draw(SEPARATORS)
    rows = [list(REQUIRED) if draw(st.booleans()) else draw(COLUMNS), *draw(ROWS)]
    return "\n".join(separator.join(quote + c + quote for c in row) for row in rows).encode("utf-8", "surrogatepass")


@given(data=st.one_of(st.binary(max_size=300), csv_like()))
def test_any_bytes_give_members_or_the_typed_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = write(tmp_path_factory.getbasetemp(), data)
    try:
        members = load_members(path, CREDIT_LINES)
    except ConfigFileError as error:
        refused = error
    else:
        assert all(isinstance(m, MemberRow) and not m.balance.is_negative for m in members)
        assert len({m.id for m in members}) == len(members)
        return
    assert refused.path == path
    assert refused.reason
    assert 0 <= refused.line <= data.count(b"\n") + data.count(b"\r") + 1
