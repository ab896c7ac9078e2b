"""What somebody who has the database's key, but not central's, may do to an audit log: each a change of its entries and
heads. What lies behind the last countersigned head is left out, for there nothing can be found (docs/decisions/0006),
but for what is plain damage."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.audit import (
    AuditEntry,
    CountersignedHead,
    StoredEntry,
    entry_body,
    entry_hash,
    genesis,
    parse_entry,
    signed_head,
)
from tests.prove.audit.site import Log

HashOf = Callable[[AuditEntry], bytes]


def true_hash(entry: AuditEntry) -> bytes:
    return entry_hash(entry_body(entry))


@dataclass(frozen=True)
class Attacker:
    """`hash_of`: how entries are hashed; an attacker knows the program."""

    chance: random.Random
    hash_of: HashOf = true_hash

    def rechained(self, log: Log, entries: Sequence[AuditEntry]) -> tuple[StoredEntry, ...]:
        """Numbered and chained as if nothing had been."""
        last, done = genesis(log.log_id), []
        for seq, entry in enumerate(entries, start=1):
            entry = replace(entry, seq=seq, previous=last)
            last = self.hash_of(entry)
            done.append(StoredEntry(seq, entry_body(entry), last))
        return tuple(done)

    def place(self, log: Log) -> int:
        """An entry that central vouches for."""
        return self.chance.randrange(max(head.seq for head in log.heads))

    def other(self, entry: AuditEntry) -> AuditEntry:
        """With one thing changed."""
        changes = (
            {"actor": "staff:77"},
            {"action": "opened_drawer"},
            {"subject": "somebody"},
            {"at": entry.at - timedelta(days=365)},
            {"details": (("amount_minor", "1000000"),)},
        )
        return replace(entry, **self.chance.choice(changes))


def edited(a: Attacker, log: Log) -> Log:
    """Another body under the same hash: any entry, the youngest too."""
    i = a.chance.randrange(len(log.entries))
    return _with(log, i, replace(log.entries[i], body=entry_body(a.other(parse_entry(log.entries[i].body)))))


def newest_edited(a: Attacker, log: Log) -> Log:
    """The youngest entry, as somebody does who does not know of hashes."""
    last = log.entries[-1]
    return _with(log, len(log.entries) - 1, replace(last, body=entry_body(a.other(parse_entry(last.body)))))


def edited_and_hashed(a: Attacker, log: Log) -> Log:
    """The entry's own hash made right, and the next one's link to it, but nothing behind."""
    i = a.place(log)
    entries = list(_parsed(log))
    entries[i] = a.other(entries[i])
    changed = [_stored(a, entries[i])]
    if i + 1 < len(entries):
        changed.append(_stored(a, replace(entries[i + 1], previous=changed[0].hash)))
    return replace(log, entries=(*log.entries[:i], *changed, *log.entries[i + 2 :]))


def edited_and_rechained(a: Attacker, log: Log) -> Log:
    """Every hash behind the edit made anew."""
    i, entries = a.place(log), list(_parsed(log))
    entries[i] = a.other(entries[i])
    return replace(log, entries=a.rechained(log, entries))


def deleted(a: Attacker, log: Log) -> Log:
    i = a.place(log)
    return replace(log, entries=(*log.entries[:i], *log.entries[i + 1 :]))


def deleted_and_rechained(a: Attacker, log: Log) -> Log:
    i, entries = a.place(log), _parsed(log)
    return replace(log, entries=a.rechained(log, (*entries[:i], *entries[i + 1 :])))


def cut_off(a: Attacker, log: Log) -> Log:
    return replace(log, entries=log.entries[: a.place(log)])


def beginning_cut_off(a: Attacker, log: Log) -> Log:
    return replace(log, entries=a.rechained(log, _parsed(log)[1 + a.place(log) :]))


def swapped(a: Attacker, log: Log) -> Log:
    i, j = sorted(a.chance.sample(range(len(log.entries)), 2))
    first, second = log.entries[i], log.entries[j]
    return _with(_with(log, i, replace(second, seq=i + 1)), j, replace(first, seq=j + 1))


def swapped_and_rechained(a: Attacker, log: Log) -> Log:
    i, entries = a.place(log), list(_parsed(log))
    j = (i + a.chance.randrange(1, len(entries))) % len(entries)
    entries[i], entries[j] = entries[j], entries[i]
    return replace(log, entries=a.rechained(log, entries))


def inserted(a: Attacker, log: Log) -> Log:
    """What never was, with everything behind it moved up and chained anew."""
    i, entries = a.place(log), _parsed(log)
    return replace(log, entries=a.rechained(log, (*entries[:i], a.other(entries[i]), *entries[i:])))


def renumbered(a: Attacker, log: Log) -> Log:
    """A gap in the numbers: an entry that was taken out leaves it so."""
    i = a.place(log)
    return replace(log, entries=(*log.entries[:i], *(replace(e, seq=e.seq + 1) for e in log.entries[i:])))


def damaged(a: Attacker, log: Log) -> Log:
    """A bit of a body or a hash, as a failing disk leaves it."""
    i = a.chance.randrange(len(log.entries))
    field = a.chance.choice(("body", "hash"))
    value = bytearray(getattr(log.entries[i], field))
    value[a.chance.randrange(len(value))] ^= 1 << a.chance.randrange(8)
    return _with(log, i, replace(log.entries[i], **{field: bytes(value)}))


def replaced_by_nonsense(a: Attacker, log: Log) -> Log:
    """Values of another kind than the column's."""
    i = a.chance.randrange(len(log.entries))
    nonsense = a.chance.choice((b"", "text", 7, 1.5, b"\xff" * 20_000, b"[" * 9_000))
    field = a.chance.choice(("body", "hash"))
    return _with(log, i, replace(log.entries[i], **{field: nonsense}))


