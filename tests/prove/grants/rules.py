"""The rules of decision 0004 as switches, and the bounds within which every state is visited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Rules:
    """All true: the decision, with the holes closed that this model found (the last group). One false: a mutant."""

    # central
    answers_are_kept: bool = True  # a request that was granted is answered with the same grant
    refusals_are_kept: bool = True  # a request that was refused stays refused
    releases_leave_tombstones: bool = True  # a request that comes after its release is refused
    spends_are_known_by_grant: bool = True  # (grant, n) is booked once; off: n alone is compared
    spends_are_known_by_number: bool = True  # (grant, n) is booked once; off: one spend a payment
    repeats_are_skipped: bool = True  # by sequence number, event id and (grant, n); off: none of them
    gaps_are_refused: bool = True
    no_time_out: bool = True
    close_waits_for_spends: bool = True
    recall_is_a_request: bool = True
    late_spends_are_a_loss: bool = True  # after a write-off
    exposure_is_capped: bool = True
    # restore
    restore_is_fenced: bool = True
    announced_grants_are_adopted: bool = True
    adoption_needs_seal: bool = True
    adoption_happens_once: bool = True
    incarnations_come_from_epoch: bool = True
    # terminal
    old_incarnation_is_fenced: bool = True  # no spend under the grants of an incarnation before
    grants_in_use_stay_open: bool = True  # a recall waits for the payment
    given_up_is_final: bool = True  # a reply after the release is not used
    acknowledged_events_are_kept: bool = True
    # closing the holes
    terminals_survive_restore: bool = True  # which terminals there are
    incarnations_survive_restore: bool = True  # which incarnation is a terminal's newest: no older one is let in
    write_offs_survive_restore: bool = True
    giving_up_survives_restore: bool = True
    giving_up_covers_unknown: bool = True  # grants of a given-up terminal that the restored database never heard of
    replies_name_epoch: bool = True  # replies and feed rows of another epoch than the terminal's are dropped
    requests_name_epoch: bool = True  # a request of an older epoch is refused
    announcements_name_epoch: bool = True
    push_needs_announcement: bool = True
    unknown_old_grants_are_closed: bool = True  # a row for an older incarnation of this very disk: closed with N = 0


class Budget(NamedTuple):
    """How often each of these may still happen."""

    payments: int = 0
    pre_grants: int = 0
    top_ups: int = 0
    recalls: int = 0
    write_offs: int = 0
    quarantines: int = 0
    enrolments: int = 0
    lost_disks: int = 0
    backups: int = 0
    restores: int = 0

    def less(self, what: str) -> Budget:
        return self._replace(**{what: getattr(self, what) - 1})


@dataclass(frozen=True, slots=True)
class Bounds:
    """The site that is explored: one member (members share nothing but the order of an outbox), two terminals. All
    amounts are in units of the smallest payment."""

    budget: Budget
    opening: int = 2
    credit_line: int = 0
    cap: int = 2  # of what a terminal holds in open pre-grants
    payment_amounts: tuple[int, ...] = (1, 2)
    pre_grant_amounts: tuple[int, ...] = (1, 2)
    second_is_enrolled: bool = True  # off: the second terminal is first enrolled on the way
