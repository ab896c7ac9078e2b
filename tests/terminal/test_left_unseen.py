"""A start says what became of the payment that the last run left open."""

from __future__ import annotations

from pathlib import Path

from kiosk.back_room import BackRoom
from kiosk.domain.ids import PaymentId, uuid7
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import Payment, PaymentMethod
from kiosk.screens.bridge import Bridge
from kiosk.screens.flow import events as ev
from kiosk.services.journal import Fate
from kiosk.settings import load_settings
from kiosk.store.last_run import DATABASE, KEY
from kiosk.store.sqlite_store import open_store
from tests.store.sales import CARD_UID, IDENTITY, NOON, draft

SETTINGS = """
[terminal]
name = "Terminal 1"
state_dir = "{state_dir}"
[central]
url = "http://127.0.0.1:9"
"""
WITHIN_S = 20


def test_the_screens_are_told(tmp_path: Path) -> None:
    payment = Payment(PaymentId(uuid7(int(NOON.timestamp() * 1000))), draft().id, PaymentMethod.BALANCE, Money(1200))
    store = open_store(tmp_path / DATABASE, tmp_path / KEY)
    store.save_identity(IDENTITY)
    with store.transaction() as tx:
        tx.payments.add(payment, ByCard(CARD_UID))
    store.close()

    config = tmp_path / "terminal.toml"
    config.write_text(SETTINGS.format(state_dir=tmp_path), encoding="utf-8")
    bridge = Bridge()
    room = BackRoom(load_settings(config), config, bridge, None)
    room.start()
    try:
        room.services.result(WITHIN_S)
        told = [event for event in bridge.drain() if isinstance(event, ev.PaymentChecked)]
    finally:
        room.stop()
    (said,) = told
    assert said.payment_id == payment.id
    assert said.payment is not None
    assert (said.payment.fate, said.payment.card_end) == (Fate.NOT_CHARGED, CARD_UID[-4:])
    assert said.payment.at.strftime("%H:%M") == "12:30"
