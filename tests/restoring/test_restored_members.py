"""Members who were deleted since the backup: a restored central deletes them again."""

from __future__ import annotations

import pytest

from central.members.repository import cards_of, find_member
from kiosk.domain.ids import MemberId
from tests.central.conftest import DATABASES
from tests.central.support import Diner
from tests.restoring.site import Site, Till

on_both = pytest.mark.parametrize("site", DATABASES, indirect=True)


def delete(site: Site, diner: Diner) -> int:
    return site.command("delete-member", diner.id, "--by", "Li", "--reason", "left", "--yes")


def is_nobody(site: Site, diner: Diner) -> bool:
    read = site.central.parts.transactions.read
    row = read(lambda c: find_member(c, diner.id))
    assert row is not None
    return (row.name, row.unit) == ("", "") and not read(lambda c: cards_of(c, [diner.id]))


def knows(till: Till, diner: Diner) -> bool:
    with till.store.transaction() as tx:
        return bool(tx.members.get(MemberId(diner.id)) or tx.members.cards_of(MemberId(diner.id)))


@on_both
@pytest.mark.parametrize("options", [(), ("--without-record",)], ids=["record", "no-record"])
def test_who_was_deleted_stays_so(site: Site, options: tuple[str, ...]) -> None:
    """Without the record only what stands in the backup is known."""
    site.open()
    till, diner, other = site.till(), site.diner("0.00"), site.diner()
    if options:
        assert delete(site, diner) == 0
    backup = site.back_up()
    if not options:
        till.pull()
        assert knows(till, diner)
        assert delete(site, diner) == 0
    late = site.diner("0.00")
    if not options:
        assert delete(site, late) == 0
    till.unplug()
    site.lose_and_restore(backup, *options)
    if options:
        till.enrol_anew()
    else:
        till.plug_in()
    till.sync()
    assert is_nobody(site, diner)
    assert not knows(till, diner)
    assert knows(till, other)
    if not options:
        assert is_nobody(site, late), "no import brings them back, though the backup has never heard of them"
