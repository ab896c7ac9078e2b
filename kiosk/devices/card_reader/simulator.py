"""Simulated card readers: the real ones' bytes at the other end of a line. They run on the line's asyncio loop."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from kiosk.devices.card_reader import ic_reader, rdm6300
from kiosk.devices.simulated_line import SimulatedLine

TAP_S = 0.3
"""How long a card stays on the reader when somebody taps it."""
REPEAT_S = 0.065
"""An RDM6300 sends its frame again after so long."""


class SimulatedCardReader(ABC):
    """Cards are laid on it and lifted; a family turns that into bytes."""

    def __init__(self) -> None:
        self._line: SimulatedLine | None = None
        self._cards: list[bytes] = []
        self._lift_timer: asyncio.TimerHandle | None = None

    def attached(self, line: SimulatedLine) -> None:
        self._line = line

    def detached(self) -> None:
        self._line = None

    def tap(self, uid: bytes) -> None:
        """Lay the card on and lift it a moment later. Raises ValueError when this reader cannot read such a card."""
        self.hold(uid)
        self._lift_timer = asyncio.get_running_loop().call_later(TAP_S, self.lift)

    def hold(self, *uids: bytes) -> None:
        """Lay these cards on, in place of what lay there. Raises ValueError when this reader cannot read one."""
        for uid in uids:
            self.check(uid)
        self.lift()
        self._cards = list(uids)
        self.cards_laid_on()

    def lift(self) -> None:
        if self._lift_timer is not None:
            self._lift_timer.cancel()
            self._lift_timer = None
        self._cards = []

    @abstractmethod
    def check(self, uid: bytes) -> None:
        """Raises ValueError when this family has no card with such a UID."""

    @abstractmethod
    def cards_laid_on(self) -> None: ...

    @abstractmethod
    def received(self, data: bytes) -> None: ...

    def _send(self, data: bytes) -> None:
        if self._line is not None:
            self._line.send(data)


class SimulatedRdm6300(SimulatedCardReader):
    """Sends the card's frame as long as the card lies there; several cards drown each other out."""

    def __init__(self) -> None:
        super().__init__()
        self._repeat: asyncio.TimerHandle | None = None

    def check(self, uid: bytes) -> None:
        rdm6300.encode(uid)

    def cards_laid_on(self) -> None:
        if self._repeat is None:
            self._send_frame()

    def received(self, data: bytes) -> None:
        """An RDM6300 does not listen."""

    def _send_frame(self) -> None:
        self._repeat = None
        if not self._cards:
            return
        frame = rdm6300.encode(self._cards[0])
        if len(self._cards) > 1:
            other = rdm6300.encode(self._cards[1])
            frame = frame[:1] + bytes(a & b for a, b in zip(frame[1:-1], other[1:-1], strict=True)) + frame[-1:]
        self._send(frame)
        self._repeat = asyncio.get_running_loop().call_later(REPEAT_S, self._send_frame)


class SimulatedIcReader(SimulatedCardReader):
    """Answers when asked."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = bytearray()

    def check(self, uid: bytes) -> None:
        ic_reader.encode_card(uid)

    def cards_laid_on(self) -> None:
        """Nothing is said before it is asked."""

    def received(self, data: bytes) -> None:
        self._asked += data
        while ic_reader.ASK_UID in self._asked:
            end = self._asked.index(ic_reader.ASK_UID) + len(ic_reader.ASK_UID)
            del self._asked[:end]
            self._send(self._answer())
        del self._asked[: -len(ic_reader.ASK_UID)]

    def _answer(self) -> bytes:
        if not self._cards:
            return ic_reader.NO_CARD
        return ic_reader.encode_card(self._cards[0], several=len(self._cards) > 1)
