"""Which messages a restored central takes: those of its own epoch, from terminals that have told what they hold."""

from __future__ import annotations

from central.errors import CentralError
from central.installation import Installation
from central.terminals.identity import Terminal
from kiosk.sync.wire import FIRST_PROTOCOL_WITH_EPOCHS


class OtherEpoch(CentralError):
    """The message was written for central as it was before a restore; the terminal learns of the new epoch from the
    feed."""


class NotAnnounced(CentralError):
    """The terminal has not told yet what it holds."""


class KnowsNoEpochs(CentralError):
    """The terminal's program is too old to deal with a central that was restored."""


def check_epoch(installation: Installation, named: str, protocol: int) -> None:
    """Raises OtherEpoch, or KnowsNoEpochs. A message that names no epoch is of the one before any restore."""
    if named == installation.epoch or (not named and not installation.restores):
        return
    if protocol < FIRST_PROTOCOL_WITH_EPOCHS:
        raise KnowsNoEpochs("central was restored from a backup: this terminal's program must be updated first")
    raise OtherEpoch("central was restored from a backup since: the feed names the new epoch")


def check_announced(terminal: Terminal) -> None:
    """Raises NotAnnounced."""
    if not terminal.is_announced:
        raise NotAnnounced("central was restored from a backup: announce first what this terminal holds")
