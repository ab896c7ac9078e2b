"""`python -m central top-up | pay-out | grants | write-off`: the command line of this folder."""

from __future__ import annotations

import argparse
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from central.commands import AddCommand, say
from central.errors import CentralError
from central.opening import opened
from central.settings import Settings
from central.wallet.pay_outs import ask_pay_out, confirm_pay_out
from central.wallet.repository import open_grants
from central.wallet.service import top_up
from central.wallet.write_offs import ask_write_off, confirm_write_off
from kiosk.domain.money import Money, MoneyError
from kiosk.domain.unit import POINTS, coupon_in


def add_commands(command: AddCommand) -> None:
    topping_up = command("top-up", _top_up, "add money to a member's balance")
    topping_up.add_argument("member")
    topping_up.add_argument("amount", help='such as "50" or "12.50"')
    topping_up.add_argument("--id", type=UUID, help="books once for the same id: give it again after a doubtful end")
    paying_out = command("pay-out", _pay_out, "pay out a member's balance in cash; takes two people")
    paying_out.add_argument("member")
    paying_out.add_argument("--by", required=True, metavar="NAME", help="who asks for it")
    paying_out.add_argument("--unclaimed", action="store_true", help="nobody can be paid: not as cash")
    paying_out.add_argument("--confirm", action="store_true", help="confirm what somebody else has asked for")
    grants = command("grants", _grants, "list the grants that terminals hold, oldest first")
    grants.add_argument("--terminal", metavar="LETTER", help="only this one's")
    write_off = command("write-off", _write_off, "give a lost terminal's grant back to its member; takes two people")
    write_off.add_argument("grant", type=UUID)
    write_off.add_argument("--by", required=True, metavar="NAME", help="who asks for it")
    write_off.add_argument("--confirm", action="store_true", help="confirm what somebody else has asked for")


def _top_up(settings: Settings, arguments: argparse.Namespace) -> None:
    try:
        amount = Money.parse(arguments.amount, settings.canteen.currency)
    except MoneyError as error:
        raise CentralError(f"{arguments.amount!r} is not an amount such as 12.50") from error
    if amount.minor <= 0:
        raise CentralError("a top-up is above zero")
    top_up_id = arguments.id or uuid4()
    with opened(settings) as parts:
        free, is_new = parts.transactions.write(lambda tx: top_up(tx, top_up_id, arguments.member, amount))
    booked = "booked" if is_new else "was booked before, nothing changed"
    say(f"top-up {top_up_id} {booked}; free balance {free.decimal_text()} {free.currency}")


def _pay_out(settings: Settings, arguments: argparse.Namespace) -> None:
    member_id, by, is_unclaimed = arguments.member, arguments.by, arguments.unclaimed
    with opened(settings) as parts:
        if not arguments.confirm:
            asked = parts.transactions.write(lambda tx: ask_pay_out(tx, member_id, by, is_unclaimed=is_unclaimed))
            say(f"asked for: {asked.decimal_text()} {asked.currency}; somebody else must confirm it with --confirm")
            return
        paid, is_cash = parts.transactions.write(lambda tx: confirm_pay_out(tx, member_id, by))
    give_out = ": give it out here" if is_cash else ", booked as unclaimed"
    say(f"{paid.decimal_text()} {paid.currency}{give_out}")


def _grants(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        rows = parts.transactions.read(lambda connection: open_grants(connection, arguments.terminal))
    zone = ZoneInfo(settings.canteen.timezone)
    say(f"{'GRANT':36} {'SINCE':16} {'HELD':>10} TERMINAL MEMBER")
    for row in rows:
        held = _held_words(Money(row.held_minor, row.unit))
        recalled = " recalled" if row.is_recalled else ""
        at = f"{row.issued_at.astimezone(zone):%Y-%m-%d %H:%M}"
        say(f"{row.id} {at} {held:>10} {row.terminal_letter:8} {row.member_id}{recalled}")


def _held_words(held: Money) -> str:
    """ "12.50" of money, "300 points", "coupon"."""
    if held.currency == POINTS:
        return f"{held.minor} points"
    return held.decimal_text() if coupon_in(held.currency) is None else "coupon"


def _write_off(settings: Settings, arguments: argparse.Namespace) -> None:
    act = confirm_write_off if arguments.confirm else ask_write_off
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: act(tx, arguments.grant, arguments.by))
    say("written off" if arguments.confirm else "asked for; somebody else must confirm it with --confirm")
