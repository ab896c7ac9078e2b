"""Making a central server and opening the one that was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from central.audit.countersigning import Countersigner
from central.coupons.service import import_offers, issue_coupons
from central.database import Database, open_database
from central.errors import CentralError, DatabaseUnusable
from central.feed.waiting import FeedWaiters
from central.ingredients.service import import_recipes
from central.installation import Installation, create_installation, find_installation
from central.members.members_file import MAX_ROWS
from central.members.repository import member_ids_after
from central.members.service import import_members
from central.menu.service import import_menu
from central.restoring.record import RecordUnusable
from central.restoring.restore import check_not_put_back, entries_of_database
from central.schema import check_schema, upgrade_schema
from central.settings import Settings
from central.staff.staff_file import import_staff
from central.state_dir import (
    create_api_token,
    create_audit_key,
    create_database_key,
    create_seal_key,
    create_state_dir,
    read_api_token,
    read_audit_key,
    using_state_dir,
)
from central.terminals.service import EnrolmentDesk
from central.transactions import Transaction, Transactions, utc_now
from central.wallet.pre_granter import PreGranter
from central.wallet.pre_grants import PreGrantRule
from central.wallet.repository import all_open_pre_grants


@dataclass(frozen=True, slots=True)
class Parts:
    """What a central server is made of; `waiters` and `pre_granter` are told by `transactions` after each commit."""

    database: Database
    transactions: Transactions
    waiters: FeedWaiters
    pre_granter: PreGranter
    installation: Installation
    desk: EnrolmentDesk
    api_token: str
    countersigner: Countersigner
    shares_faces: bool
    largest_correction_minor: int
    terminal_release: str


def initialise(settings: Settings, say: Callable[[str], None]) -> None:
    """Make what is missing: state directory, secrets, schema, and in a new database the first content. Done again, it
    changes nothing. Raises CentralError or ConfigFileError."""
    state_dir = settings.server.state_dir
    create_state_dir(state_dir)
    create_api_token(state_dir)
    create_audit_key(state_dir)
    if settings.database.url is None:
        create_database_key(state_dir)
    database = open_database(settings)
    try:
        upgrade_schema(database)
        transactions = Transactions(database, settings.canteen.currency)
        for line in transactions.write(lambda tx: _first_content(tx, settings)):
            say(line)
        installation = find_checked_installation(database, settings)
        transactions.write(lambda tx: _begin_record(tx, installation, state_dir))
    finally:
        database.close()


def _first_content(tx: Transaction, settings: Settings) -> list[str]:
    """All of it, or the database stays new."""
    if find_installation(tx.connection) is not None:
        return ["the database is there already and up to date"]
    create_installation(tx.connection, settings.canteen.currency, tx.now)
    done = ["made the database"]
    if settings.first_content.menu is not None:
        menu = import_menu(tx, settings.first_content.menu)
        done.append(f"imported the menu: {len(menu.dishes)} dishes, {len(menu.combos)} combos")
    if settings.first_content.members is not None:
        imported = import_members(tx, settings.first_content.members, settings.credit_lines)
        done.append(f"imported {imported.new} members")
    if settings.first_content.staff is not None:
        done.append(f"imported {import_staff(tx, settings.first_content.staff)} staff members")
    if settings.first_content.recipes is not None:
        recipes = import_recipes(tx, settings.first_content.recipes)
        done.append(f"imported {recipes.recipes} recipes of {recipes.ingredients} ingredients")
    if settings.first_content.offers is not None:
        offer_ids = import_offers(tx, settings.first_content.offers)
        member_ids = member_ids_after(tx.connection, "", MAX_ROWS)
        given = sum(issue_coupons(tx, offer_id, member_ids) for offer_id in offer_ids)
        done.append(f"imported {len(offer_ids)} coupon offers, gave {given} coupons")
    return done


def _begin_record(tx: Transaction, installation: Installation, state_dir: Path) -> None:
    """In a new database, or in one from before there was a record: its grants are sealed."""
    if tx.safe.record.is_there:
        return
    if installation.mark:
        raise RecordUnusable("the record beside the database is missing: put it back, with seal.key")
    create_seal_key(state_dir)
    tx.safe.record.start(entries_of_database(tx))
    tx.changes.pre_grants.update(all_open_pre_grants(tx.connection))


@contextmanager
def opened(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Iterator[Parts]:
    """The parts of the server that the settings describe. Raises CentralError when `init` has not made it."""
    api_token = read_api_token(settings.server.state_dir)
    countersigner = Countersigner(read_audit_key(settings.server.state_dir))
    with using_state_dir(settings.server.state_dir), closing(open_database(settings)) as database:
        check_schema(database)
        installation = find_checked_installation(database, settings)
        check_not_put_back(installation, database.safe.record.facts())
        waiters = FeedWaiters()
        rule = PreGrantRule(settings.pre_grants.limit_minor, settings.pre_grants.terminal_cap_minor)
        pre_granter = PreGranter(rule)

        def after_commit(transaction: Transaction) -> None:
            pre_granter.note(transaction)
            if transaction.changes.count:
                waiters.wake_from_thread(transaction.changes.last_seq)

        yield Parts(
            database=database,
            transactions=Transactions(database, settings.canteen.currency, clock=clock, after_commit=after_commit),
            waiters=waiters,
            pre_granter=pre_granter,
            installation=installation,
            desk=EnrolmentDesk(settings.canteen.name, hash_key=api_token),
            api_token=api_token,
            countersigner=countersigner,
            shares_faces=settings.faces.shared,
            largest_correction_minor=settings.balance_corrections.largest_minor,
            terminal_release=settings.terminals.release,
        )


def find_checked_installation(database: Database, settings: Settings) -> Installation:
    """Raises DatabaseUnusable for a database without content, CentralError when the settings do not fit it."""
    with database.read() as connection:
        found = find_installation(connection)
    if found is None:
        raise DatabaseUnusable("the database has no content yet: run `python -m central init`")
    if found.currency != settings.canteen.currency:
        raise CentralError(
            f"the settings say {settings.canteen.currency}, but the amounts in the database are in {found.currency}"
        )
    return found
