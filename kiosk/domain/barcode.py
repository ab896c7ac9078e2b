"""Printed barcodes on labels: EAN-8, EAN-13, or any other text of Code 128 (GS1 General Specifications, 7.9: the check
digit)."""

from __future__ import annotations

MAX_BARCODE_CHARS = 48
_EAN_LENGTHS = (8, 13)


def barcode_fault(code: str) -> str | None:
    """Why that can be no barcode; None when it can. Eight or thirteen digits are taken for an EAN, whose check digit
    tells a mistyped one."""
    if not 1 <= len(code) <= MAX_BARCODE_CHARS:
        return f"must have 1 to {MAX_BARCODE_CHARS} characters"
    if not all("!" <= char <= "~" for char in code):
        return "must be printable ASCII without blanks"
    if code.isdecimal() and len(code) in _EAN_LENGTHS and int(code[-1]) != _check_digit(code[:-1]):
        return f"is no EAN: its check digit would be {_check_digit(code[:-1])}"
    return None


def _check_digit(digits: str) -> int:
    weighted = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(digits)))
    return -weighted % 10
