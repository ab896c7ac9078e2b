"""From older versions' databases to the newest, and what their terminals had not sent yet afterwards."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text

from central.database import open_database
from central.deleting.service import delete_member
from central.errors import Conflict
from central.feed.repository import feed_row
from central.schema import upgrade_schema, upgrade_to
from central.settings import load_settings
from central.state_dir import create_database_key, create_state_dir
from central.terminals.repository import terminal
from central.wallet.pay_outs import ask_pay_out, confirm_pay_out
from central.wallet.repository import grant_request, money_grant, spend
from kiosk.domain.ids import MemberId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.money import Money
from kiosk.services.recovery import resolve_unfinished
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync import wire
from kiosk.sync.client import CentralClient
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.line import CentralAddress
from kiosk.sync.push import OutboxSender
from tests.central.conftest import DATABASES
from tests.central.sales import new_id, yuan
from tests.central.support import Central, Diner, Terminal, running_central, write_settings
from tests.central.test_recorded_messages import running_kept_central

KEPT = Path(__file__).parent / "data" / "first_revision"
MEMBER = Diner("m00001", "0000000001")


def test_the_kept_database_and_the_messages_of_the_first_version(tmp_path: Path) -> None:
    """One sale and one counter order booked; one grant of 10.00 open, whose sale (sale.json, as the first version's
    terminal wrote it) is still to come."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    for name in ("central.db", "central.key", "api-token"):
        shutil.copy(KEPT / name, state / name)
        (state / name).chmod(0o600)
    with running_central(tmp_path) as central:
        account = central.account(MEMBER)
        assert (account.booked, account.held, account.free) == (yuan("37.50"), yuan("10.00"), yuan("32.50"))
        assert central.parts.transactions.read(lambda c: set(c.scalars(select(money_grant.c.unit)))) == {"CNY"}
        terminal = _kept_terminal(central.http)
        sale = wire.PushedEvent(new_id(), msgspec.Raw((KEPT / "sale.json").read_bytes()))
        batch = wire.encode(wire.PushBatch(3, (sale,)))
        response = terminal.send("POST", "/v1/push", batch, **{wire.PROTOCOL_HEADER: "1"})
        assert wire.decode(response.content, wire.PushReply) == wire.PushReply(3)
        account = central.account(MEMBER)
        assert (account.booked, account.held, account.points) == (yuan("27.50"), Money(0), 12)
        assert len(central.staff_get("/v1/orders")) == 3
        told = terminal.states()["terminal", terminal.id]
        assert msgspec.convert(told, wire.TerminalRecord).public_key == terminal.key.public_key().public_bytes_raw()
        check_deleted(central, terminal)


def check_deleted(central: Central, terminal: Terminal) -> None:
    """A member whom an older version wrote down."""
    write = central.parts.transactions.write
    with pytest.raises(Conflict, match=r"27\.50 are on the balance"):
        write(lambda tx: delete_member(tx, MEMBER.id, "Li", "left", let_lapse=True))
    write(lambda tx: ask_pay_out(tx, MEMBER.id, "Li", is_unclaimed=False))
    write(lambda tx: confirm_pay_out(tx, MEMBER.id, "Chen"))
    write(lambda tx: delete_member(tx, MEMBER.id, "Li", "left", let_lapse=True))
    assert terminal.states()["member", MEMBER.id] is None
    assert ("card", MEMBER.card_uid) not in terminal.states()
    with central.parts.database.read() as connection:
        assert MEMBER.card_uid not in connection.scalars(select(grant_request.c.card_uid)).all()


PROTOCOL_2_TERMINAL = Path(__file__).parents[1] / "store" / "data"
SET_ASIDE, CUT_OFF = Diner("m-kept", "A6A6A6A6A6"), Diner("m-gone", "A5A5A5A5A5")


