"""Looking after the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.screens.admin_flow import upkeep_state as up


def _look(effect: up.LookAtUpkeep, services: AdminServices) -> up.UpkeepLooked:
    return up.UpkeepLooked(effect.visit, services.upkeep.look(effect.by))


def _ask_central(effect: up.AskCentral, services: AdminServices) -> up.CentralAnswered:
    return up.CentralAnswered(effect.visit, services.upkeep.ask_central(effect.by))


def _check(effect: up.CheckDatabase, services: AdminServices) -> up.DatabaseChecked:
    return up.DatabaseChecked(effect.visit, services.upkeep.check_database(effect.by))


def _places(effect: up.FindPlaces, services: AdminServices) -> up.PlacesFound:
    return up.PlacesFound(effect.visit, services.support_bundles.places(effect.by))


def _write(effect: up.WriteBundle, services: AdminServices) -> up.BundleWritten:
    ended = services.support_bundles.export(effect.by, effect.path, effect.devices)
    return up.BundleWritten(effect.visit, ended)


def _restart(effect: up.Restart, services: AdminServices) -> up.RestartAnswered:
    return up.RestartAnswered(effect.visit, services.restarting.restart(effect.by))


RUNS: Mapping[type[AdminEffect], Callable[[Any, AdminServices], AdminEvent | None]] = {
    up.LookAtUpkeep: _look,
    up.AskCentral: _ask_central,
    up.CheckDatabase: _check,
    up.FindPlaces: _places,
    up.WriteBundle: _write,
    up.Restart: _restart,
}
