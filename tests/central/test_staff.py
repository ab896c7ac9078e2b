"""`python -m central staff …`, and what terminals hear of it."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable

import pytest

from central.staff.pins import hash_pin
from central.staff.service import remove_again
from kiosk.store.pin_hash import pin_matches
from kiosk.sync.wire import StaffRecord, decode
from tests.central.support import Central, Terminal
from tests.central.test_command_line import CommandLine, Result, run_on

__all__ = ["run_on"]

Run = Callable[..., Result]


@pytest.fixture
def staff(run_on: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `staff …`; `pin` is what is typed."""

    def run(*arguments: object, pin: str = "") -> Result:
        monkeypatch.setattr("sys.stdin", io.StringIO(pin + "\n"))
        return run_on("staff", *arguments)

    return run


def hired(staff: Run, name: str = "Liu", role: str = "restock", pin: str = "4271") -> str:
    """Their number."""
    added = staff("add", name, "--role", role, pin=pin)
    assert added.status == 0, added.err
    return added.out.removeprefix("staff number ").strip()


def heard(terminal: Terminal) -> dict[str, StaffRecord | None]:
    """By staff id, as a terminal reads them from the beginning."""
    rows = [row for row in terminal.feed().rows if row.kind == "staff"]
    return {row.key: None if row.is_gone else decode(row.body, StaffRecord) for row in rows}


def who_has(number: str, terminal: Terminal) -> StaffRecord:
    (record,) = [record for record in heard(terminal).values() if record is not None and record.number == number]
    return record


def some_card() -> str:
    return secrets.token_hex(5).upper()


def test_a_terminal_hears_of_whoever_is_added(staff: Run, terminal: Terminal) -> None:
    added = staff("add", "刘师傅", "--role", "restock", "--role", "counter", pin="4271")
    assert added.status == 0
    record = who_has(added.out.split()[-1], terminal)
    assert (record.name, record.roles, record.cards) == ("刘师傅", ("counter", "restock"), ())
    assert pin_matches(record.pin_hash, "4271")
    assert not pin_matches(record.pin_hash, "4272")


def test_a_pin_is_in_no_database_and_no_answer(staff: Run, central: Central) -> None:
    said = staff("add", "Liu", "--role", "restock", pin="42719385")
    kept = central.parts.transactions.read(lambda c: str(c.exec_driver_sql("SELECT * FROM staff_member").all()))
    assert said.status == 0
    assert "42719385" not in said.out + said.err + kept


def test_what_is_changed_is_heard_of(staff: Run, terminal: Terminal) -> None:
    number, card = hired(staff), some_card()
    assert staff("set-pin", number, pin="5382").status == 0
    assert staff("set-roles", number, "--role", "manager").status == 0
    assert staff("add-card", number, card.lower()).status == 0
    record = who_has(number, terminal)
    assert (record.roles, record.cards, pin_matches(record.pin_hash, "5382")) == (("manager",), (card,), True)
    assert staff("remove-card", number, card).status == 0
    assert who_has(number, terminal).cards == ()


def test_who_is_removed_is_gone_and_number_and_card_are_free(staff: Run, central: Central, terminal: Terminal) -> None:
    number, card = hired(staff), some_card()
    staff("add-card", number, card)
    liu = who_has(number, terminal).id
    assert staff("remove", number).status == 0
    assert heard(terminal)[liu] is None
    kept = central.parts.transactions.read(lambda c: c.exec_driver_sql("SELECT * FROM staff_member").all())
    (row,) = [row for row in kept if row.id == liu]
    assert [row.number, row.name, row.roles, row.pin_hash] == [None, "", "", ""]
    assert hired(staff, "Chen") == number
    assert staff("add-card", number, card).status == 0
    assert who_has(number, terminal).id != liu


@pytest.mark.parametrize(
    ("arguments", "pin"),
    [
        *[(("add", "Liu", "--role", "restock"), pin) for pin in ("0000", "1234", "87654", "4242", "427", "427193856")],
        (("add", "Liu", "--role", "restock"), "４２７１"),
        (("add", "Liu", "--role", "restock"), ""),
        (("add", "", "--role", "restock"), "4271"),
        (("add", "x" * 41, "--role", "restock"), "4271"),
        (("set-pin", "999"), "4271"),
        (("remove", "999"), ""),
        (("set-roles", "999", "--role", "manager"), ""),
        (("add-card", "999", "5C00A1B2C3"), ""),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(
    staff: Run, terminal: Terminal, arguments: tuple[str, ...], pin: str
) -> None:
    before = heard(terminal)
    refused = staff(*arguments, pin=pin)
    assert refused.status == 1
    assert refused.err.startswith("central: ")
    assert heard(terminal) == before


def test_a_card_is_one_persons(staff: Run) -> None:
    liu, chen, card = hired(staff), hired(staff, "Chen"), some_card()
    assert staff("add-card", liu, card).status == 0
    assert "another staff member's" in staff("add-card", chen, card).err
    assert staff("add-card", chen, "no card").status == 1
    assert staff("remove-card", chen, card).status == 1


def test_everybody_is_listed(staff: Run) -> None:
    number = hired(staff, "陈姐", "manager")
    (line,) = [line for line in staff("list").out.splitlines() if line.startswith(f"{number} ")]
    assert line.split()[1:3] == ["yes", "0"]
    assert line.endswith("陈姐")


def test_a_usage_that_is_none_says_so(staff: Run) -> None:
    assert staff("add", "Liu", "--role", "boss").status == 2
    assert staff("fire", "10").status == 2


def test_every_act_is_in_the_audit_log_by_ids_alone(staff: Run, run_on: CommandLine, terminal: Terminal) -> None:
    number, card = hired(staff, "Liu Wei"), some_card()
    liu = who_has(number, terminal).id
    for arguments in (("set-roles", number, "--role", "manager"), ("add-card", number, card), ("remove", number)):
        staff(*arguments)
    log = [line for line in run_on("audit").out.splitlines() if liu in line]
    for act in ("staff_added", "staff_changed", "staff_removed"):
        assert any(act in line for line in log), act
    assert not any(secret in line for line in log for secret in ("Liu Wei", "4271", card))


def test_who_was_removed_stays_so_after_a_restore(staff: Run, central: Central, terminal: Terminal) -> None:
    """The backup brings them back, the record takes them out again."""
    number = hired(staff)
    liu = who_has(number, terminal).id
    central.parts.transactions.write(lambda tx: remove_again(tx, [liu, "staff-unknown"]))
    assert heard(terminal)[liu] is None
    chen = hired(staff, "Chen")
    chens = who_has(chen, terminal).id
    staff("remove", chen)
    assert chens in central.parts.database.safe.record.facts().staff_removed


def test_two_hashes_of_a_pin_differ() -> None:
    assert hash_pin("4271") != hash_pin("4271")
