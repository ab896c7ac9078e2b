"""Grants are never overspent and ledger entries balance."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.ids import GrantId, MemberId, PaymentId, TerminalId, uuid7
from kiosk.domain.money import Money, MoneyError
from kiosk.domain.wallet import (
    Grant,
    GrantUse,
    LedgerEntry,
    Posting,
    Spend,
    WalletError,
    free_balance,
    plan_spends,
)


def grant(minor: int = 1000) -> Grant:
    return Grant(GrantId(uuid7(0)), PaymentId(uuid7(0)), MemberId("m1"), TerminalId("t1"), 1, Money(minor))


def fresh(minor: int = 1000) -> GrantUse:
    return GrantUse(grant(minor), Money(0))


@given(st.integers(1, 3000), st.lists(st.one_of(st.integers(-500, 1500), st.just("close")), max_size=12))
def test_never_overspent_and_numbered_without_gaps(amount: int, steps: list[int | str]) -> None:
    use, spends, closed = fresh(amount), list[Spend](), False
    for step in steps:
        if isinstance(step, str):
            use, closed = use.close(), True
            continue
        left = amount - sum(s.amount.minor for s in spends)
        if closed or not 0 <= step <= left:
            with pytest.raises(WalletError):
                use.spend(PaymentId(uuid7(0)), Money(step))
            continue
        use, spend = use.spend(PaymentId(uuid7(0)), Money(step))
        spends.append(spend)
        closed = step == left
    assert [s.number for s in spends] == list(range(1, len(spends) + 1))
    assert (use.spends, use.spent, use.closed) == (len(spends), Money.sum(s.amount for s in spends), closed)
    assert use.left + use.spent == use.grant.amount
    assert not use.left.is_negative


def test_a_spend_says_of_which_grant_and_for_which_payment() -> None:
    use, payment_id = fresh(), PaymentId(uuid7(0))
    after, spend = use.spend(payment_id, Money(1000))
    assert spend == Spend(use.grant.id, 1, payment_id, Money(1000))
    assert after.left == Money(0)
    assert use.spent == Money(0)


def test_another_currency_is_not_spent() -> None:
    with pytest.raises(MoneyError):
        fresh().spend(PaymentId(uuid7(0)), Money(1, "EUR"))


@given(st.lists(st.tuples(st.integers(1, 2000), st.integers(0, 2000)), max_size=6), st.integers(0, 6000))
def test_a_payment_is_planned_from_several_grants(held: list[tuple[int, int]], price: int) -> None:
    payment_id = PaymentId(uuid7(0))
    uses = []
    for amount, spent in held:
        use = fresh(amount)
        uses.append(use.spend(PaymentId(uuid7(0)), Money(spent))[0] if 0 < spent < amount else use)
    plan = plan_spends(uses, payment_id, Money(price))
    there = Money.sum(use.left for use in uses)
    assert plan.missing == max(Money(0), Money(price) - there)
    assert Money.sum(spend.amount for _, spend in plan.uses) + plan.missing == Money(price)
    before = {use.grant.id: use for use in uses}
    for use, spend in plan.uses:
        was = before.pop(spend.grant_id)  # each grant at most once
        assert (use, spend) == was.spend(payment_id, spend.amount)
        assert use.closed == (not use.left)
    assert sum(not use.closed for use, _ in plan.uses) <= 1


def test_the_smallest_rest_is_used_first() -> None:
    small, large = fresh(300), fresh(900)
    plan = plan_spends([large, small], PaymentId(uuid7(0)), Money(500))
    assert [(use.grant.id, spend.amount.minor) for use, spend in plan.uses] == [
        (small.grant.id, 300),
        (large.grant.id, 200),
    ]


@pytest.mark.parametrize("minor", [0, -1])
def test_a_grant_is_above_zero(minor: int) -> None:
    with pytest.raises(WalletError):
        grant(minor)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=6))
def test_an_entry_balances_or_is_none(minors: list[int]) -> None:
    balanced = tuple(Posting(f"account{i}", Money(minor)) for i, minor in enumerate([*minors, -sum(minors)]))
    assert LedgerEntry("test", balanced).postings == balanced
    off = (replace(balanced[0], amount=balanced[0].amount + Money(1)), *balanced[1:])
    with pytest.raises(WalletError):
        LedgerEntry("test", off)


@pytest.mark.parametrize("postings", [(), (Posting("a", Money(0)),)])
def test_an_entry_has_two_sides(postings: tuple[Posting, ...]) -> None:
    with pytest.raises(WalletError):
        LedgerEntry("test", postings)


def test_an_entry_is_in_one_currency() -> None:
    with pytest.raises(MoneyError):
        LedgerEntry("test", (Posting("a", Money(5, "CNY")), Posting("b", Money(-5, "EUR"))))


def test_free_balance_is_what_nobody_holds() -> None:
    assert free_balance(Money(5000), Money(0), []) == Money(5000)
    assert free_balance(Money(5000), Money(1000), [Money(1250), Money(300)]) == Money(4450)
    assert free_balance(Money(-500), Money(1000), [Money(500)]) == Money(0)
