"""Coupons that were given since the backup are given again, and are the same ones: what terminals sold under them is
booked."""

from __future__ import annotations

import pytest

from kiosk.services.outcomes import Paid
from kiosk.services.ports import CentralUnreachable
from tests.central.conftest import DATABASES
from tests.central.support import Diner
from tests.central.units import OFFERS
from tests.restoring.site import NOODLES, RICE, Site, Till

on_both = pytest.mark.parametrize("site", DATABASES, indirect=True)


def give(site: Site, diner: Diner, *offers: str) -> None:
    """As IT does it, at a new database as at a restored one."""
    path = site.folder / "offers.toml"
    path.write_text("".join(OFFERS.format(id=offer) for offer in offers), encoding="utf-8")
    assert site.command("import-offers", str(path)) == 0
    for offer in offers:
        assert site.command("issue-coupon", offer, diner.id) == 0


def use_a_coupon(till: Till, diner: Diner) -> None:
    till.pull()
    assert isinstance(till.pays(diner, NOODLES, till.coupons(diner)[0]), Paid)


@on_both
def test_a_coupon_given_and_used_since_the_backup(site: Site) -> None:
    """One order had been sent and was acknowledged, the other waits at its terminal, which is offline."""
    site.open()
    sent, waiting = site.till(), site.till()
    diners = [site.diner() for _ in range(3)]
    backup = site.back_up()
    for diner in diners:
        give(site, diner, "five")
    use_a_coupon(sent, diners[0])
    sent.push()
    use_a_coupon(waiting, diners[1])
    waiting.unplug()
    site.lose_and_restore(backup)
    for diner in diners:
        give(site, diner, "five")
    for till in (sent, waiting, sent):
        till.plug_in().sync()
    site.check_settled()
    assert sent.coupons(diners[0]) == sent.coupons(diners[1]) == (), "used"
    use_a_coupon(sent, diners[2])
    sent.push()
    site.check_settled()


@on_both
def test_coupons_that_nobody_gave_again_are_waited_for(site: Site) -> None:
    """As with members: their terminal is waited for, so that nothing it sold has to be refused."""
    site.open()
    till, diner = site.till(), site.diner()
    backup = site.back_up()
    give(site, diner, "five")
    use_a_coupon(till, diner)
    site.lose_and_restore(backup)
    with pytest.raises(CentralUnreachable):
        till.plug_in().sync()
    assert till.waiting() == 1
    give(site, diner, "five")
    till.sync()
    site.check_settled()


def test_two_offers_of_the_same_terms_are_two_coupons(site: Site) -> None:
    """A second one on purpose; one offer is given once, however often the command is given."""
    site.open()
    till, diner, other = site.till(), site.diner(), site.diner()
    for _ in range(2):
        give(site, diner, "five", "five-again")
        give(site, other, "five")
    till.pull()
    first, second = till.coupons(diner)
    (another,) = till.coupons(other)
    assert len({first.id, second.id, another.id}) == 3
    for coupon in (first, second):
        assert isinstance(till.pays(diner, NOODLES, coupon), Paid)
        assert not isinstance(till.pays(diner, NOODLES, coupon), Paid), "once"
    assert not isinstance(till.pays(diner, NOODLES, another), Paid), "another member's"
    assert till.is_paid(diner, RICE)
    till.push()
    site.check_settled()
