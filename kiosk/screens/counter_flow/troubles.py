"""What does not work at this counter now, worst first."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.screens.counter_flow.state import State, Trouble
from kiosk.services.events import DeviceHealth, DeviceKind, DeviceProblem, DeviceState, LinkState

_MISSING = {
    DeviceKind.CAMERA: Trouble.NO_CAMERA,
    DeviceKind.SCANNER: Trouble.NO_SCANNER,
    DeviceKind.PRINTER: Trouble.NO_PRINTER,
}


def troubles(state: State) -> tuple[Trouble, ...]:
    return tuple(_troubles(state))


def _troubles(state: State) -> Iterator[Trouble]:
    if state.out_of_order:
        yield Trouble.OUT_OF_ORDER
    if state.link is LinkState.REFUSED:
        yield Trouble.NOT_ACCEPTED
    if state.link is LinkState.OFFLINE:
        yield Trouble.OFFLINE
    devices = state.devices.values()
    if not any(_is_well(device) for device in devices if device.kind is DeviceKind.CARD_READER):
        yield Trouble.NO_CARD_READER
    for kind, trouble in _MISSING.items():
        if any(not _is_well(device) for device in devices if device.kind is kind):
            yield trouble
    if any(device.problem is DeviceProblem.PAPER_LOW for device in devices):
        yield Trouble.PAPER_LOW


def _is_well(device: DeviceHealth) -> bool:
    """Or not known yet: what has just begun is no trouble."""
    return device.works or device.state is DeviceState.STARTING
