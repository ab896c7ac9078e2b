"""ESC/POS bytes to commands, whatever the bytes and however they arrive."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.printer.escpos_parser import Command, EscposParser
from kiosk.devices.printer.paper_image import draw_paper

RASTER = b"\x1dv0\x00\x01\x00\x02\x00\x1b@"  # its two rows look like a command
pieces = st.lists(
    st.sampled_from(
        [b"\x1b@", b"text", b"\n", b"\x1dV\x42\x00", b"\x1dV\x00", RASTER, b"\x1d(k\x03\x001C\x06", b"\x10"]
    )
    | st.binary(max_size=12)
)


def joined(commands: list[Command]) -> list[Command]:
    """Neighbouring texts as one."""
    result: list[Command] = []
    for command in commands:
        if not command.code and result and not result[-1].code:
            result[-1] = Command(b"", result[-1].arguments + command.arguments)
        else:
            result.append(command)
    return result


def test_commands_end_where_they_say() -> None:
    assert EscposParser().feed(b"\x1b@ab\n" + RASTER + b"\x1dV\x42\x00\x1dr\x01") == [
        Command(b"\x1b@"),
        Command(b"", b"ab"),
        Command(b"\n"),
        Command(b"\x1dv", RASTER[2:]),
        Command(b"\x1dV", b"\x42\x00"),
        Command(b"\x1dr", b"\x01"),
    ]


@given(pieces)
def test_the_same_commands_come_out_however_the_bytes_arrive(parts: list[bytes]) -> None:
    data = b"".join(parts)
    one_by_one = EscposParser()

    assert joined([c for byte in data for c in one_by_one.feed(bytes([byte]))]) == joined(EscposParser().feed(data))


@given(pieces)
def test_no_byte_is_lost_or_made_up(parts: list[bytes]) -> None:
    data = b"".join(parts)
    out = b"".join(c.code + c.arguments for c in EscposParser().feed(data))

    assert data.startswith(out)


@given(pieces)
def test_any_bytes_can_be_drawn(parts: list[bytes]) -> None:
    assert draw_paper(b"".join(parts), 58).width > 384


def test_a_raster_of_a_billion_dots_is_not_waited_for() -> None:
    assert EscposParser().feed(b"\x1dv0\x00\xff\xff\xff\xffafter")[-1] == Command(b"", b"after")
