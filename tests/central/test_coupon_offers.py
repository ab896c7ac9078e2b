"""Coupon offers from a file, and coupons given by hand."""

from __future__ import annotations

import pytest

from central import cli
from tests.central.support import Central
from tests.central.units import OFFERS, told


def test_offers_and_coupons_by_hand(own_central: Central, capsys: pytest.CaptureFixture[str]) -> None:
    member, terminal = own_central.add_member(), own_central.enrol()
    path = own_central.folder / "offers.toml"
    path.write_text(OFFERS.format(id="five"), encoding="utf-8")

    def run(*arguments: str) -> int:
        return cli.main([*arguments, "--config", str(own_central.config)])

    assert (run("import-offers", str(path)), run("import-offers", str(path))) == (0, 0)
    assert (run("issue-coupon", "five", member.id), run("issue-coupon", "five", member.id)) == (0, 0)
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "new offers: 1",
        "new offers: 0",
        "coupons given: 1",
        "coupons given: 0",
    ]
    assert len(told(terminal, member).coupons) == 1
    assert run("issue-coupon", "six", member.id) == 1
    assert run("issue-coupon", "five", "nobody") == 1
    path.write_text(OFFERS.format(id="five").replace("5.00", "6.00"), encoding="utf-8")
    assert run("import-offers", str(path)) == 1
    assert "give the changed one another id" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ('amount_off = "5.00"', "needs either amount_off"),
        ('amount_off = "5"\npercent_off = 10', "needs either amount_off"),
        ('percent_off = 101\nat_most = "5"', "1 to 100 percent"),
        ('amount_off = "-5"', "worth something"),
        ('amount_off = "much"', "not an amount"),
    ],
)
def test_offers_that_cannot_be(
    own_central: Central, wrong: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = own_central.folder / "offers.toml"
    right = OFFERS.format(id="five")
    spoilt = right.replace('amount_off = "5.00"', wrong) if wrong not in right else right.replace(wrong, "")
    path.write_text(spoilt, encoding="utf-8")
    assert cli.main(["import-offers", str(path), "--config", str(own_central.config)]) == 2
    assert reason in capsys.readouterr().err
