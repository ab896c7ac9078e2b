"""Card readers: bytes of a serial line in, CardPresented out."""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from typing import ClassVar, Literal

from kiosk.devices.base import LineDevice
from kiosk.devices.card_reader import ic_reader, rdm6300
from kiosk.devices.card_reader.protocol import BadFrame, CardSeen, Framer, ReaderMessage, SeveralCards
from kiosk.devices.transport import DeviceFault, Transport
from kiosk.services.events import CardPresented, DeviceKind, DeviceProblem, DeviceState, EventSink
from kiosk.services.ports.devices import Counted
from kiosk.settings.devices import CardReaderSettings

LISTEN_S = 60.0
CUT_AFTER_S = 0.3
"""Silence inside a frame after which it counts as cut."""
GARBLED_AFTER = 4
"""So many unsound frames in a row are no accident: wrong baud rate, wrong driver, bad cable."""
ASK_EVERY_S = 0.12
ANSWER_TIMEOUT_S = 0.1
WRITE_TIMEOUT_S = 1.0
SILENT_ASKS = 12

log = logging.getLogger(__name__)


class Debounce:
    """A card that lies on the reader is reported over and over; it counts once, and again when it had been away
    for the whole window."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._seen_s: dict[bytes, float] = {}

    def is_new(self, uid: bytes, now_s: float) -> bool:
        self._seen_s = {u: at for u, at in self._seen_s.items() if now_s - at < self._window_s}
        is_new = uid not in self._seen_s
        self._seen_s[uid] = now_s
        return is_new


class CardReader(LineDevice):
    """What the families share: debounce, the UID's spelling, and noticing that nothing sound arrives."""

    kind: ClassVar[DeviceKind] = DeviceKind.CARD_READER

    def __init__(self, settings: CardReaderSettings, events: EventSink, *, simulated: bool) -> None:
        super().__init__(settings.name, settings.port, settings.baud, events, simulated=simulated)
        self._uid_format: Literal["as_sent", "byte_swapped"] = settings.uid_format
        self._debounce = Debounce(settings.debounce_s)
        self._bad_frames = 0

    @abstractmethod
    def _session(self, transport: Transport) -> None: ...

    def _take(self, messages: list[ReaderMessage], received_s: float) -> None:
        for message in messages:
            if isinstance(message, BadFrame):
                self._count_bad(message)
                continue
            self._bad_frames = 0
            self._set_health(DeviceState.READY)
            if isinstance(message, SeveralCards):
                log.info("several_cards_on_reader", extra={"device": self.name})
            elif isinstance(message, CardSeen) and self._debounce.is_new(message.uid, received_s):
                self._diary.count(Counted.CARDS_READ)
                self._events.publish(CardPresented(self.name, self._spell(message.uid), received_s))

    def _count_bad(self, message: BadFrame) -> None:
        self._bad_frames += 1
        self._diary.count(Counted.UNSOUND)
        log.debug("bad_frame", extra={"device": self.name, "reason": message.reason})
        if self._bad_frames >= GARBLED_AFTER and self.health.state is DeviceState.READY:
            self._set_health(DeviceState.DEGRADED, DeviceProblem.GARBLED)

    def _spell(self, uid: bytes) -> str:
        return (uid if self._uid_format == "as_sent" else uid[::-1]).hex().upper()


class ListeningReader(CardReader):
    """A reader that speaks when a card comes (RDM6300)."""

    def _session(self, transport: Transport) -> None:
        framer = rdm6300.Rdm6300Framer()
        self._set_health(DeviceState.READY)
        timeout_s = LISTEN_S
        while True:
            data = transport.read(timeout_s)
            received_s = time.monotonic()
            self._take(framer.feed(data) if data else framer.flush(), received_s)
            timeout_s = CUT_AFTER_S if data else LISTEN_S


class PolledReader(CardReader):
    """A reader that speaks when it is asked (desktop IC reader)."""

    def _session(self, transport: Transport) -> None:
        framer = ic_reader.IcReaderFramer()
        silent_asks = 0
        while True:
            ask_again_s = time.monotonic() + ASK_EVERY_S
            transport.write(ic_reader.ASK_UID, WRITE_TIMEOUT_S)
            silent_asks = 0 if self._take_answer(transport, framer) else silent_asks + 1
            if silent_asks >= SILENT_ASKS:
                is_garbled = self._bad_frames >= GARBLED_AFTER
                problem = DeviceProblem.GARBLED if is_garbled else DeviceProblem.NO_ANSWER
                raise DeviceFault(problem, f"{SILENT_ASKS} questions without a sound answer")
            self._stop.wait(ask_again_s - time.monotonic())

    def _take_answer(self, transport: Transport, framer: Framer) -> bool:
        """Whether a sound answer came in time."""
        ends_s = time.monotonic() + ANSWER_TIMEOUT_S
        while (left_s := ends_s - time.monotonic()) > 0:
            data = transport.read(left_s)
            received_s = time.monotonic()
            messages = framer.feed(data) if data else framer.flush()
            self._take(messages, received_s)
            if any(not isinstance(message, BadFrame) for message in messages):
                return True
        return False


_FAMILIES: dict[str, type[CardReader]] = {"rdm6300": ListeningReader, "ic_reader": PolledReader}


def build_card_reader(settings: CardReaderSettings, events: EventSink, simulated: bool) -> CardReader:
    """The reader named in the settings, not started. `settings.driver` has been checked by load_settings."""
    return _FAMILIES[settings.driver](settings, events, simulated=simulated)
