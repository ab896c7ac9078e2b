"""Offering coupons and giving them to members; whether one may be used now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid5

from central.coupons import repository
from central.coupons.offers_file import load_offers
from central.errors import Conflict, NotFound
from central.members import repository as members
from central.transactions import Transaction
from central.wallet import ledger
from kiosk.domain.audit import Act
from kiosk.domain.ids import CouponId
from kiosk.domain.money import Money
from kiosk.domain.unit import coupon_unit

# Whoever changes it makes every coupon that is given after a restore another one than before.
_COUPONS = UUID("6f0c4d5e-0d0b-4a53-9a6f-2c1c7b8f3e21")


def coupon_id_of(offer_id: str, member_id: str) -> CouponId:
    """The member's coupon of that offer, of which each has one at most. Given again after a restore it is the same, so
    that what terminals have sold under it is booked. No secret: who may use it is asked of the member's row. A UUIDv5
    (RFC 9562, 5.5); an offer's id has no stroke."""
    return CouponId(str(uuid5(_COUPONS, f"{offer_id}/{member_id}")))


def missing_coupons(tx: Transaction, coupon_ids: Sequence[CouponId]) -> list[CouponId]:
    """Those of them that are not known here and would be once they are given again. Ids from before they were made of
    offer and member come back by no command."""
    again = sorted({coupon_id for coupon_id in coupon_ids if UUID(coupon_id).version == 5})
    known = repository.known_coupons(tx.connection, again)
    return [coupon_id for coupon_id in again if coupon_id not in known]


def import_offers(tx: Transaction, path: Path) -> list[str]:
    """Add the file's offers; returns the ids of those that were new. All or none: raises ConfigFileError, or Conflict
    for one that stands already with other terms, as somebody may have been promised those."""
    new: list[str] = []
    for offer_id, terms in load_offers(path, tx.currency).items():
        known = repository.find_offer(tx.connection, offer_id)
        if known is None:
            repository.add_offer(tx.connection, offer_id, terms)
            tx.record(Act.COUPON_OFFERED, offer_id)
            new.append(offer_id)
        elif repository.terms_of(known) != terms:
            raise Conflict(f"offer {offer_id} stands already with other terms: give the changed one another id")
    return new


def issue_coupons(tx: Transaction, offer_id: str, member_ids: Sequence[str]) -> int:
    """Give each of these members a coupon of that offer, once: who has had one already gets no second. Returns how many
    were given. Raises NotFound."""
    if repository.find_offer(tx.connection, offer_id) is None:
        raise NotFound(f"there is no offer {offer_id}")
    wanted = dict.fromkeys(member_ids)
    known = members.lock_members(tx.connection, list(wanted))
    for member_id in wanted:
        if member_id not in known or known[member_id].deleted_at is not None:
            raise NotFound(f"there is no member {member_id}")
    have = repository.who_has(tx.connection, offer_id, list(wanted))
    given = {coupon_id_of(offer_id, member_id): member_id for member_id in wanted if member_id not in have}
    rows = [
        {"id": coupon_id, "offer_id": offer_id, "member_id": member_id, "issued_at": tx.now}
        for coupon_id, member_id in given.items()
    ]
    repository.add_coupons(tx.connection, rows)
    entries = []
    for coupon_id, member_id in given.items():
        one = Money(1, coupon_unit(coupon_id))
        account = ledger.account_of(member_id, one.currency)
        entries.append((f"coupon:{coupon_id}", ledger.transfer("coupon", ledger.COUPONS_ISSUED, account, one)))
    ledger.book(tx.connection, entries, tx.now)
    tx.changes.members.update(given.values())
    if given:
        tx.record(Act.COUPONS_ISSUED, offer_id, count=len(given))
    return len(given)


def is_usable(tx: Transaction, coupon_id: CouponId, member_id: str) -> bool:
    """Whether that member, whose row the caller holds, may use it now."""
    row = repository.find_coupon(tx.connection, coupon_id)
    if row is None or row.member_id != member_id or row.free < 1:
        return False
    return repository.terms_of(row).is_valid_at(tx.now)