def test_a_terminal_and_a_central_of_protocol_2_upgraded(tmp_path: Path) -> None:
    """What data/protocol_2/record.py left: not uploaded are a meal of 12.00 paid with what was set aside, an order of
    1.00 for the counter, and a payment of 12.00 that a crash cut off after its grant."""
    path, key_path = tmp_path / "kiosk.db", tmp_path / "kiosk.key"
    shutil.copy(PROTOCOL_2_TERMINAL / "protocol_2.sqlite", path)
    shutil.copy(PROTOCOL_2_TERMINAL / "protocol_2.key", key_path)
    key_path.chmod(0o600)
    with running_kept_central(tmp_path) as central, closing(open_store(path, key_path)) as store:
        orders = len(central.staff_get("/v1/orders?limit=500"))
        assert [q["terminal_letter"] for q in central.staff_get("/v1/quarantine")] == ["C", "A"]
        before = central.account(SET_ASIDE)
        assert (before.booked, before.held) == (yuan("56.00"), yuan("30.00"))
        assert central.account(CUT_OFF).held == yuan("32.00")
        assert len(resolve_unfinished(store, WireEncoder(PointsRule(100)))) == 1
        for _ in range(2):  # the second time as if nothing had been acknowledged
            send_all(store, central.url)
            with store.transaction() as tx:
                assert tx.outbox.waiting() == 0
                assert tx.outbox.acknowledge(0)
        after = central.account(SET_ASIDE)
        assert (after.booked, after.held, after.points) == (yuan("44.00"), yuan("18.00"), 36)
        assert central.account(CUT_OFF).held == yuan("20.00")
        assert len(central.staff_get("/v1/orders?limit=500")) == orders + 2
        assert len(central.staff_get("/v1/quarantine")) == 2
        with store.transaction() as tx:
            (use,) = tx.grants.open_pre_grants(MemberId(SET_ASIDE.id))
            assert (use.left, use.spends) == (yuan("18.00"), 1)


def send_all(store: SqliteStore, url: str) -> None:
    """What waits in that terminal's outbox, by today's code."""
    identity = store.identity()
    assert identity is not None
    client = CentralClient(CentralAddress(url, 10), identity)
    try:
        sender = OutboxSender(client, store)
        while sender.send_batch():
            pass
    finally:
        client.line.close()


OPEN, SPENT, PAYMENT = uuid4(), uuid4(), uuid4()
FIRST_ROWS = (
    """
INSERT INTO member VALUES ('m1', 'n', 'u', FALSE, 0, '', '2026-01-01 00:00:00');
INSERT INTO terminal VALUES ('t1', 'A', 'n', 1, '', FALSE, '2026-01-01 00:00:00');
INSERT INTO terminal VALUES ('t2', 'B', 'n', 1, CAST('key' AS BYTES), TRUE, '2026-01-01 00:00:00');
INSERT INTO feed_position VALUES (1, 5);
INSERT INTO grant_request VALUES ('OPEN', 't1', 1, 'AA', 100, '', FALSE, '2026-01-01 00:00:00');
INSERT INTO grant_request VALUES ('SPENT', 't1', 1, 'AA', 200, '', FALSE, '2026-01-01 00:00:00');
INSERT INTO money_grant VALUES ('OPEN', 'OPEN', 'm1', 't1', 1, 100, TRUE, NULL, '2026-01-01 00:00:00');
INSERT INTO money_grant VALUES ('SPENT', 'SPENT', 'm1', 't1', 1, 200, FALSE, 1, '2026-01-01 00:00:00');
INSERT INTO spend VALUES ('PAYMENT', 'SPENT', 1, 200)
""".replace("OPEN", OPEN.hex)
    .replace("SPENT", SPENT.hex)
    .replace("PAYMENT", PAYMENT.hex)
)


@pytest.mark.parametrize("kind", DATABASES)
def test_grants_and_spends_outlive_the_change_of_their_tables(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql_url")() if kind == "postgresql" else None
    settings = load_settings(write_settings(tmp_path, url))
    create_state_dir(settings.server.state_dir)
    create_database_key(settings.server.state_dir)
    database = open_database(settings)
    try:
        with database.write() as connection:
            upgrade_to(connection, "0001")
            for statement in FIRST_ROWS.split(";"):
                connection.execute(text(statement.replace("BYTES", "BLOB" if database.is_sqlite else "BYTEA")))
        upgrade_schema(database)
        with database.read() as connection:
            grants = connection.execute(select(money_grant).order_by(money_grant.c.amount_minor)).all()
            assert [(g.id, g.request_id, g.is_open, g.is_recalled, g.is_written_off) for g in grants] == [
                (OPEN, OPEN, True, False, False),
                (SPENT, SPENT, False, False, False),
            ]
            (made,) = connection.execute(select(spend)).all()
            assert (made.grant_id, made.number, made.payment_id, made.amount_minor) == (SPENT, 1, PAYMENT, 200)
            assert connection.execute(select(terminal.c.protocol)).scalars().all() == [1, 1]
            (told,) = connection.execute(select(feed_row)).all()  # of terminals, those whose key is known
            record = wire.TerminalRecord("t2", 1, "B", b"key", is_revoked=True)
            assert (told.kind, told.key, told.seq) == ("terminal", "t2", 6)
            assert wire.decode(told.body, wire.TerminalRecord) == record
    finally:
        database.close()


def _kept_terminal(http: httpx.Client) -> Terminal:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex((KEPT / "terminal.key").read_text()))
    return Terminal(http, key, wire.Enrolled("f33d2bf1-af13-40b8-938f-9e4cc74538b1", 1, "A", "第一食堂"))
