"""Entries of the audit log: one way to write each, bounded, chained."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.audit import AuditError, entry_body, entry_hash, genesis, next_entry, parse_entry
from kiosk.domain.audit_check import LogCheck

LOG = UUID(int=7)
NOON = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
FIRST = next_entry(LOG, None, NOON, "os-uid:0", "top_up", "m1", {"amount_minor": 100, "by": "cash"})


def test_the_bytes_and_the_hash_stand_for_ever() -> None:
    """Logs out there were written so: another result here would accuse them all."""
    assert FIRST.body == (
        b'{"action":"top_up","actor":"os-uid:0","at":"2026-03-02T04:30:00.000000+00:00",'
        b'"details":{"amount_minor":"100","by":"cash"},'
        b'"previous":"' + genesis(LOG).hex().encode() + b'","seq":1,"subject":"m1"}'
    )
    assert genesis(LOG).hex() == "865ea4f30884004d8dbb0d9652dc146acfbd707a353d0a68dd33137f6ef2f36d"
    assert FIRST.hash.hex() == "1af140586b5e9ffa6ef5400cf0952a2fef0ea5ad62843f429fd1bb41b67e0aa4"


@given(st.text(max_size=60), st.dictionaries(st.from_regex(r"[a-z_]{1,20}", fullmatch=True), st.text(max_size=50)))
def test_what_is_written_is_read_again(value: str, details: dict[str, str]) -> None:
    try:
        made = next_entry(LOG, FIRST, NOON, value, "act", value, details)
    except AuditError:
        values = (value, *details.values())
        assert len(details) > 10 or not all(v.isprintable() or not v for v in values)
        return
    entry = parse_entry(made.body)
    assert (entry.seq, entry.subject, dict(entry.details), entry.previous) == (2, value, details, FIRST.hash)
    assert (entry_body(entry), entry_hash(made.body)) == (made.body, made.hash)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor", "x" * 101),
        ("subject", "two\nlines"),
        ("action", "Refund"),
        ("action", ""),
        ("details", (("a", "1"), ("a", "2"))),
        ("details", (("b", "1"), ("a", "2"))),
        ("details", tuple((f"n{i:02}", "") for i in range(11))),
        ("seq", 0),
        ("seq", True),
        ("seq", 2**53 + 1),
        ("previous", b"short"),
        ("at", NOON.replace(tzinfo=timezone(timedelta(hours=8)))),
        ("at", NOON.replace(tzinfo=None)),
    ],
)
def test_out_of_bounds_is_no_entry(field: str, value: object) -> None:
    with pytest.raises(AuditError):
        replace(parse_entry(FIRST.body), **{field: value})


def test_only_the_one_way_to_write_an_entry_is_read() -> None:
    fields = json.loads(FIRST.body)
    others = (
        json.dumps(fields).encode(),
        json.dumps(fields | {"more": 1}, sort_keys=True, separators=(",", ":")).encode(),
        FIRST.body.replace(b"+00:00", b"Z"),
        FIRST.body.replace(b'"seq":1', b'"seq":1.0'),
        FIRST.body.replace(b'"seq":1', b'"seq":1,"seq":1'),
        FIRST.body.replace(b"m1", b"\\u006d1"),
        FIRST.body.replace(b"m1", b"\\ud800"),
        FIRST.body.replace(b"m1", b"\xff"),
        b"null",
        b"[" * 8000,
        b"",
        None,
    )
    for body in others:
        with pytest.raises(AuditError):
            parse_entry(body)


def test_an_entry_fits_into_no_other_log() -> None:
    (finding,) = LogCheck(UUID(int=8), lambda _: True).check([FIRST], []).findings
    assert finding.seq == 1
    assert not LogCheck(LOG, lambda _: True).check([FIRST], []).findings
