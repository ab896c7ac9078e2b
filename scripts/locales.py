"""Collect the texts of the sources into assets/locales: kiosk.pot and every language's kiosk.po.

Run by `make locales` after adding or changing a text. Texts are the arguments of `_`, `ngettext`, `pgettext`, …
in Python and in kv files (a kv rule is made of Python's tokens, so Babel's Python extractor reads it). A text that
is new comes untranslated, never guessed from a similar one; one that nobody uses any more goes. The files are
written sorted, without line numbers, times and names, so that they change only where a text does.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "kiosk"
LOCALES = ROOT / "assets" / "locales"
DOMAIN = "kiosk"
METHODS = [("**.py", "python"), ("**.kv", "python")]
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def extract(sources: Path = SOURCES) -> Catalog:
    """Every text of the Python and kv files under `sources`, with file and `Translators:` comments."""
    catalog = Catalog(charset="utf-8")
    found = extract_from_dir(
        sources,
        method_map=METHODS,
        keywords=DEFAULT_KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for file, _line, message, comments, context in found:
        catalog.add(message, locations=[(f"{sources.name}/{file}", 0)], auto_comments=comments, context=context)
    return catalog


def catalogue(language: str) -> Path:
    """The file of a language's translations, e.g. of "zh_CN"."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    with catalogue(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def write(catalog: Catalog, path: Path) -> None:
    header = HEADER.format(language=catalog.locale_identifier or "", plural_forms=catalog.plural_forms)
    with path.open("wb") as file:
        file.write(header.encode())
        write_po(
            file,
            catalog,
            width=110,
            omit_header=True,
            sort_output=True,
            ignore_obsolete=True,
            include_lineno=False,
        )


def main() -> int:
    template = extract()
    write(template, LOCALES / f"{DOMAIN}.pot")
    for path in sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        language = path.parent.parent.name
        translations = read(language)
        translations.update(template, no_fuzzy_matching=True)
        write(translations, path)
        # English is the language of the message ids: it needs no translation, only its plural rule.
        missing = 0 if language == "en" else sum(1 for m in translations if m.id and not any(m.string or ""))
        print(f"{language}: {len(translations)} texts, {missing} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
