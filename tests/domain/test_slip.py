"""The slip's code: what it says, how large it is, and that nothing else is taken for one."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kiosk.domain import base45
from kiosk.domain.cart import MAX_LINES, DishChoice, Selection
from kiosk.domain.due_order import DueLine, DueOrder, DueOrderError, order_of
from kiosk.domain.ids import ComboId, DishId, OrderId, PaymentId, TerminalId
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.slip import (
    MAX_SLIP_CHARS,
    PREFIX,
    SIGNATURE_BYTES,
    Slip,
    SlipError,
    SlipFault,
    has_lines,
    read_slip,
    signed_as_slip,
    slip_payload,
    slip_text,
)
from kiosk.sync.wire import signed_bytes

SIGNATURE = bytes(range(SIGNATURE_BYTES))
ids = st.text("abcdefghijklmnopqrstuvwxyz-0123456789", min_size=1, max_size=30) | st.text(
    st.characters(categories=["L", "N"]), min_size=1, max_size=10
)
choices = st.builds(
    DishChoice,
    ids.map(DishId),
    st.lists(st.tuples(ids, st.lists(ids, min_size=1, max_size=3).map(tuple)), max_size=3).map(tuple),
    st.just("") | ids,
)
selections = st.builds(Selection, st.lists(choices, min_size=1, max_size=4).map(tuple), st.none() | ids.map(ComboId))
lines = st.builds(DueLine, selections, st.integers(1, 20), st.integers(0, 10**6).map(Money))


@st.composite
def due_orders(draw: st.DrawFn, max_lines: int = 6) -> DueOrder:
    ordered = tuple(draw(st.lists(lines, min_size=1, max_size=max_lines)))
    total = Money.sum(line.total for line in ordered)
    return DueOrder(
        OrderId(draw(st.uuids())),
        PaymentId(draw(st.uuids())),
        TerminalId(draw(st.uuids().map(str) | ids)),
        draw(st.integers(1, 10**6)),
        draw(st.from_regex(r"[A-Z]{1,2}[0-9]{3,4}", fullmatch=True)),
        datetime(2026, 3, 2, 4, 3, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 10**8))),
        draw(st.sampled_from(DiningMode)),
        draw(st.sampled_from(["zh", "en"])),
        total,
        Money(draw(st.integers(0, total.minor))),
        ordered,
    )


def an_order(n_lines: int) -> DueOrder:
    """As large ones are: each line another dish with two options."""
    options = (("spice", ("mild",)), ("size", ("large",)))
    selection = [Selection((DishChoice(DishId(f"braised-{n}"), options),)) for n in range(n_lines)]
    ordered = tuple(DueLine(each, 2, Money(1250 + n)) for n, each in enumerate(selection))
    total = Money.sum(line.total for line in ordered)
    return DueOrder(
        OrderId(UUID(int=7)), PaymentId(UUID(int=8)), TerminalId(str(UUID(int=9))), 1, "A037",
        datetime(2026, 3, 2, 4, 3, tzinfo=UTC), DiningMode.DINE_IN, "zh", total, total, ordered,
    )  # fmt: skip


@settings(max_examples=40)
@given(due_orders())
def test_what_is_written_is_read(due: DueOrder) -> None:
    payload = slip_payload(due)
    text = slip_text(payload, SIGNATURE)
    assert len(text) <= MAX_SLIP_CHARS
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), "what QR packs tightly"
    slip = read_slip(text)
    assert (slip.payload, slip.signature) == (payload, SIGNATURE)
    if slip.lines_hash is None:
        assert slip.due == due
    else:
        assert slip.due == replace(due, lines=())
        assert has_lines(slip, due)


@pytest.mark.parametrize("n_lines", [1, 3, 8, 12])
def test_a_meal_fits_and_is_whole(n_lines: int) -> None:
    assert read_slip(slip_text(slip_payload(an_order(n_lines)), SIGNATURE)).lines_hash is None


def test_what_does_not_fit_is_known_by_its_hash() -> None:
    options = tuple((str(uuid4()), (str(uuid4()),)) for _ in range(3))
    many = [Selection((DishChoice(DishId(str(uuid4())), options),)) for _ in range(MAX_LINES)]
    ordered = tuple(DueLine(each, 1, Money(100)) for each in many)
    due = replace(an_order(1), lines=ordered, total=Money(100 * MAX_LINES), due=Money(100 * MAX_LINES))
    slip = read_slip(slip_text(slip_payload(due), SIGNATURE))
    assert (slip.due, slip.due.lines) == (replace(due, lines=()), ())
    assert has_lines(slip, due)
    for other in (
        replace(due, lines=ordered[::-1]),
        replace(due, lines=()),
        replace(due, due=Money(1)),
        replace(due, payment_id=PaymentId(uuid4())),
        replace(due, lines=(replace(ordered[0], selection=ordered[1].selection), *ordered[1:])),
    ):
        assert not has_lines(slip, other)


def test_a_menu_beyond_what_a_slip_is_read_with_is_known_by_its_hash() -> None:
    groups = tuple((f"g{n}", ("x",)) for n in range(30))
    due = replace(an_order(1), lines=(DueLine(Selection((DishChoice(DishId("d"), groups),)), 2, Money(1250)),))
    assert read_slip(slip_text(slip_payload(due), SIGNATURE)).lines_hash is not None


def test_a_clock_of_long_ago_is_in_nobodys_way() -> None:
    due = replace(an_order(1), taken_at=datetime(1970, 1, 1, tzinfo=UTC))
    assert read_slip(slip_text(slip_payload(due), SIGNATURE)).due.taken_at == datetime(2020, 1, 1, tzinfo=UTC)


def test_no_signature_of_one_kind_is_one_of_the_other() -> None:
    """What a terminal signs for central begins otherwise than any slip, whatever stands in it."""
    request = signed_bytes("POST", "/v1/push", "t", 1, b"")
    assert not request.startswith(signed_as_slip(b""))
    assert not signed_as_slip(b"").startswith(request[: len(b"kiosk-1\n")])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", SlipFault.NOT_A_SLIP),
        ("hello", SlipFault.NOT_A_SLIP),
        ("ks1:abc", SlipFault.NOT_A_SLIP),
        ("kiosk:order:019cacb6-b120-78f8-8e67-d186aa30c600", SlipFault.NOT_A_SLIP),
        (PREFIX, SlipFault.DAMAGED),
        (PREFIX + "A", SlipFault.DAMAGED),
        (PREFIX + "中文中文", SlipFault.DAMAGED),
        (PREFIX + ":::", SlipFault.DAMAGED),
        (PREFIX + "0" * MAX_SLIP_CHARS, SlipFault.TOO_LONG),
        (PREFIX + base45.encode(b"\x02" + bytes(100)), SlipFault.OTHER_FORMAT),
        (PREFIX + base45.encode(b"\x01\x03" + bytes(200)), SlipFault.DAMAGED),
    ],
)
def test_what_is_no_slip_says_so(text: str, fault: SlipFault) -> None:
    with pytest.raises(SlipError) as error:
        read_slip(text)
    assert error.value.fault is fault
    assert str(error.value) == f"the code is refused: {fault}", "nothing of it is quoted"


@given(st.binary(max_size=390))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    _read_or_refused(PREFIX + base45.encode(data))


@given(st.text(max_size=700))
def test_any_text_is_refused_or_read(text: str) -> None:
    _read_or_refused(text)
    _read_or_refused(PREFIX + text)


@settings(max_examples=60)
@given(due_orders(max_lines=2), st.data())
def test_whatever_is_altered_is_not_what_was_signed(due: DueOrder, data: st.DataObject) -> None:
    signed = slip_payload(due)
    payload = bytearray(signed)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(payload) - 1))
        match data.draw(st.sampled_from(["set", "cut", "put"])):
            case "set":
                payload[at] = data.draw(st.integers(0, 255))
            case "cut":
                del payload[at:]
            case _:
                payload[at:at] = data.draw(st.binary(max_size=3))
        if not payload:
            break
    assume(bytes(payload) != signed)
    slip = _read_or_refused(slip_text(bytes(payload), SIGNATURE))
    assert slip is None or slip.payload != signed


def test_lines_that_unpack_to_very_much_are_refused() -> None:
    payload = slip_payload(an_order(1))
    head = payload[: payload.index(b"CNY") + 3 + 4]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(10**7)) + packer.flush()
    for n_bytes in range(200, 320, 20):
        assert _read_or_refused(slip_text(b"\x01\x01" + head[2:] + bomb[:n_bytes], SIGNATURE)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"due": Money(10**6)},
        {"due": Money(-1)},
        {"total": Money(1), "due": Money(1)},
        {"lines": (DueLine(Selection((DishChoice(DishId("d")),)), 0, Money(5)),)},
    ],
)
def test_a_due_order_adds_up(wrong: dict[str, object]) -> None:
    with pytest.raises(DueOrderError):
        replace(an_order(1), **wrong)


def test_dishes_that_are_on_no_menu_any_more_go_by_their_ids() -> None:
    order = order_of(an_order(2), None)
    assert [line.name.get("zh") for line in order.lines] == ["braised-0", "braised-1"]
    assert [option.zh for option in order.lines[0].dishes[0].options] == ["spice: mild", "size: large"]
    assert (order.total, order.number) == (an_order(2).total, "A037")


# RFC 9285, 4.3 and 4.4
@pytest.mark.parametrize(
    ("data", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")]
)
def test_base45_of_the_rfc(data: bytes, text: str) -> None:
    assert (base45.encode(data), base45.decode(text)) == (text, data)


@given(st.binary(max_size=100))
def test_base45_reads_back(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data
    assert base45.encoded_chars(len(data)) == len(base45.encode(data))


def _read_or_refused(text: str) -> Slip | None:
    try:
        return read_slip(text)
    except SlipError:
        return None
