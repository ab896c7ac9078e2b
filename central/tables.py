"""Every table of central, for the migrations and the test that compares both."""

from __future__ import annotations

from central.database import metadata
from central.feed.repository import feed_position, feed_row
from central.installation import installation
from central.members.repository import card, member
from central.menu.repository import menu
from central.orders.repository import customer_order, payment
from central.push.repository import push_position, quarantined_event, received_event, waiting_batch
from central.stock.repository import stock_item, stock_movement
from central.terminals.repository import enrolment_code, terminal
from central.wallet.ledger import ledger_entry, ledger_posting, points_entry
from central.wallet.repository import grant_request, money_grant, spend, write_off

TABLES = (
    installation, feed_position, feed_row, menu, member, card, terminal, enrolment_code, push_position, received_event,
    quarantined_event, waiting_batch, ledger_entry, ledger_posting, points_entry, customer_order, payment, stock_item,
    stock_movement, grant_request, money_grant, spend, write_off,
)  # fmt: skip

__all__ = ["TABLES", "metadata"]
