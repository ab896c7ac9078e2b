"""The code on an order's papers: finds that order, whatever else is held before the scanner or typed."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.ids import OrderId, uuid7
from kiosk.domain.order_code import order_code, read_order_code, read_short_code, short_code

_DAY_MS = 86_400_000
moments = st.integers(0, 2**47)


@given(moments)
def test_what_is_printed_is_read(unix_ms: int) -> None:
    order_id = OrderId(uuid7(unix_ms))
    assert read_order_code(order_code(order_id)) == order_id
    code = short_code(order_id)
    assert read_short_code(str(code)) == read_short_code(str(code).replace(" ", "")) == code
    assert code.is_of(order_id)


@given(moments, st.integers(0, 900 * _DAY_MS))
def test_the_day_is_found_from_any_later_order(unix_ms: int, later_ms: int) -> None:
    order_id = OrderId(uuid7(unix_ms))
    first, end = short_code(order_id).ids_until(OrderId(uuid7(unix_ms + later_ms)))
    assert first <= order_id < end


def test_another_days_order_is_not_taken_for_it() -> None:
    rest = (1 << 62) + 12345
    days = [OrderId(UUID(int=(day * _DAY_MS) << 80 | 0x7 << 76 | rest)) for day in (20_400, 20_401)]
    assert str(short_code(days[0])).split()[1] == str(short_code(days[1])).split()[1]
    assert not short_code(days[0]).is_of(days[1])


CODE = order_code(OrderId(UUID("019ab697-e800-7ae8-87d9-8704dd96980f")))


@pytest.mark.parametrize(
    "text",
    [
        "", "kiosk:order:", CODE[:-1], CODE + "0", CODE + "\n", " " + CODE, CODE.upper(), CODE.replace("-", ""),
        "kiosk:order:{" + CODE[12:] + "}", "kiosk:order:urn:uuid:" + CODE[12:], CODE * 50, CODE[12:],
        "kiosk:order:" + "_" * 36, CODE.replace("0", "０"),
    ],
)  # fmt: skip
def test_other_texts_are_no_code(text: str) -> None:
    assert read_order_code(text) is None


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "123  45678", "1234 5678", "１２３45678", "12345678\n"])
def test_other_numbers_are_no_short_code(typed: str) -> None:
    assert read_short_code(typed) is None


@given(st.text(max_size=1024))
def test_whatever_a_scanner_reads(text: str) -> None:
    read_order_code(text)
    read_short_code(text)
