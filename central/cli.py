"""`python -m central …`: the central server's command line. Exit status: 0 done, 1 could not be done, 2 wrong usage or
settings; the reason is on standard error."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.exc import DBAPIError

from central.audit.report import check_logs, list_entries
from central.copying import copy_database
from central.coupons.service import import_offers, issue_coupons
from central.database import opened_database
from central.errors import CentralError
from central.faces.commands import add_face_commands
from central.logs import configure_logs
from central.members.service import block_member, import_members
from central.menu.service import import_menu
from central.opening import initialise, opened
from central.orders.paid_twice import add_paid_twice_commands
from central.orders.refunds import refund_at_central
from central.orders.repository import newest_orders
from central.orders.schemas import OrderSummary, order_summary
from central.restoring.commands import add_commands
from central.settings import Settings, load_settings, with_url
from central.terminals.repository import all_terminals
from central.terminals.service import CODE_VALID_FOR, revoke
from central.wallet.repository import open_grants
from central.wallet.service import top_up
from central.wallet.write_offs import ask_write_off, confirm_write_off
from kiosk.configfile import ConfigFileError
from kiosk.domain.errors import DomainError
from kiosk.domain.money import Money, MoneyError
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.unit import POINTS, coupon_in

DEFAULT_CONFIG = Path("config/demo-central.toml")
DONE, FAILED, WRONG_USAGE = 0, 1, 2
MAX_LISTED = 100_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        settings = load_settings(arguments.config)
        arguments.run(settings, arguments)
    except ConfigFileError as error:
        return _failed(str(error), WRONG_USAGE)
    except (CentralError, DomainError) as error:
        return _failed(str(error), FAILED)
    except DBAPIError as error:
        return _failed(f"the database refused: {error.orig}", FAILED)
    return DONE


def _failed(reason: str, status: int) -> int:
    sys.stderr.write(f"central: {reason}\n")
    return status


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m central", description="The canteen's central server.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help=f"settings (default: {DEFAULT_CONFIG})"
    )

    def command(name: str, run: Callable[..., None], summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary, parents=[common])
        added.set_defaults(run=run)
        return added

    command("init", _init, "make the database and the API token; done again it changes nothing")
    serve = command("serve", _serve, "serve terminals and staff until stopped")
    serve.add_argument("--ready-fd", type=int, metavar="N", help="write the URL there, not to standard output")
    code = command("enrol-code", _enrol_code, "make a one-time code for a terminal to enrol with")
    code.add_argument("--replaces", metavar="LETTER", help="the terminal that this machine takes over from")
    command("terminals", _terminals, "list the terminals")
    command("revoke-terminal", _revoke, "accept nothing more from a terminal").add_argument("letter")
    copy = command("copy-to", _copy_to, "copy the embedded database into an empty PostgreSQL; stop the server first")
    copy.add_argument("url", help="postgresql://…, then to be written into the settings as database.url")
    command("import-menu", _import_menu, "offer the menu of a TOML file, and count stock as it says").add_argument(
        "file", type=Path
    )
    command("import-members", _import_members, "add and update members from a CSV file, all or none").add_argument(
        "file", type=Path
    )
    command("import-offers", _import_offers, "add the coupon offers of a TOML file, all or none").add_argument(
        "file", type=Path
    )
    coupon = command("issue-coupon", _issue_coupon, "give members a coupon of an offer, each at most once")
    coupon.add_argument("offer")
    coupon.add_argument("member", nargs="+")
    command("block-member", _block, "let a member's cards pay nothing").add_argument("member")
    command("unblock-member", _unblock, "let a member's cards pay again").add_argument("member")
    top_up_ = command("top-up", _top_up, "add money to a member's balance")
    top_up_.add_argument("member")
    top_up_.add_argument("amount", help='such as "50" or "12.50"')
    top_up_.add_argument("--id", type=UUID, help="books once for the same id: give it again after a doubtful end")
    grants = command("grants", _grants, "list the grants that terminals hold, oldest first")
    grants.add_argument("--terminal", metavar="LETTER", help="only this one's")
    write_off = command("write-off", _write_off, "give a lost terminal's grant back to its member; takes two people")
    write_off.add_argument("grant", type=UUID)
    write_off.add_argument("--by", required=True, metavar="NAME", help="who asks for it")
    write_off.add_argument("--confirm", action="store_true", help="confirm what somebody else has asked for")
    audit = command("audit", _audit, "list the newest entries of the audit log")
    audit.add_argument("--terminal", metavar="LETTER", help="a terminal's, not central's own")
    audit.add_argument("--limit", type=_count, default=50, metavar="N", help="how many (50)")
    check_audit = command("check-audit", _check_audit, "say whether somebody changed an audit log")
    check_audit.add_argument("--terminal", metavar="LETTER", help="only this one's")
    refund = command("refund", _refund, "give back an order, or part of it, that its terminal cannot")
    refund.add_argument("order", type=UUID)
    refund.add_argument("--by", required=True, metavar="NAME", help="who gives it back")
    refund.add_argument("--reason", required=True)
    refund.add_argument(
        "--line", type=_portions, action="append", metavar="N[=COUNT]", help="only COUNT (1) of the order's N-th line"
    )
    refund.add_argument("--restock", action="store_true", help="what is given back can be sold again")
    refund.add_argument("--id", type=UUID, help="books once for the same id: give it again after a doubtful end")
    orders = command("orders", _orders, "list the newest orders")
    orders.add_argument("--limit", type=_count, default=20, metavar="N", help="how many (20)")
    orders.add_argument("--json", action="store_true", help="as JSON, one array")
    add_commands(command)
    add_face_commands(command)
    add_paid_twice_commands(command)
    return parser


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MAX_LISTED:
        raise argparse.ArgumentTypeError(f"must be 1 to {MAX_LISTED}")
    return number


def _portions(text: str) -> tuple[int, int]:
    line, _, count = text.partition("=")
    return int(line) - 1, int(count or 1)


def _init(settings: Settings, _: argparse.Namespace) -> None:
    initialise(settings, _say)


def _serve(settings: Settings, arguments: argparse.Namespace) -> None:
    # Only serving needs the web framework; importing it takes as long as most commands.
    from central.app import create_app
    from central.server import Server, ignore_repeated_stop_signals, look_for_garbage_seldom

    configure_logs(settings.server.state_dir / "logs", settings.log)

    def on_ready(url: str) -> None:
        if arguments.ready_fd is None:
            _say(f"listening on {url}")
        else:
            with os.fdopen(arguments.ready_fd, "w") as ready:
                ready.write(url + "\n")

    with opened(settings) as parts:
        ignore_repeated_stop_signals()
        server = Server(create_app(parts), settings.listen, parts.waiters, on_ready)
        look_for_garbage_seldom()
        server.listen_and_serve()


def _enrol_code(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        _say(parts.transactions.write(lambda tx: parts.desk.make_code(tx, arguments.replaces)))
    minutes = int(CODE_VALID_FOR.total_seconds() // 60)
    sys.stderr.write(f"Valid for {minutes} minutes, for one terminal.\n")


def _terminals(settings: Settings, _: argparse.Namespace) -> None:
    with opened(settings) as parts:
        rows = parts.transactions.read(all_terminals)
    zone = ZoneInfo(settings.canteen.timezone)
    for row in rows:
        state = "revoked" if row.is_revoked else "awaited" if row.is_awaited else "enrolled"
        since = row.enrolled_at.astimezone(zone)
        _say(f"{row.letter:3} {state:9} {since:%Y-%m-%d %H:%M}  incarnation {row.incarnation}  {row.name}")


def _revoke(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: revoke(tx, arguments.letter))
    _say(f"terminal {arguments.letter} is revoked")


def _copy_to(settings: Settings, arguments: argparse.Namespace) -> None:
    if settings.database.url is not None:
        raise CentralError("the settings name a PostgreSQL already: its own tools copy it")
    with opened_database(settings) as source, opened_database(with_url(settings, arguments.url)) as target:
        rows = copy_database(source, target)
    _say(f"copied {rows} rows; now write the URL into the settings, and never serve from the old file again")


def _import_menu(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        menu = parts.transactions.write(lambda tx: import_menu(tx, arguments.file))
    _say(f"menu version {menu.version}: {len(menu.dishes)} dishes, {len(menu.combos)} combos")


def _import_members(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        done = parts.transactions.write(lambda tx: import_members(tx, arguments.file, settings.credit_lines))
    _say(f"{done.new} new members, {done.changed} changed")


def _import_offers(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        new = parts.transactions.write(lambda tx: import_offers(tx, arguments.file))
    _say(f"new offers: {len(new)}")


def _issue_coupon(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        given = parts.transactions.write(lambda tx: issue_coupons(tx, arguments.offer, arguments.member))
    _say(f"coupons given: {given}")


def _block(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: block_member(tx, arguments.member, is_blocked=True))
    _say("blocked")


def _unblock(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: block_member(tx, arguments.member, is_blocked=False))
    _say("unblocked")


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
    _say(f"top-up {top_up_id} {booked}; free balance {free.decimal_text()} {free.currency}")


def _grants(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        rows = parts.transactions.read(lambda connection: open_grants(connection, arguments.terminal))
    zone = ZoneInfo(settings.canteen.timezone)
    _say(f"{'GRANT':36} {'SINCE':16} {'HELD':>10} TERMINAL MEMBER")
    for row in rows:
        held = _held_words(Money(row.held_minor, row.unit))
        recalled = " recalled" if row.is_recalled else ""
        at = f"{row.issued_at.astimezone(zone):%Y-%m-%d %H:%M}"
        _say(f"{row.id} {at} {held:>10} {row.terminal_letter:8} {row.member_id}{recalled}")


def _held_words(held: Money) -> str:
    """ "12.50" of money, "300 points", "coupon"."""
    if held.currency == POINTS:
        return f"{held.minor} points"
    return held.decimal_text() if coupon_in(held.currency) is None else "coupon"


def _write_off(settings: Settings, arguments: argparse.Namespace) -> None:
    act = confirm_write_off if arguments.confirm else ask_write_off
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: act(tx, arguments.grant, arguments.by))
    _say("written off" if arguments.confirm else "asked for; somebody else must confirm it with --confirm")


def _audit(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        lines = parts.transactions.read(
            lambda connection: list_entries(
                connection, arguments.terminal, arguments.limit, ZoneInfo(settings.canteen.timezone)
            )
        )
    for line in lines:
        _say(line)


def _check_audit(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        report = parts.transactions.read(
            lambda connection: check_logs(connection, parts.countersigner, arguments.terminal)
        )
    for line in report.lines:
        _say(line)
    if report.is_broken:
        raise CentralError("somebody changed an audit log, or a database was put back; see above")


def _refund(settings: Settings, arguments: argparse.Namespace) -> None:
    wanted: Counter[int] = Counter()
    for line, count in arguments.line or ():
        wanted[line] += count
    give_back = partial(
        refund_at_central,
        order_id=arguments.order,
        wanted=wanted or None,
        refund_id=arguments.id or uuid4(),
        staff=arguments.by,
        reason=arguments.reason,
        restock=arguments.restock,
    )
    with opened(settings) as parts:
        made = parts.transactions.write(give_back)
    _say(f"refund {made.id}: {made.money.decimal_text()} {made.amount.currency}")
    for part in made.parts:
        if part.used:
            _say(f"{part.used.minor} {part.used.currency} given back for {part.amount.decimal_text()} of the order")
    in_cash = made.amount_by(PaymentMethod.COUNTER)
    if in_cash:
        _say(f"{in_cash.decimal_text()} {in_cash.currency} of it was paid in cash: give it out here")


def _orders(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        rows = parts.transactions.read(lambda connection: newest_orders(connection, arguments.limit))
    orders = [order_summary(row, settings.canteen.currency) for row in rows]
    if arguments.json:
        _say(msgspec.json.encode(orders).decode())
        return
    _say(f"{'NUMBER':8} {'TIME':16} {'TOTAL':>10} {'REFUNDED':>10} {'STATE':17} {'MODE':10} MEMBER")
    for order in orders:
        _say(_order_line(order, ZoneInfo(settings.canteen.timezone)))


def _order_line(order: OrderSummary, zone: ZoneInfo) -> str:
    at = order.created_at.astimezone(zone)
    member = order.member_id or "-"
    return (
        f"{order.number:8} {at:%Y-%m-%d %H:%M} {order.total.decimal_text():>10} {order.refunded.decimal_text():>10} "
        f"{order.state:17} {order.dining_mode:10} {member}"
    )
