"""Orders collected at this terminal, and those that others are known to have collected."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, exists, insert, or_, select
from sqlalchemy.dialects import sqlite
from sqlcipher3.dbapi2 import IntegrityError

from kiosk.domain.collection import Collection, CollectionError
from kiosk.domain.ids import CollectionId, PaymentId
from kiosk.store.connection import Connection
from kiosk.store.tables.feed import collected_elsewhere
from kiosk.store.tables.payments import collections

_ADD = insert(collections)
_GET = select(collections.c.body).where(collections.c.id == bindparam("collection_id"))
_IS_COLLECTED = select(
    or_(
        exists().where(collections.c.due_payment_id == bindparam("payment_id")),
        exists().where(collected_elsewhere.c.due_payment_id == bindparam("payment_id")),
    )
)
_HEAR = sqlite.insert(collected_elsewhere).on_conflict_do_nothing()

_decoder = msgspec.json.Decoder(Collection)


class SqlCollections:
    """kiosk.services.ports.Collections and kiosk.sync.ports.Collections."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, made: Collection) -> None:
        """Raises CollectionError when it, or another for the same payment, stands already."""
        row = {"id": made.id, "due_payment_id": made.due_payment_id, "body": msgspec.json.encode(made)}
        try:
            self._connection.execute(_ADD, row)
        except IntegrityError as error:
            raise CollectionError("the order was collected here already") from error

    def get(self, collection_id: CollectionId) -> Collection | None:
        body = self._connection.execute(_GET, {"collection_id": collection_id}).scalar()
        return None if body is None else _decoder.decode(body)

    def is_collected(self, due_payment_id: PaymentId) -> bool:
        return bool(self._connection.execute(_IS_COLLECTED, {"payment_id": due_payment_id}).scalar_one())

    def hear_collected(self, due_payment_id: PaymentId) -> None:
        """Another terminal has collected it; central said so."""
        self._connection.execute(_HEAR, {"due_payment_id": due_payment_id})
