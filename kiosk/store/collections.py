"""Orders collected at this terminal, what of that was undone, and those that others are known to have collected."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, delete, exists, insert, or_, select
from sqlalchemy.dialects import sqlite
from sqlcipher3.dbapi2 import IntegrityError

from kiosk.domain.collection import Collection, CollectionError, UndoneCollection
from kiosk.domain.ids import CollectionId, PaymentId, UndoneCollectionId
from kiosk.store.connection import Connection
from kiosk.store.tables.feed import collected_elsewhere
from kiosk.store.tables.payments import collections, undone_collections

_ADD = insert(collections)
_GET = select(collections.c.body).where(collections.c.id == bindparam("collection_id"))
_IS_COLLECTED = select(
    or_(
        exists().where(collections.c.due_payment_id == bindparam("payment_id")),
        exists().where(collected_elsewhere.c.due_payment_id == bindparam("payment_id")),
    )
)
_REMOVE = delete(collections).where(collections.c.id == bindparam("collection_id"))
_ADD_UNDONE = insert(undone_collections)
_GET_OF_UNDONE = select(undone_collections.c.collection).where(
    undone_collections.c.collection_id == bindparam("collection_id")
)
_GET_UNDONE = select(undone_collections.c.body).where(undone_collections.c.id == bindparam("undone_id"))
_HEAR_UNDONE = delete(collected_elsewhere).where(collected_elsewhere.c.due_payment_id == bindparam("payment_id"))
_HEAR = sqlite.insert(collected_elsewhere).on_conflict_do_nothing()

_decoder = msgspec.json.Decoder(Collection)
_undone_decoder = msgspec.json.Decoder(UndoneCollection)


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
        """Also one that was undone."""
        for query in (_GET, _GET_OF_UNDONE):
            body = self._connection.execute(query, {"collection_id": collection_id}).scalar()
            if body is not None:
                return _decoder.decode(body)
        return None

    def undo(self, undone: UndoneCollection) -> None:
        """Raises CollectionError when there is no such collection, or it was undone already."""
        body = self._connection.execute(_GET, {"collection_id": undone.collection_id}).scalar()
        if body is None:
            raise CollectionError("no such collection stands")
        self._connection.execute(_REMOVE, {"collection_id": undone.collection_id})
        row = {"collection_id": undone.collection_id, "id": undone.id, "collection": body}
        try:
            self._connection.execute(_ADD_UNDONE, row | {"body": msgspec.json.encode(undone)})
        except IntegrityError as error:
            raise CollectionError("under that id another one was undone") from error

    def undone(self, undone_id: UndoneCollectionId) -> UndoneCollection | None:
        body = self._connection.execute(_GET_UNDONE, {"undone_id": undone_id}).scalar()
        return None if body is None else _undone_decoder.decode(body)

    def is_collected(self, due_payment_id: PaymentId) -> bool:
        return bool(self._connection.execute(_IS_COLLECTED, {"payment_id": due_payment_id}).scalar_one())

    def hear_collected(self, due_payment_id: PaymentId, *, is_collected: bool) -> None:
        """Another terminal has collected it, or has undone that; central said so."""
        if is_collected:
            self._connection.execute(_HEAR, {"due_payment_id": due_payment_id})
        else:
            self._connection.execute(_HEAR_UNDONE, {"payment_id": due_payment_id})
