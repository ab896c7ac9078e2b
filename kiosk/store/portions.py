"""What this terminal has in hand of each dish (docs/decisions/0014)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from kiosk.domain.ids import DishId
from kiosk.domain.portions import AllotmentTold, PortionsBrought, PortionsHere, PortionsReturned, PortionsTaken
from kiosk.store.connection import Connection
from kiosk.store.stock import SqlStock
from kiosk.store.tables.feed import feed_state, stock
from kiosk.store.tables.identity import identity, incarnations
from kiosk.store.tables.portions import allotments

_BEEN = select(incarnations.c.number)  # not for a backup's copy: it does not know what was sold since
_PRESENT = select(identity.c.incarnation).where(identity.c.incarnation.in_(_BEEN)).scalar_subquery()
earlier = allotments.alias()
_IN_HAND = allotments.c.handed + allotments.c.brought - allotments.c.used
_UNBOOKED = allotments.c.beyond - allotments.c.booked
# Also of earlier incarnations: what they sold counts until central has booked it.
_ALL_UNBOOKED = (
    select(func.coalesce(func.sum(func.max(earlier.c.beyond - earlier.c.booked, 0)), 0))
    .where(earlier.c.dish_id == stock.c.dish_id, earlier.c.incarnation.in_(_BEEN))
    .scalar_subquery()
)
_HERE = (
    select(
        _PRESENT.label("incarnation"),
        stock.c.free,
        func.coalesce(_IN_HAND, 0).label("in_hand"),
        _ALL_UNBOOKED.label("beyond"),
    )
    .select_from(
        stock.outerjoin(allotments, and_(allotments.c.dish_id == stock.c.dish_id, allotments.c.incarnation == _PRESENT))
    )
    .where(stock.c.dish_id == bindparam("of_dish"), stock.c.free.is_not(None), _PRESENT.is_not(None))
)
_SOLD_BEYOND = (
    select(allotments.c.dish_id, func.sum(_UNBOOKED).label("portions"))
    .where(_UNBOOKED > 0, allotments.c.incarnation.in_(_BEEN))
    .group_by(allotments.c.dish_id)
    .order_by(allotments.c.dish_id)
)
_NEW = {"handed": 0, "used": 0, "beyond": 0, "booked": 0, "brought": 0, "recalled": False}
_ADD = insert(allotments)
_TAKE = _ADD.on_conflict_do_update(
    index_elements=["dish_id", "incarnation"],
    set_={name: allotments.c[name] + _ADD.excluded[name] for name in ("used", "beyond", "brought")},
)
_LARGEST = {"handed": func.max(allotments.c.handed, _ADD.excluded.handed)}
_HEAR = _ADD.on_conflict_do_update(index_elements=["dish_id", "incarnation"], set_=_LARGEST)
_HEAR_ALLOTMENT = _ADD.on_conflict_do_update(
    index_elements=["dish_id", "incarnation"],
    set_=_LARGEST | {"booked": _ADD.excluded.booked, "recalled": _ADD.excluded.recalled},
)
_NUMBER = select(_PRESENT)
_WAS = select(incarnations.c.number).where(incarnations.c.number == bindparam("number"))
_EPOCH = select(feed_state.c.epoch)
_HANDED = select(allotments.c.handed).where(
    allotments.c.dish_id == bindparam("of_dish"), allotments.c.incarnation == _PRESENT
)
_TO_GIVE_BACK = select(
    allotments.c.dish_id, allotments.c.incarnation, _IN_HAND.label("in_hand"), _PRESENT.label("present")
).where(
    _IN_HAND > 0,
    or_(allotments.c.recalled, allotments.c.incarnation != _PRESENT),
    allotments.c.incarnation.in_(_BEEN),
)
_TO_ANNOUNCE = (
    select(allotments.c.dish_id, allotments.c.incarnation, allotments.c.handed)
    .where(allotments.c.handed > 0, allotments.c.incarnation.in_(_BEEN))
    .order_by(allotments.c.incarnation, allotments.c.dish_id)
)
_FORGET_BOOKED = update(allotments).values(booked=0)


class KeptPortions:
    """What the cart of the customer at this terminal needs: in memory, for who is gone after a crash. Used under the
    store's lock."""

    def __init__(self) -> None:
        self.portions: dict[DishId, int] = {}


