"""What staff do with ingredients at terminals: seen and booked at once, by central alone (docs/decisions/0019)."""

from __future__ import annotations

from central.errors import CentralError
from central.ingredients import act_repository, repository
from central.ingredients.service import levels
from central.staff.service import staff_here
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.audit import Act
from kiosk.domain.ingredient import (
    IngredientAct,
    IngredientActKind,
    IngredientError,
    IngredientRefusal,
    by_urgency,
    check_ingredient_act,
    opposite,
)
from kiosk.domain.staff import Permission, Staff
from kiosk.sync import wire


class BadIngredientAct(CentralError):
    """That is no act that staff could have done."""


def see_and_act(tx: Transaction, terminal: Terminal, request: wire.IngredientsRequest) -> wire.IngredientsReply:
    """Book the request's act, if it has one, and say what is left. The same act once. Raises BadIngredientAct."""
    by = staff_here(tx.connection, request.staff)
    if by is None or not by.may(Permission.SEE_STOCK):
        return wire.IngredientsReply((), IngredientRefusal.NOT_PERMITTED)
    refusal = _book(tx, terminal, by, request.act) if request.act is not None else None
    return wire.IngredientsReply(tuple(by_urgency(levels(tx.connection, tx.now))), refusal or "")


def _book(tx: Transaction, terminal: Terminal, by: Staff, act: IngredientAct) -> IngredientRefusal | None:
    try:
        check_ingredient_act(act)
    except IngredientError as error:
        raise BadIngredientAct(str(error)) from error
    if not by.may(act.kind.permission):
        return IngredientRefusal.NOT_PERMITTED
    if repository.find_ingredient(tx.connection, act.ingredient_id, lock=True) is None:
        return IngredientRefusal.UNKNOWN
    known = act_repository.find_act(tx.connection, act.id)
    if known is not None:
        same = known.body == wire.encode(act) and known.terminal_id == terminal.id
        return None if same else IngredientRefusal.ID_IN_USE
    refusal = _refusal_of_undo(tx, act) if act.undoes is not None else _refusal_of_count(tx, act)
    if refusal is not None:
        return refusal
    act_repository.add_act(tx.connection, act, terminal.id, by.id, tx.now)
    before = repository.left(tx.connection).get(act.ingredient_id, 0)
    repository.add_act_movement(tx.connection, act.ingredient_id, act.milli, act.kind.value, act.id, tx.now)
    told: dict[str, object] = {"reason": act.reason} if act.reason is not None else {}
    told |= {"undoes": act.undoes} if act.undoes is not None else {}
    amounts = {"before_milli": before, "after_milli": before + act.milli}
    tx.record(_ACTS[act.kind], act.ingredient_id, actor=by.id, act=act.id, **amounts, **told)
    return None


def _refusal_of_count(tx: Transaction, act: IngredientAct) -> IngredientRefusal | None:
    """Two counts that had not heard of each other would correct the same twice: the later one counts again."""
    if act.kind is not IngredientActKind.COUNT:
        return None
    newest = act_repository.newest_counts(tx.connection).get(act.ingredient_id)
    return None if newest == act.after_count else IngredientRefusal.COUNTED_SINCE


def _refusal_of_undo(tx: Transaction, act: IngredientAct) -> IngredientRefusal | None:
    """Once, exactly that, and a count only while no other came behind it."""
    row = act_repository.find_act(tx.connection, act.undoes) if act.undoes is not None else None
    if row is None or row.undoes is not None or act_repository.is_undone(tx.connection, row.id):
        return IngredientRefusal.UNDONE
    made = wire.decode(row.body, IngredientAct)
    if act != opposite(made, act.id):
        return IngredientRefusal.UNDONE
    is_count = made.kind is IngredientActKind.COUNT
    if is_count and act_repository.newest_counts(tx.connection).get(made.ingredient_id) != made.id:
        return IngredientRefusal.UNDONE
    return None


_ACTS = {
    IngredientActKind.DELIVERY: Act.INGREDIENT_DELIVERED,
    IngredientActKind.COUNT: Act.INGREDIENT_COUNTED,
    IngredientActKind.WASTE: Act.INGREDIENT_WASTED,
}
