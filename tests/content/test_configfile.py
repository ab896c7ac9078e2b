"""TOML files: what is refused, and that the error names file, line and field."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from kiosk.configfile import MAX_FILE_BYTES, ConfigFileError, TomlFile, load_toml


class Slot(msgspec.Struct, forbid_unknown_fields=True):
    name: str


class Item(msgspec.Struct, forbid_unknown_fields=True):
    price: Annotated[int, msgspec.Meta(ge=0)]
    note: str = ""
    slot: list[Slot] = []


class Sections(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    item: list[Item] = []


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "some.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refusal(path: Path) -> ConfigFileError:
    with pytest.raises(ConfigFileError) as caught:
        load_toml(path, Sections)
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    return caught.value


def test_good_file_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, 'title = "a"\n[[item]]\nprice = 3\n[[item.slot]]\nname = "x"\n')
    assert load_toml(path, Sections) == Sections("a", [Item(3, slot=[Slot("x")])])


def test_byte_order_mark_of_windows_editors_is_no_fault(tmp_path: Path) -> None:
    assert load_toml(write(tmp_path, b'\xef\xbb\xbftitle = "a"\r\n'), Sections) == Sections("a")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "none.toml").reason
    assert "cannot be read" in refusal(tmp_path).reason


def test_file_of_9_mb(tmp_path: Path) -> None:
    path = tmp_path / "big.toml"
    with path.open("wb") as file:
        file.truncate(9 * 1024 * 1024)
    assert str(MAX_FILE_BYTES) in refusal(path).reason


def test_endless_file_is_not_read_to_its_end() -> None:
    assert str(MAX_FILE_BYTES) in refusal(Path("/dev/zero")).reason


def test_not_utf_8_names_the_line(tmp_path: Path) -> None:
    error = refusal(write(tmp_path, 'title = "a"\n# 菜单\n'.encode("gbk")))
    assert (error.reason, error.line) == ("is not UTF-8 text", 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('title = "a"\ntitle = "b"\n', 2),
        ('title = "a"\n\nitem = [\n', 3),
        ("title = " + "[" * 20_000, 0),
        ("title = " + "1" * 5_000, 0),
    ],
    ids=["key twice", "ends in the middle", "nested too deeply", "integer of 5,000 digits"],
)
def test_not_toml(tmp_path: Path, text: str, line: int) -> None:
    error = refusal(write(tmp_path, text))
    assert error.reason.startswith("is not TOML")
    assert error.line == line


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ('title = "a"\ncolour = 1\n', 2, "colour"),
        ("[[item]]\nprice = 1\n", 0, "title"),
        ('title = "a"\n[[item]]\nprice = 1\n[[item]]\nprice = -1\n', 5, "item[1].price"),
        ('title = "a"\n[[item]]\nprice = 1\nprise = 1\n', 4, "item[0].prise"),
        ('title = "a"\n[[item]]\nnote = "b"\n', 2, "item[0].price"),
        (
            'title = "a"\n[[item]]\nprice = 1\n[[item.slot]]\nname = "x"\n[[item.slot]]\nname = 7\n',
            7,
            "item[0].slot[1].name",
        ),
        ('title = "a"\n[[item]]\nprice = 1\n[[item]]\nprice = 1\n[[item.slot]]\nname = 7\n', 7, "item[1].slot[0].name"),
    ],
    ids=["unknown key", "missing key", "value", "unknown key in a list", "missing in a list", "nested", "nested again"],
)
def test_wrong_content_names_line_and_field(tmp_path: Path, text: str, line: int, field: str) -> None:
    error = refusal(write(tmp_path, text))
    assert (error.line, error.field) == (line, field)


def test_lines_are_right_after_text_that_looks_like_a_header(tmp_path: Path) -> None:
    text = 'title = """\n[[item]]\nprice = 5\n"""\n# a comment with """ in it\n[[item]]\nprice = -5\n'
    assert refusal(write(tmp_path, text)).line == 7


def test_line_separators_inside_a_text_are_no_lines(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, 'title = "a\u2028b\x85c"\n[[item]]\nprice = -5\n')).line == 3


def test_many_nested_headers_do_not_take_for_ever(tmp_path: Path) -> None:
    text = 'title = "a"\n' + '[[item]]\nprice = 1\n[[item.slot]]\nname = "x"\n' * 10_000 + "[[item]]\nprice = -1\n"
    assert refusal(write(tmp_path, text)).line == 40_003


def test_error_about_a_field_inside_an_inline_table_names_the_nearest_line(tmp_path: Path) -> None:
    file = TomlFile(write(tmp_path, 'title = "a"\n[names]\nfirst = { zh = "", en = "b" }\n'))
    assert file.line_of("names.first.zh") == 3
    assert file.line_of("nowhere") == 0