def rechained_with_forged_heads(a: Attacker, log: Log) -> Log:
    """The heads made to fit, signed by somebody else's key."""
    there = edited_and_rechained(a, log)
    key = Ed25519PrivateKey.from_private_bytes(a.chance.randbytes(32))
    return replace(there, heads=tuple(_forged(head, there, key.sign) for head in log.heads))


def rechained_with_old_signatures(a: Attacker, log: Log) -> Log:
    """The heads made to fit, under the signatures that stood there."""
    there = edited_and_rechained(a, log)
    return replace(there, heads=tuple(_forged(h, there, lambda _, h=h: h.signature) for h in log.heads))


def older_head_in_place_of_the_newest(a: Attacker, log: Log) -> Log:
    """Cut off, and the newest head given the content of an older one, signature and all: told from central's answer."""
    oldest = min(log.heads, key=lambda head: head.seq)
    return replace(log, entries=log.entries[: oldest.seq], heads=(oldest,))


def restored_older_copy(a: Attacker, log: Log) -> Log:
    """Entries and heads as they once were together: told from central's answer."""
    seq = a.place(log)
    return replace(log, entries=log.entries[:seq], heads=tuple(h for h in log.heads if h.seq <= seq))


def all_gone_and_rechained(a: Attacker, log: Log) -> Log:
    """No head is left, and every entry is new: told from central's answer."""
    return replace(edited_and_rechained(a, log), heads=())


ATTACKS = (
    edited,
    newest_edited,
    edited_and_hashed,
    edited_and_rechained,
    deleted,
    deleted_and_rechained,
    cut_off,
    beginning_cut_off,
    swapped,
    swapped_and_rechained,
    inserted,
    renumbered,
    damaged,
    replaced_by_nonsense,
    rechained_with_forged_heads,
    rechained_with_old_signatures,
)
# These leave a log that was whole once, or could have been: only central knows better.
TOLD_BY_CENTRAL = (older_head_in_place_of_the_newest, restored_older_copy, all_gone_and_rechained)


def _parsed(log: Log) -> tuple[AuditEntry, ...]:
    return tuple(parse_entry(stored.body) for stored in log.entries)


def _stored(a: Attacker, entry: AuditEntry) -> StoredEntry:
    return StoredEntry(entry.seq, entry_body(entry), a.hash_of(entry))


def _with(log: Log, i: int, stored: StoredEntry) -> Log:
    return replace(log, entries=(*log.entries[:i], stored, *log.entries[i + 1 :]))


def _forged(head: CountersignedHead, log: Log, sign: Callable[[bytes], bytes]) -> CountersignedHead:
    fits = replace(head, head=log.entries[head.seq - 1].hash)
    return replace(fits, signature=sign(signed_head(fits)))
