"""UUIDv7 as RFC 9562 lays it out."""

from __future__ import annotations

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.ids import uuid7

times_ms = st.integers(0, 2**48 - 1)


@given(times_ms)
def test_version_variant_and_time(unix_ms: int) -> None:
    made = uuid7(unix_ms)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == unix_ms


@given(times_ms, times_ms)
def test_later_sorts_later(one_ms: int, other_ms: int) -> None:
    if one_ms != other_ms:
        assert (uuid7(one_ms) < uuid7(other_ms)) == (one_ms < other_ms)


def test_example_of_the_rfc() -> None:
    """Appendix A.6: but for its random bits (rand_a CC3, rand_b 18C4DC0C0C07398F), the value given there."""
    example = UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
    random_bits = 0xFFF << 64 | (1 << 62) - 1
    assert uuid7(0x017F22E279B0).int & ~random_bits == example.int & ~random_bits


def test_every_other_bit_is_random() -> None:
    made = [uuid7(0).int for _ in range(200)]
    ever_set = ever_clear = 0
    for one in made:
        ever_set |= one
        ever_clear |= ~one & (1 << 128) - 1
    assert len(set(made)) == len(made)
    assert (ever_set & ever_clear).bit_count() == 74


@pytest.mark.parametrize("unix_ms", [-1, 2**48])
def test_a_clock_far_off_still_makes_ids(unix_ms: int) -> None:
    assert uuid7(unix_ms).version == 7
