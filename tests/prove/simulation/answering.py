"""Central's endpoints without HTTP: what they do with asyncio is done here in turn."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from central.feed.service import read_page
from central.push.backlog import BacklogFull
from central.restoring.announcing import take_announcement
from central.restoring.epochs import NotAnnounced, OtherEpoch, check_announced, check_epoch
from central.terminals.identity import Terminal
from central.terminals.service import EnrolmentRefused, note_protocol
from central.terminals.signatures import NotAdmitted, NotAuthenticated, SignedRequest, authenticate
from kiosk.services.ports import CentralRefused, CentralUnreachable
from kiosk.sync import wire
from tests.prove.simulation.central import CentralCrashed, SimulatedCentral
from tests.prove.simulation.network import Request
from tests.prove.simulation.trace import brief

Reply = TypeVar("Reply")

ASKS_WHILE_RECALLING = 3
EVENTS_PER_TRANSACTION = 20  # so that central can die in the middle of a batch
_SEALS = re.compile(rb'seals?":(?:"[^"]*"|\[[^]]*\])')  # from a letter on: a quotation mark is everywhere

_TERMINAL_IDS = re.compile(rb'("kind":"terminal","key":)"[^"]*"(?:(,"body":{"id":)"[^"]*")?')


class Answering:
    """`handle` is what the network calls."""

    def __init__(self, central: SimulatedCentral) -> None:
        self._central = central
        self.backlogs = 0

    def handle(self, request: Request) -> bytes:
        """Raises CentralUnreachable when central is away or dies over it, CentralRefused when it does not deal with the
        sender. Anything else that it does not take is a fault, and is raised as what it is."""
        central = self._central
        if central.is_away:
            raise CentralUnreachable("central is away")
        try:
            reply = self._answer(request)
        except CentralCrashed as error:
            central.crash()
            raise CentralUnreachable("central crashed") from error
        except (NotAdmitted, NotAuthenticated, EnrolmentRefused) as error:
            raise CentralRefused(str(error)) from error
        except (OtherEpoch, NotAnnounced, BacklogFull) as error:
            raise CentralUnreachable(str(error)) from error
        # Neither the epoch nor the key of the seals nor the terminals' ids are drawn from the seed.
        said = reply.replace(central.parts.installation.epoch.encode(), b"")
        if b"seal" in said:
            said = _SEALS.sub(b"", said)
        if b'"terminal"' in said:
            said = _TERMINAL_IDS.sub(rb"\1\2", said)
        central.trace.add("central", request.sender, request.path, "" if request.path == "/v1/enrol" else brief(said))
        return reply

    def _answer(self, request: Request) -> bytes:
        body = request.body
        if request.headers.get("Content-Encoding") == "gzip":
            body = zlib.decompress(body, 16 + zlib.MAX_WBITS)
        if request.path == "/v1/enrol":
            return self._enrol(wire.decode(body, wire.EnrolRequest))
        signed = SignedRequest(request.headers["Authorization"], request.method, request.target, request.body)
        terminal = self._central.read(lambda connection: authenticate(connection, signed))
        if request.path == "/v1/announce":
            return self._announce(terminal, wire.decode(body, wire.Announcement))
        if request.path == "/v1/grants":
            return self._grants(terminal, wire.decode(body, wire.GrantRequest))
        if request.path == "/v1/portions":
            return self._portions(terminal, wire.decode(body, wire.PortionsRequest))
        if request.path == "/v1/push":
            return self._push(terminal, wire.decode(body, wire.PushBatch))
        if request.path == "/v1/backlog":
            return self._backlog(terminal, body)
        return self._feed(terminal, urlsplit(request.target).query)

    def _enrol(self, message: wire.EnrolRequest) -> bytes:
        answer = self._central.write(lambda tx: self._central.parts.desk.enrol(tx, message))
        if isinstance(answer, EnrolmentRefused):
            raise answer
        return wire.encode(answer)

    def _announce(self, terminal: Terminal, message: wire.Announcement) -> bytes:
        check_epoch(self._central.parts.installation, message.epoch, wire.PROTOCOL)
        reply, left_out = self._central.write(partial(take_announcement, terminal=terminal, message=message))
        assert not left_out, "a terminal announced a grant that is not ours"
        return wire.encode(reply)

    def _grants(self, terminal: Terminal, message: wire.GrantRequest) -> bytes:
        self._check_sender(terminal, message.epoch)
        reply = self._recalling(partial(self._central.grant, terminal=terminal, request=message))
        encoded = wire.encode(reply)
        self._check_same_answer(message, reply, encoded)
        return encoded

    def _portions(self, terminal: Terminal, message: wire.PortionsRequest) -> bytes:
        self._check_sender(terminal, message.epoch)
        return wire.encode(self._recalling(partial(self._central.hand, terminal=terminal, request=message)))

    def _recalling(self, ask: Callable[..., Reply | None]) -> Reply:
        """What is recalled may come meanwhile."""
        central = self._central
        lives = central.crashes
        for asks_left in reversed(range(ASKS_WHILE_RECALLING)):
            reply = central.write(partial(ask, may_wait=asks_left > 0))
            if reply is not None:
                return reply
            central.meanwhile()
            if lives != central.crashes or central.is_away:
                raise CentralUnreachable("central went away while it waited for a recall")
        raise AssertionError("central may not wait any longer, and does not answer")

    def _check_same_answer(self, message: wire.GrantRequest, reply: wire.GrantReply, encoded: bytes) -> None:
        """A request has one answer for ever, except that it may have been given up since."""
        answers = self._central.answers
        known = answers.setdefault(message.request_id.bytes, encoded)
        if reply.refusal == "abandoned":
            answers[message.request_id.bytes] = encoded
        else:
            assert known == encoded, f"request {message.request_id} was answered twice, differently"

    def _push(self, terminal: Terminal, batch: wire.PushBatch) -> bytes:
        self._check_sender(terminal, batch.epoch)
        quarantined: tuple[wire.Quarantined, ...] = ()
        reply = wire.PushReply(0)
        for start in range(0, len(batch.events), EVENTS_PER_TRANSACTION):
            first_seq, events = batch.first_seq + start, batch.events[start : start + EVENTS_PER_TRANSACTION]
            reply = self._central.intake(terminal, first_seq, events)
            quarantined += reply.quarantined
            if reply.last_seq < first_seq + len(events) - 1:
                break
        assert not quarantined, f"a terminal's event went to quarantine: {quarantined[0].reason}"
        self._check_written(terminal, reply)
        return wire.encode(wire.PushReply(reply.last_seq, quarantined))

    def _backlog(self, terminal: Terminal, packed: bytes) -> bytes:
        head = wire.packed_head(packed)
        self._check_sender(terminal, head.epoch)
        reply = self._central.keep(terminal, head, packed)
        self.backlogs += 1
        self._check_written(terminal, reply)
        return wire.encode(reply)

    def _check_written(self, terminal: Terminal, reply: wire.PushReply) -> None:
        known = self._central.last_seq(terminal.id, terminal.incarnation)
        assert reply.last_seq <= known, "acknowledged, and not written"

    def _check_sender(self, terminal: Terminal, epoch: str) -> None:
        check_epoch(self._central.parts.installation, epoch, wire.PROTOCOL)
        check_announced(terminal)

    def _feed(self, terminal: Terminal, query: str) -> bytes:
        central = self._central
        if terminal.protocol != wire.PROTOCOL:
            central.write(partial(note_protocol, terminal=terminal, protocol=wire.PROTOCOL))
        asked = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        epoch = central.parts.installation.epoch
        page = central.read(
            lambda c: read_page(
                c, epoch, asked["epoch"], int(asked["after"]), int(asked["limit"]), terminal.id, terminal.incarnation
            )
        )
        return wire.encode(page)
