"""Enrolment: a one-time code proves that staff want this machine; from then on its own key proves who it is."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from datetime import timedelta
from string import ascii_uppercase
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Row

from central.errors import CentralError, NotFound
from central.faces.sharing import leave
from central.installation import Installation, lock_installation
from central.restoring.record import TerminalEnrolled, TerminalRevoked
from central.terminals import repository
from central.terminals.identity import KITCHEN_ROLES, SELLING_ROLES, Terminal
from central.transactions import Transaction
from kiosk.configfile import text_fault
from kiosk.domain.audit import Act
from kiosk.sync.wire import OLDEST_PROTOCOL, Enrolled, EnrolRequest

CODE_VALID_FOR = timedelta(minutes=15)
MAX_FAILED_ATTEMPTS = 10
MAX_NAME_CHARS = 60
ROLES = SELLING_ROLES | KITCHEN_ROLES
# More than a terminal is enrolled between two restores. The next restore begins behind them: no number comes twice.
INCARNATIONS_AN_EPOCH = 1000
# Crockford's Base32: no I, L, O, U, and what is typed for them is understood.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_CHARS = 8
_TYPED = str.maketrans("OIL", "011", " -")
_KEY_BYTES = 32


class EnrolmentRefused(CentralError):
    """The code is wrong, used, too old, or was guessed at too often; which one is not told."""


class BadEnrolment(CentralError):
    """The request itself makes no sense."""


class EnrolmentDesk:
    """Gives out codes and enrols who brings one. `hash_key` is a secret that is not in the database."""

    def __init__(self, canteen_name: str, hash_key: str) -> None:
        self._canteen_name = canteen_name
        self._hash_key = hash_key.encode()

    def make_code(self, tx: Transaction, replaces_letter: str | None = None) -> str:
        """A code such as "7KQ4-M2ZP", single use, valid for CODE_VALID_FOR. With `replaces_letter`, the machine that
        uses it becomes that terminal's next incarnation, and no earlier code for that terminal is valid any more.
        Raises NotFound for an unknown letter."""
        replaced = repository.find_by_letter(tx.connection, replaces_letter) if replaces_letter else None
        if replaces_letter and replaced is None:
            raise NotFound(f"there is no terminal {replaces_letter}")
        if replaced is not None:
            lock_installation(tx.connection)
            repository.void_codes(tx.connection, replaced.id)
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_CHARS))
        row = {
            "code_hash": self._hash(code),
            "created_at": tx.now,
            "expires_at": tx.now + CODE_VALID_FOR,
            "failed_attempts": 0,
            "replaces_id": replaced.id if replaced else None,
        }
        repository.add_code(tx.connection, row)
        tx.record(Act.ENROL_CODE_MADE, replaced.id if replaced else "")
        return f"{code[:4]}-{code[4:]}"

    def enrol(self, tx: Transaction, request: EnrolRequest) -> Enrolled | EnrolmentRefused:
        """Enrol the machine that holds the private half of the key. The same code with the same key again gets the
        same answer, so that a lost reply loses nothing. A refusal is returned, not raised: the attempt counts and must
        be committed. Raises BadEnrolment."""
        public_key = _read_key(request.public_key)
        fault = text_fault(request.terminal_name, MAX_NAME_CHARS)
        if fault:
            raise BadEnrolment(f"terminal_name {fault}")
        if request.role not in ROLES:
            raise BadEnrolment(f"role must be one of {', '.join(sorted(ROLES))}")
        code_hash = self._hash(request.code)
        installation = lock_installation(tx.connection)
        code = repository.find_code(tx.connection, code_hash)
        if code is None or code.failed_attempts >= MAX_FAILED_ATTEMPTS or code.expires_at < tx.now:
            repository.count_failed_attempt(tx.connection)
            return EnrolmentRefused("this code is not valid; ask for a new one")
        if code.terminal_id is None:
            terminal = _admit(tx, installation, code.replaces_id, request, public_key)
            entry = TerminalEnrolled(terminal.id, terminal.letter, terminal.incarnation)
            tx.safe.record.append(entry)
            repository.use_code(tx.connection, code_hash, terminal.id)
            tx.changes.terminals.add(terminal.id)
            tx.record(
                Act.TERMINAL_ENROLLED,
                terminal.id,
                actor=f"terminal:{terminal.id}",
                incarnation=terminal.incarnation,
                letter=terminal.letter,
            )
        else:
            terminal = repository.get_terminal(tx.connection, code.terminal_id)
            if terminal.public_key != public_key or terminal.is_revoked:
                return EnrolmentRefused("this code is not valid; ask for a new one")
        return Enrolled(terminal.id, terminal.incarnation, terminal.letter, self._canteen_name)

    def _hash(self, code: str) -> bytes:
        """What is kept of a code. Keyed, as there are only 2^40 codes to try."""
        typed = code[: 4 * _CODE_CHARS].upper().translate(_TYPED)
        return hmac.digest(self._hash_key, b"enrolment code " + typed.encode(), "sha256")


def revoke(tx: Transaction, letter: str) -> None:
    """From now on nothing that this terminal signs is accepted, nor a code from before for its next incarnation. Raises
    NotFound."""
    terminal = repository.find_by_letter(tx.connection, letter)
    if terminal is None:
        raise NotFound(f"there is no terminal {letter}")
    lock_installation(tx.connection)
    tx.safe.record.append(TerminalRevoked(terminal.id))
    repository.change_terminal(tx.connection, terminal.id, {"is_revoked": True})
    repository.void_codes(tx.connection, terminal.id)
    leave(tx, terminal.id)
    tx.changes.terminals.add(terminal.id)
    tx.record(Act.TERMINAL_REVOKED, terminal.id)


def note_protocol(tx: Transaction, terminal: Terminal, protocol: int) -> None:
    """The terminal's program was exchanged."""
    repository.change_terminal(tx.connection, terminal.id, {"protocol": protocol})


def letter_of(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA, as columns of a spreadsheet."""
    letters = ""
    index += 1
    while index:
        index, place = divmod(index - 1, len(ascii_uppercase))
        letters = ascii_uppercase[place] + letters
    return letters


def _admit(
    tx: Transaction, installation: Installation, replaces_id: str | None, request: EnrolRequest, public_key: bytes
) -> Row[Any]:
    """A new terminal, or the next incarnation of the one that it replaces."""
    named = {"name": request.terminal_name, "role": request.role}
    values = named | {"public_key": public_key, "is_revoked": False, "enrolled_at": tx.now}
    before_this_epoch = installation.restores * INCARNATIONS_AN_EPOCH
    if replaces_id is not None:
        replaced = repository.get_terminal(tx.connection, replaces_id)
        incarnation = max(replaced.incarnation, before_this_epoch) + 1
        repository.change_terminal(tx.connection, replaces_id, values | {"incarnation": incarnation})
        return repository.get_terminal(tx.connection, replaces_id)
    terminal_id = str(uuid4())
    letter = letter_of(repository.count_terminals(tx.connection))
    incarnation = before_this_epoch + 1
    fresh = {"id": terminal_id, "letter": letter, "incarnation": incarnation, "protocol": OLDEST_PROTOCOL}
    repository.add_terminal(tx.connection, values | fresh)
    return repository.get_terminal(tx.connection, terminal_id)


def _read_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
        Ed25519PublicKey.from_public_bytes(key)
    except (binascii.Error, ValueError) as error:
        raise BadEnrolment(f"public_key must be {_KEY_BYTES} bytes in base64") from error
    return key
