"""TOML files read into typed values, with errors that name file, line and field.

Shared by the terminal's settings and central's settings and menu files. Types are msgspec Structs
(`forbid_unknown_fields=True`), so an unknown key is an error, never a silent typo.
"""

from __future__ import annotations

import codecs
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")

MAX_FILE_BYTES = 8 * 1024 * 1024
_HEADER = re.compile(r"[ \t]*(\[\[?)([\w\s.\"-]+)(\]\]?)\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\")\s*(?:\.\s*[A-Za-z0-9_-]+\s*)*=")
_AT_PATH = re.compile(r"^(?P<reason>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)
_FIELD_IN_REASON = re.compile(r"(?:unknown|missing required) field `([^`]+)`")
_TOML_LINE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")
_MULTILINE_QUOTE = re.compile(r'"""|\'\'\'')


class ConfigFileError(Exception):
    """The file cannot be used. `line` is 1-based, 0 if the fault has none; `field` is a dotted path or ""."""

    def __init__(self, path: Path, reason: str, *, line: int = 0, field: str = "") -> None:
        where = f"{path}:{line}" if line else str(path)
        super().__init__(f"{where}: {field + ': ' if field else ''}{reason}")
        self.path = path
        self.line = line
        self.field = field
        self.reason = reason


def read_text(path: Path, max_bytes: int) -> str:
    """The file's UTF-8 text, without the byte order mark some editors write.

    Raises ConfigFileError when it is missing, larger than `max_bytes` (it then stops reading) or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(max_bytes + 1)
    except OSError as error:
        raise ConfigFileError(path, f"cannot be read: {error.strerror}") from error
    if len(raw) > max_bytes:
        raise ConfigFileError(path, f"is larger than {max_bytes} bytes")
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigFileError(path, "is not UTF-8 text", line=line) from error


def text_fault(text: str, max_chars: int) -> str:
    """Why `text` cannot stand in a line on a screen or a receipt; "" when it can."""
    if not text.strip():
        return "must not be empty"
    if len(text) > max_chars:
        return f"is longer than {max_chars} characters"
    if any(unicodedata.category(char).startswith("C") for char in text):
        return "has a line break or another character that cannot be shown"
    return ""


class TomlFile:
    """One TOML file in memory: its text, its data, and where each field stands."""

    def __init__(self, path: Path) -> None:
        """Read it whole. Raises ConfigFileError when it is missing, too large, not UTF-8 or not TOML."""
        self.path = path
        self.text = read_text(path, MAX_FILE_BYTES)
        try:
            self.data = tomllib.loads(self.text)
        except (RecursionError, ValueError) as error:  # ValueError: also an integer of thousands of digits
            match = _TOML_LINE.search(str(error))
            reason = _TOML_LINE.sub("", str(error)).strip()
            last_line = self.text.rstrip().count("\n") + 1
            line = int(match[1] or last_line) if match else 0
            raise ConfigFileError(path, f"is not TOML: {reason}", line=line) from error

    def convert(self, type_: type[T]) -> T:
        """The data as `type_` (strict). Raises ConfigFileError naming line and field."""
        try:
            return msgspec.convert(self.data, type_, dec_hook=_decode)
        except msgspec.ValidationError as error:
            match = _AT_PATH.match(str(error))
            reason, field = (match["reason"], match["path"] or "") if match else (str(error), "")
            named = _FIELD_IN_REASON.search(reason)
            if named:
                field += f".{named[1]}"
            field = field.lstrip(".")
            raise self.error(field, reason) from error

    def error(self, field: str, reason: str) -> ConfigFileError:
        """A ConfigFileError about `field`, a dotted path such as `dishes[3].price`, with its line."""
        return ConfigFileError(self.path, reason, line=self.line_of(field), field=field)

    def line_of(self, field: str) -> int:
        """The line where `field` stands, or its nearest parent's; 0 when not even that is found."""
        lines = _field_lines(self.text)
        while field:
            if field in lines:
                return lines[field]
            cut = max(field.rfind("."), field.rfind("["))
            field = field[: max(cut, 0)]
        return 0


def _decode(type_: type, value: object) -> object:
    """For msgspec: the types of settings that TOML does not have."""
    if type_ is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"{value!r} is no {type_.__name__}")


def load_toml(path: Path, type_: type[T]) -> T:
    """Read `path` as `type_`. Raises ConfigFileError."""
    return TomlFile(path).convert(type_)


def _field_lines(text: str) -> dict[str, int]:
    """Line of every header and top-of-line key, by dotted path with indexes for arrays of tables."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix = ""
    open_quote = ""
    for number, line in enumerate(text.split("\n"), start=1):
        inside, open_quote = bool(open_quote), _quote_left_open(line, open_quote)
        if inside:
            continue  # the text of a multi-line string may look like a header
        header = _HEADER.match(line)
        if header:
            prefix = _indexed("".join(header[2].split()), counts, is_array=header[1] == "[[")
            found.setdefault(prefix, number)
            continue
        key = _KEY.match(line)
        if key:
            name = key[1].strip('"')
            found.setdefault(f"{prefix}.{name}" if prefix else name, number)
    return found


def _quote_left_open(line: str, quote: str) -> str:
    """The triple quote left open at the end of `line`, or "", when `quote` (or "") was open at its start."""
    if not quote and line.lstrip().startswith("#"):
        return ""
    for mark in _MULTILINE_QUOTE.findall(line):
        if not quote:
            quote = mark
        elif mark == quote:
            quote = ""
    return quote


def _indexed(dotted: str, counts: dict[str, int], *, is_array: bool) -> str:
    """`dish.options` → `dish[2].options[0]`: parents that are arrays stand for their last element."""
    path = ""
    parts = dotted.split(".")
    for i, part in enumerate(parts):
        path = f"{path}.{part.strip(chr(34))}" if path else part.strip('"')
        is_last = i == len(parts) - 1
        if is_last and is_array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path
