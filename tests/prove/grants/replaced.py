"""A terminal's disk was replaced, and something still speaks for the old one: what it sent before arrives late, or the
old terminal is switched on again. Central must let it in nowhere; only mutants do."""

from __future__ import annotations

from collections.abc import Iterator

from tests.prove.grants.booking import take
from tests.prove.grants.rules import Rules
from tests.prove.grants.state import ANNOUNCED, WAITING, Lane, LostDisk, Move, Site


def receive_push(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """An event that a replaced disk had sent arrives."""
    for lost in _let_in(lane):
        for seq, event in enumerate(lost.outbox, 1):
            if lane.fence == ANNOUNCED:
                what = f"event {seq} {event} of the replaced disk arrives"
                yield Move(what, *take(rules, site, lane, seq, lost.disk, event))


def receive_announcement(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """The replaced terminal answers a restored central in the new one's place."""
    del rules
    for lost in _let_in(lane):
        if lane.fence == WAITING:
            after = site._replace(waiting=site.waiting - 1)
            what = f"the replaced terminal (incarnation {lost.incarnation}) announces nothing"
            yield Move(what, after, lane._replace(fence=ANNOUNCED))


def _let_in(lane: Lane) -> list[LostDisk]:
    """Those whose incarnation is the one that central knows."""
    return [lost for lost in lane.lost if lost.incarnation == lane.books.incarnation]
