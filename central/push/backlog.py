"""Backlogs: what a terminal sends that was away for long. A batch is stored as it came and acknowledged, which takes
milliseconds, and booked behind, a part at a time, so that thousands of old orders hold up no card payment.

What is stored is never lost: the batch goes only in the transaction that books its last event, and events are booked
once whatever happens (central.push.service). Until then its spends are held by their grants, so that no balance is
given out twice; only what is shown (balances, stock, orders) is late by these moments. While something of a terminal
waits, all that it sends waits behind it: its events are booked in order.
"""

from __future__ import annotations

from central.errors import CentralError
from central.push import repository
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.sync import wire

# Batches of one terminal that may wait: more than a month of a busy one.
MAX_WAITING = 40


class BacklogFull(CentralError):
    """Too much of that terminal waits to be booked; later there is room."""


def store(tx: Transaction, terminal: Terminal, head: wire.PackedHead, packed: bytes) -> wire.PushReply:
    """Keep the batch, `packed`, to be booked later. The reply says up to where everything is durable; after a gap
    nothing is kept. Raises BacklogFull."""
    sender = terminal.id, terminal.incarnation
    last_seq = repository.lock_positions(tx.connection, [sender])[sender]
    if head.first_seq > last_seq + 1:
        return wire.PushReply(last_seq)
    if repository.count_waiting(tx.connection, terminal.id) >= MAX_WAITING:
        raise BacklogFull("what came before is still being booked; try again")
    repository.add_waiting(tx.connection, sender, packed, tx.now)
    last_seq = max(last_seq, head.first_seq + head.count - 1)
    repository.set_positions(tx.connection, {sender: last_seq})
    return wire.PushReply(last_seq)
