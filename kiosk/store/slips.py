"""Who may sign slips on this site, and this terminal's own signature under them."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from kiosk.domain.ids import TerminalId
from kiosk.domain.slip import signed_as_slip
from kiosk.services.ports import SiteTerminal
from kiosk.store.connection import Connection
from kiosk.store.tables.feed import site_terminals
from kiosk.store.tables.identity import identity, incarnations

# Not a copy from a backup, which does not know what it has sold since.
_OWN = select(identity).join(incarnations, incarnations.c.number == identity.c.incarnation)
_TERMINAL = select(site_terminals).where(site_terminals.c.id == bindparam("terminal_id"))
_DROP = delete(site_terminals).where(site_terminals.c.id == bindparam("gone"))
_NEW = insert(site_terminals)
_PUT = _NEW.on_conflict_do_update(
    index_elements=["id"],
    set_={name: _NEW.excluded[name] for name in ("incarnation", "letter", "public_key", "is_revoked")},
)


class SqlSlips:
    """kiosk.services.ports.Slips and kiosk.sync.ports.SiteTerminals."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def own(self) -> SiteTerminal | None:
        row = self._connection.execute(_OWN).first()
        if row is None:
            return None
        public_key = Ed25519PrivateKey.from_private_bytes(row.private_key).public_key().public_bytes_raw()
        return SiteTerminal(TerminalId(row.terminal_id), row.incarnation, row.letter, public_key)

    def terminal(self, terminal_id: TerminalId) -> SiteTerminal | None:
        own = self.own()
        if own is not None and own.terminal_id == terminal_id:
            return own
        row = self._connection.execute(_TERMINAL, {"terminal_id": terminal_id}).first()
        if row is None:
            return None
        return SiteTerminal(TerminalId(row.id), row.incarnation, row.letter, row.public_key, bool(row.is_revoked))

    def sign(self, payload: bytes) -> bytes | None:
        row = self._connection.execute(_OWN).first()
        if row is None:
            return None
        return Ed25519PrivateKey.from_private_bytes(row.private_key).sign(signed_as_slip(payload))

    def is_signed(self, terminal: SiteTerminal, payload: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(terminal.public_key).verify(signature, signed_as_slip(payload))
        except (InvalidSignature, ValueError):
            return False
        return True

    def hear(self, terminal_id: TerminalId, terminal: SiteTerminal | None) -> None:
        """Central's newest word on that terminal; None: nobody trusts it until it was enrolled anew."""
        if terminal is None:
            self._connection.execute(_DROP, {"gone": terminal_id})
            return
        row = {
            "id": terminal.terminal_id,
            "incarnation": terminal.incarnation,
            "letter": terminal.letter,
            "public_key": terminal.public_key,
            "is_revoked": terminal.is_revoked,
        }
        self._connection.execute(_PUT, row)
