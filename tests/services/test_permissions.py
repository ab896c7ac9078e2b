"""Nobody does what their roles do not permit: every service of the admin screen, found by itself, asked as every role.

A use case of the admin screen is a public method with `by: Staff`. Each is called for somebody with no role, and for
each role alone, on services that nothing can be done with: whoever may not must be refused before anything is touched.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st

import kiosk.screens.admin_effects
import kiosk.screens.admin_flow
import kiosk.services
from kiosk.domain.ids import StaffId
from kiosk.domain.money import Money
from kiosk.domain.shift import CashCount
from kiosk.domain.staff import PERMISSIONS, NotPermitted, Permission, Role, Staff
from kiosk.screens.admin_door import AdminEffect
from kiosk.screens.admin_effects import _RUNS
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import orders_events as orders
from kiosk.screens.admin_flow.health_state import LetCameraGo
from kiosk.screens.admin_flow.ingredients_events import UndoIngredientAct
from kiosk.screens.admin_flow.orders_state import BackKind
from tests.services.fakes import FixedClock

NOBODY = Staff(StaffId("staff-nobody"), "x", frozenset())
# Before somebody has got in, and of whoever leaves.
OF_THE_GATE = {fx.EnterByPin, fx.EnterByCard, fx.LookUpStaff, fx.NoteLeft}
# What ends something, and nothing else: whoever began it may have lost their permission, and it must end all the same.
ENDS_ONLY = {LetCameraGo}


class Touched(Exception):
    """Something was looked at or done."""


class Untouchable:
    """Stands for everything a service has and is given: whatever is done with it is found."""

    def __getattr__(self, name: str) -> Any:
        raise Touched(name)

    def __call__(self, *_: object, **__: object) -> Any:
        raise Touched("()")

    def __iter__(self) -> Any:
        raise Touched("iter")

    def __bool__(self) -> bool:
        raise Touched("bool")

    def __eq__(self, _other: object) -> bool:
        raise Touched("==")

    __hash__ = None  # type: ignore[assignment]


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        yield importlib.import_module(found.name)


def use_cases(*found: ModuleType) -> dict[str, tuple[type, str]]:
    """Public methods with a parameter `by`, by their name."""
    cases = {}
    for module in found:
        for class_name, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ != module.__name__ or getattr(cls, "_is_protocol", False):
                continue
            for name, method in inspect.getmembers(cls, inspect.isfunction):
                if not name.startswith("_") and "by" in inspect.signature(method).parameters:
                    cases[f"{class_name}.{name}"] = cls, name
    return cases


def asked(cls: type, name: str, by: Staff) -> Exception | None:
    """What came of it, with nothing behind the service that can be touched."""
    service = object.__new__(cls)
    service.__dict__.update(dict.fromkeys(_attributes(cls), Untouchable()))
    method = getattr(service, name)
    given = {
        parameter.name: by if parameter.name == "by" else Untouchable()
        for parameter in inspect.signature(method).parameters.values()
    }
    try:
        method(**given)
    except Exception as error:  # noqa: BLE001 - which one is what is asked
        return error
    return None


@cache
def _attributes(cls: type) -> set[str]:
    """What its methods speak of as `self.…`, without the methods themselves."""
    return set(re.findall(r"self\.(\w+)", inspect.getsource(cls))) - set(dir(cls))


def permitted(cls: type, name: str) -> set[Permission]:
    """Permissions that let somebody on, each tried alone."""
    found = set()
    for permission in Permission:
        if not isinstance(asked(cls, name, HasOnly(permission)), NotPermitted):
            found.add(permission)
    return found


class HasOnly(Staff):
    """Somebody with one permission and no role."""

    __slots__ = ("only",)

    def __init__(self, only: Permission) -> None:
        super().__init__(StaffId("staff-one"), "x", frozenset())
        object.__setattr__(self, "only", only)

    def may(self, permission: Permission) -> bool:
        return permission is self.only


CASES = use_cases(*modules(kiosk.services))
SERVICES = {
    name: get_type_hints(member.fget)["return"]
    for name, member in vars(AdminServices).items()
    if isinstance(member, property)
}
ASKS_BEFORE_ANYBODY_IS_IN = {"getting_in"}
WHAT_EFFECTS_ARE_RUN_WITH = {"store", "clock"}
OFFERED_BY_NO_EFFECT = {"CounterPayments.take_cash"}
ENDING = {"CameraCheck.let_go"}
# To see what is there, and to have done such an act oneself.
ASK_FOR_ANOTHER_TOO = [UndoIngredientAct]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - ASKS_BEFORE_ANYBODY_IS_IN - WHAT_EFFECTS_ARE_RUN_WITH))
def test_nothing_of_a_service_of_the_admin_screen_is_done_for_nobody(name: str) -> None:
    public = {method for method, _ in inspect.getmembers(SERVICES[name], inspect.isfunction) if method[0] != "_"}
    named = {f"{SERVICES[name].__name__}.{method}" for method in public}
    unasked = named - CASES.keys() - OFFERED_BY_NO_EFFECT - ENDING
    assert not unasked, "these take no `by: Staff`"


@pytest.mark.parametrize("case", CASES)
def test_whoever_has_no_role_is_refused_before_anything_is_touched(case: str) -> None:
    assert isinstance(asked(*CASES[case], NOBODY), NotPermitted)


@pytest.mark.parametrize("case", CASES)
def test_a_use_case_asks_for_exactly_one_permission(case: str) -> None:
    assert len(permitted(*CASES[case])) == 1


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("case", CASES)
def test_each_role_is_let_on_as_the_table_says(case: str, role: Role) -> None:
    cls, name = CASES[case]
    outcome = asked(cls, name, Staff(StaffId("staff-one"), "x", frozenset({role})))
    assert isinstance(outcome, NotPermitted) is not bool(PERMISSIONS[role] & permitted(cls, name))


def effects() -> list[type[AdminEffect]]:
    for _ in modules(kiosk.screens.admin_flow):
        pass
    found, waiting = [], [AdminEffect]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        found += subclasses
        waiting += subclasses
    return [effect for effect in dict.fromkeys(found) if effect is not fx.AdminAct and effect in _RUNS]


@pytest.mark.parametrize("effect", effects(), ids=lambda effect: effect.__name__)
def test_every_effect_but_the_gates_is_an_act_that_needs_a_permission(effect: type[AdminEffect]) -> None:
    if effect in OF_THE_GATE | ENDS_ONLY:
        return
    assert issubclass(effect, fx.AdminAct)
    assert effect.needs in Permission


# --- from the effect through to the service ---


class Services:
    """kiosk.screens.admin_effects.AdminServices: real services with nothing behind them that can be touched."""

    def __init__(self) -> None:
        for name, kind in SERVICES.items():
            service = object.__new__(kind)
            if name not in WHAT_EFFECTS_ARE_RUN_WITH:
                service.__dict__.update(dict.fromkeys(_attributes(kind), Untouchable()))
                setattr(self, name, service)
        self.clock, self.store = FixedClock(datetime(2026, 3, 2, tzinfo=UTC)), Reopened()


class Reopened:
    """A store that has failed is opened anew before what is in doubt is asked for again."""

    def reopen(self) -> None:
        """Nothing is read or written."""


# Effects that carry what decides which service does it.
KINDS = {
    orders.Refund: (BackKind.REFUND,),
    orders.VoidOrder: (BackKind.VOID, BackKind.CANCEL),
}
st.register_type_strategy(Money, st.builds(Money, st.integers(1, 1000)))
st.register_type_strategy(CashCount, st.builds(CashCount, st.builds(Money, st.integers(0, 1000))))


def samples(effect: type[fx.AdminAct]) -> list[fx.AdminAct]:
    """With the simplest of values."""
    made = find(st.from_type(effect), lambda _: True, settings=settings(database=None, phases=[Phase.generate]))
    kinds = KINDS.get(effect, ())
    return [replace(made, asked=replace(made.asked, kind=kind)) for kind in kinds] or [made]  # type: ignore[attr-defined]


def let_on(effect: fx.AdminAct, run: Callable[[Any, Any], object]) -> set[Permission]:
    """Permissions with which it is not refused, each tried alone."""
    services = Services()

    def is_refused(permission: Permission) -> bool:
        try:
            run(replace(effect, by=HasOnly(permission)), services)
        except Exception as error:  # noqa: BLE001 - another: it went on, and came to what may not be touched
            return isinstance(error, NotPermitted)
        return False

    return {permission for permission in Permission if not is_refused(permission)}


ACTS = [effect for effect in _RUNS if effect not in OF_THE_GATE | ENDS_ONLY]


@pytest.mark.parametrize("effect", [act for act in ACTS if act not in ASK_FOR_ANOTHER_TOO], ids=lambda e: e.__name__)
def test_an_act_is_refused_without_the_very_permission_that_the_flow_offers_it_for(effect: type[fx.AdminAct]) -> None:
    for sample in samples(effect):
        assert let_on(sample, _RUNS[effect]) == {effect.needs}, sample


@pytest.mark.parametrize("effect", ASK_FOR_ANOTHER_TOO, ids=lambda effect: effect.__name__)
def test_an_act_that_asks_for_another_permission_too_is_refused_with_one(effect: type[fx.AdminAct]) -> None:
    (sample,) = samples(effect)
    assert not let_on(sample, _RUNS[effect])
    with pytest.raises(Touched):
        _RUNS[effect](replace(sample, by=Staff(StaffId("staff-all"), "x", frozenset(Role))), Services())


def test_every_permission_is_asked_for_by_something() -> None:
    """One that nothing asks for is a promise of the table that nobody keeps."""
    asked_for = {effect.needs for effect in ACTS}
    asked_for |= {permission for case in CASES.values() for permission in permitted(*case)}
    assert set(Permission) == asked_for


def test_what_runs_an_act_for_nobody_is_found() -> None:
    """The service takes `by`, and is called without it."""

    def careless(effect: orders.Refund, services: Any) -> object:
        return services.refunds.refund(effect.asked, effect.asked.order_id, None, restock=False)

    (sample,) = samples(orders.Refund)
    assert let_on(sample, careless) == set(Permission)


# --- planted bugs ---


class Forgetful:
    def __init__(self, store: Any) -> None:
        self._store = store

    def write_off(self, by: Staff, grams: int) -> None:
        """Asks nobody."""
        self._store.write(grams)

    def count(self, by: Staff, portions: int) -> None:
        """Asks when it is too late."""
        self._store.write(portions)
        by.require(Permission.COUNT_STOCK)

    def sell_out(self, by: Staff) -> None:
        """As it should be."""
        by.require(Permission.MARK_SOLD_OUT)
        self._store.write(0)


def test_a_service_that_forgets_to_ask_is_found() -> None:
    cases = use_cases(importlib.import_module(__name__))
    assert set(cases) == {"Forgetful.write_off", "Forgetful.count", "Forgetful.sell_out"}
    refused = {case for case, found in cases.items() if isinstance(asked(*found, NOBODY), NotPermitted)}
    assert refused == {"Forgetful.sell_out"}
    assert permitted(*cases["Forgetful.sell_out"]) == {Permission.MARK_SOLD_OUT}


def test_a_wrong_table_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role that a permission was given to by mistake."""
    technician = Staff(StaffId("x"), "x", frozenset({Role.TECHNICIAN}))
    assert isinstance(asked(Forgetful, "sell_out", technician), NotPermitted)
    wrong = dict(PERMISSIONS) | {Role.TECHNICIAN: PERMISSIONS[Role.TECHNICIAN] | {Permission.MARK_SOLD_OUT}}
    monkeypatch.setattr("kiosk.domain.staff.PERMISSIONS", wrong)
    assert isinstance(asked(Forgetful, "sell_out", technician), Touched)
