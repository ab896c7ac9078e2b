"""The texts on screen and paper: all of them reach the catalogues, and every one is translated and drawable."""

import ast
import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from fontTools.ttLib import TTFont

from scripts.locales import LOCALES, SOURCES, extract, read

FONTS = LOCALES.parent / "fonts"
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
# A kv property that is read by people, with a literal straight behind it.
BARE_KV_TEXT = re.compile(r"^\s*(?:text|hint_text|title)\s*:\s*f?(['\"])(?P<text>.*)\1\s*$", re.MULTILINE)
MARKUP_OR_FIELD = re.compile(r"\[/?\w[^\]]*\]|\{[^}]*\}|%\w|\\.")


def ids(catalog: Catalog) -> set[tuple[str | None, str | tuple[str, ...]]]:
    return {(message.context, message.id) for message in catalog if message.id}


def all_strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [])


def placeholders(text: str) -> set[str]:
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    return braces | set(re.findall(r"%\(\w+\)[a-z]|%[sd]", text))


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return extract()


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    return read("zh_CN")


def test_extractor_reads_python_and_kv(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = ngettext('{n} dish', '{n} dishes', n)\n")
    (tmp_path / "b.kv").write_text(
        "<Row@BoxLayout>:\n"
        "    Label:\n"
        "        # Translators: on the button\n"
        "        text: _('Pay {amount}').format(amount=root.amount)  # now\n"
        "        on_touch_up:\n"
        '            root.say(_("It\'s here") if self.on else pgettext("verb", "Order"))\n'
    )
    found = extract(tmp_path)
    assert ids(found) == {
        (None, ("{n} dish", "{n} dishes")),
        (None, "Pay {amount}"),
        (None, "It's here"),
        ("verb", "Order"),
    }
    assert found["Pay {amount}"].auto_comments == ["on the button"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_catalogue_has_the_texts_of_the_sources(texts: Catalog, language: str) -> None:
    catalogue = ids(read(language))
    assert sorted(map(str, ids(texts) - catalogue)) == [], "not in kiosk.po: run `make locales`"
    assert sorted(map(str, catalogue - ids(texts))) == [], "no longer in the sources: run `make locales`"


def test_every_text_is_in_chinese(chinese: Catalog) -> None:
    open_texts = [m.id for m in chinese if m.id and (m.fuzzy or not m.string or not all(all_strings(m)))]
    assert open_texts == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_translation_keeps_the_placeholders(language: str) -> None:
    wrong = []
    for message in read(language):
        originals = [message.id] if isinstance(message.id, str) else list(message.id)
        # The singular may say "one" and leave its number out; the plural names everything.
        wanted = placeholders(originals[-1])
        wrong += [text for text in all_strings(message) if message.id and text and placeholders(text) != wanted]
    assert wrong == []


def test_no_text_hides_in_an_f_string() -> None:
    """The extractor cannot see it there before Python 3.12."""
    hidden = []
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                calls = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
                names = {getattr(func, "id", getattr(func, "attr", "")) for func in calls}
                hidden += [f"{path.relative_to(SOURCES)}:{node.lineno}"] if names & GETTEXT else []
    assert hidden == []


def has_words(text: str) -> bool:
    return any(character.isalpha() for character in MARKUP_OR_FIELD.sub("", text))


def test_kv_texts_go_through_gettext() -> None:
    bare = []
    for path in sorted(SOURCES.rglob("*.kv")):
        literals = BARE_KV_TEXT.finditer(path.read_text(encoding="utf-8"))
        bare += [f"{path.name}: {literal[0].strip()}" for literal in literals if has_words(literal["text"])]
    assert bare == []


def drawable(weight: str) -> set[str]:
    with TTFont(FONTS / f"NotoSansSC-{weight}.ttf", lazy=True) as font:
        return set(map(chr, font.getBestCmap()))


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_fonts_draw_every_translation(chinese: Catalog, weight: str) -> None:
    needed = {character for m in chinese if m.id for text in all_strings(m) for character in text}
    english = {character for m in chinese if m.id for text in map(str, m.id) for character in text}
    assert (needed | english) - drawable(weight) - {"\n"} == set()


def test_fonts_draw_rare_names() -> None:
    assert set("堃喆祎䶮㛃￥¥") - drawable("Regular") == set()
