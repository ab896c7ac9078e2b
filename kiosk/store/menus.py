"""The menu as central last told it. Decoded once: a menu is large and every sale asks for it."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from kiosk.domain.menu import Menu
from kiosk.store.connection import Connection
from kiosk.store.tables.feed import menu

_REVISION = select(menu.c.revision)
_ROW = select(menu.c.revision, menu.c.body)

_decoder = msgspec.json.Decoder(Menu)


class MenuCache:
    """The decoded menu of one revision. Lives as long as the store; used under the store's lock."""

    def __init__(self) -> None:
        self.revision = 0
        self.menu: Menu | None = None


class SqlMenus:
    """kiosk.services.ports.Menus."""

    def __init__(self, connection: Connection, cache: MenuCache) -> None:
        self._connection = connection
        self._cache = cache

    def current(self) -> Menu | None:
        """The revision is asked every time (microseconds), so neither a feed page nor its rollback can leave the
        cache wrong."""
        revision = self._connection.execute(_REVISION).scalar()
        if revision is None:
            return None
        if revision != self._cache.revision:
            self._load()
        return self._cache.menu

    def _load(self) -> None:
        row = self._connection.execute(_ROW).one()
        self._cache.menu = None if row.body is None else _decoder.decode(row.body)
        self._cache.revision = row.revision
