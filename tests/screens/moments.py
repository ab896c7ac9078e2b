"""A scene that was written down for one moment, at another one: its deadlines are as far away as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")

_MOMENTS = frozenset(
    {
        "now_s",
        "touched_s",
        "until_s",
        "again_s",
        "heard_s",
        "placed_s",
        "ready_s",
        "wait_until_s",
        "look_again_s",
        "payments_again_s",
    }
)
_WITHOUT = "kiosk.domain"  # knows no monotonic clock; menus are large


def at_moment(state: T, now_s: float) -> T:
    """The state as it would be at `now_s` of the app's clock; so is a state of another flow in it."""
    moved: T = _at(state, now_s, 0.0)
    return moved


def _at(value: Any, now_s: float, by_s: float) -> Any:
    by_s = now_s - value.now_s if hasattr(value, "now_s") else by_s
    return _with_moments(value, lambda moment_s: moment_s + by_s, lambda part: _at(part, now_s, by_s))


def without_moments(state: T) -> T:
    """What it says apart from them."""
    timeless: T = _timeless(state)
    return timeless


def _timeless(value: Any) -> Any:
    return _with_moments(value, lambda _: None, _timeless)


def _with_moments(value: Any, change: Callable[[float], float | None], inner: Callable[[Any], Any]) -> Any:
    """With each of its moments changed, and `inner` done to its parts."""
    if type(value) is tuple:
        return tuple(map(inner, value))
    if not is_dataclass(value) or isinstance(value, type) or type(value).__module__.startswith(_WITHOUT):
        return value
    changed: dict[str, Any] = {}
    for field in fields(value):
        before = getattr(value, field.name)
        is_moment = field.name in _MOMENTS and isinstance(before, int | float)
        after = change(before) if is_moment else inner(before)
        if after is not before:
            changed[field.name] = after
    return replace(value, **changed) if changed else value