class SqlPortions:
    """kiosk.services.ports.Portions and kiosk.sync.ports.Portions."""

    def __init__(self, connection: Connection, kept: KeptPortions, stock: SqlStock) -> None:
        self._connection = connection
        self._stock = stock
        self._kept = kept
        self._read: dict[DishId, tuple[int, PortionsHere] | None] = {}

    def here(self, dish_ids: Iterable[DishId]) -> dict[DishId, PortionsHere]:
        """Those of them that central hands out."""
        return {dish_id: here for dish_id, (_, here) in self._found(dish_ids).items()}

    def _found(self, dish_ids: Iterable[DishId]) -> dict[DishId, tuple[int, PortionsHere]]:
        """Each with the present incarnation."""
        found: dict[DishId, tuple[int, PortionsHere]] = {}
        for dish_id in dish_ids:
            if dish_id not in self._read:
                self._read[dish_id] = self._read_one(dish_id)
            here = self._read[dish_id]
            if here is not None:
                found[dish_id] = here
        return found

    def _read_one(self, dish_id: DishId) -> tuple[int, PortionsHere] | None:
        row = self._connection.execute(_HERE, {"of_dish": dish_id}).first()
        if row is None:
            return None
        # What staff took away here follows at once, as with the levels. What they brought is in hand.
        free = max(0, row.free + self._stock.moved_by_staff(dish_id))
        return row.incarnation, PortionsHere(max(0, row.in_hand), max(0, row.beyond), free)

    def keep(self, portions: Mapping[DishId, int]) -> None:
        """So many are not given back when central recalls them; none of any other dish."""
        self._kept.portions = dict(portions)

    def take(self, portions: Mapping[DishId, int]) -> tuple[PortionsTaken, ...]:
        """They are sold: from what is in hand, and beyond."""
        found = self._found(portions).items()
        taken = tuple(
            PortionsTaken(
                dish_id,
                incarnation,
                portions[dish_id] - here.missing(portions[dish_id]),
                here.missing(portions[dish_id]),
            )
            for dish_id, (incarnation, here) in found
        )
        self._put(
            _TAKE, [(made.dish_id, made.incarnation, {"used": made.reserved, "beyond": made.beyond}) for made in taken]
        )
        self._kept.portions = {}
        return taken

    def bring(self, portions: Mapping[DishId, int]) -> tuple[PortionsBrought, ...]:
        """Staff have put them here: they are in hand at once, of the dishes that central hands out."""
        found = self._found(portions).items()
        brought = tuple(PortionsBrought(dish_id, present, portions[dish_id]) for dish_id, (present, _) in found)
        self._put(_TAKE, [(made.dish_id, made.incarnation, {"brought": made.portions}) for made in brought])
        return brought

    def give_up(self, portions: Mapping[DishId, int]) -> tuple[PortionsReturned, ...]:
        """Staff have taken so many away: as far as that many are in hand, they are not any more. Also what a customer's
        cart needs: it is not there."""
        returned = []
        for dish_id, (present, here) in self._found(portions).items():
            gone = min(portions[dish_id], here.in_hand)
            if gone > 0:
                returned.append(PortionsReturned(dish_id, present, gone))
        self._put(_TAKE, [(made.dish_id, made.incarnation, {"used": made.portions}) for made in returned])
        return tuple(returned)

    def sold_beyond(self) -> dict[DishId, int]:
        """Portions sold without having them, as far as central is not known to have booked them."""
        return {DishId(row.dish_id): row.portions for row in self._connection.execute(_SOLD_BEYOND)}

    def hear(self, handed: Mapping[DishId, int], epoch: str) -> None:
        """What was handed to this incarnation in all its time, as central has just answered. Nothing is taken from an
        epoch that is over."""
        present = self._connection.execute(_NUMBER).scalar()
        if present is not None and self._connection.execute(_EPOCH).scalar() == epoch:
            self._put(_HEAR, [(dish_id, present, {"handed": portions}) for dish_id, portions in handed.items()])

    # --- for sync ---

    def handed(self, dish_ids: Iterable[DishId]) -> dict[DishId, int]:
        """To this incarnation in all its time, as far as it knows."""
        found = ((d, self._connection.execute(_HANDED, {"of_dish": d}).scalar()) for d in dish_ids)
        return {dish_id: portions or 0 for dish_id, portions in found}

    def hear_allotments(self, allotments: Mapping[tuple[DishId, int], AllotmentTold]) -> None:
        """Central's newest word on what was handed, by dish and incarnation. What another disk was is left alone."""
        for (dish_id, incarnation), told in allotments.items():
            if self._connection.execute(_WAS, {"number": incarnation}).first():
                values = {"handed": told.handed, "booked": told.beyond, "recalled": told.is_recalled}
                self._put(_HEAR_ALLOTMENT, [(dish_id, incarnation, values)])

    def give_back(self) -> tuple[PortionsReturned, ...]:
        """What central has recalled and what an earlier incarnation had in hand, but for what a customer's cart needs
        just now. It is no longer in hand."""
        returned = []
        for row in self._connection.execute(_TO_GIVE_BACK).all():
            dish_id = DishId(row.dish_id)
            kept = self._kept.portions.get(dish_id, 0) if row.incarnation == row.present else 0
            if row.in_hand > kept:
                returned.append(PortionsReturned(dish_id, row.incarnation, row.in_hand - kept))
        self._put(_TAKE, [(made.dish_id, made.incarnation, {"used": made.portions}) for made in returned])
        return tuple(returned)

    def to_announce(self) -> tuple[tuple[DishId, int, int], ...]:
        """(dish, incarnation, handed in all its time). Also with an empty hand: central may not have heard yet of what
        was sold."""
        rows = self._connection.execute(_TO_ANNOUNCE)
        return tuple((DishId(row.dish_id), row.incarnation, row.handed) for row in rows)

    def enter_epoch(self) -> None:
        """What central had booked it may have forgotten."""
        self._connection.execute(_FORGET_BOOKED)

    def _put(self, statement: Insert, rows: list[tuple[DishId, int, Mapping[str, int | bool]]]) -> None:
        self._read.clear()
        if rows:
            keys = ({"dish_id": dish_id, "incarnation": incarnation} for dish_id, incarnation, _ in rows)
            self._connection.execute_many(
                statement, [key | _NEW | dict(values) for key, (_, _, values) in zip(keys, rows, strict=True)]
            )
