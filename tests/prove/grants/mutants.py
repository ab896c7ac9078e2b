"""Every rule left out once: what goes wrong then, and within which bounds that shows.

Each names the switch of Rules that is off. The bounds are the smallest in which the mutant is caught.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.prove.grants.rules import Bounds, Budget, Rules


@dataclass(frozen=True, slots=True)
class Mutant:
    """`caught_as` is what the model must say does not hold."""

    name: str
    rule: str
    caught_as: str
    bounds: Bounds

    @property
    def rules(self) -> Rules:
        off: dict[str, Any] = {self.rule: False}
        return replace(Rules(), **off)


def _one(*, second_is_enrolled: bool = True, **budget: int) -> Bounds:
    """The member has 1; payments and pre-grants are of 1."""
    return Bounds(
        Budget(**budget),
        opening=1,
        payment_amounts=(1,),
        pre_grant_amounts=(1,),
        second_is_enrolled=second_is_enrolled,
    )


def _two(*, payment: int, pre_grant: int, **budget: int) -> Bounds:
    """The member has 2."""
    return Bounds(Budget(**budget), payment_amounts=(payment,), pre_grant_amounts=(pre_grant,))


_BELOW = "the member can get below the credit line"
_NOT_HELD = "grant 0 can be spent and is not held"
_REFUSED = "an event is refused"
_NEVER_BOOKED = "at rest: an event is never booked"
_NEVER_CLOSES = "at rest: a grant never closes"

MUTANTS = (
    # central
    Mutant("double_grant", "answers_are_kept", "two grants for one request", _two(payment=1, pre_grant=1, payments=1)),
    Mutant("refusal_forgotten", "refusals_are_kept", _NEVER_CLOSES, _one(payments=1, pre_grants=1, recalls=1)),
    Mutant("release_leaves_nothing", "releases_leave_tombstones", _NEVER_CLOSES, _one(payments=1)),
    Mutant(
        "dedupe_by_number_only",
        "spends_are_known_by_grant",
        _NEVER_CLOSES,
        _two(payment=1, pre_grant=1, payments=2),
    ),
    Mutant(
        "dedupe_by_payment_only",
        "spends_are_known_by_number",
        _NEVER_CLOSES,
        _two(payment=2, pre_grant=1, payments=1, pre_grants=1),
    ),
    Mutant(
        "no_dedupe",
        "repeats_are_skipped",
        "grant 0 is not booked as it was spent",
        _two(payment=1, pre_grant=2, payments=1, pre_grants=1),
    ),
    Mutant("gaps_taken", "gaps_are_refused", _NEVER_CLOSES, _one(payments=2)),
    Mutant("reclaim_by_time_out", "no_time_out", _NOT_HELD, _one(pre_grants=1)),
    Mutant(
        "early_close",
        "close_waits_for_spends",
        _NEVER_BOOKED,
        _two(payment=1, pre_grant=2, payments=1, pre_grants=1, recalls=1, quarantines=1),
    ),
    Mutant("recall_frees_at_once", "recall_is_a_request", _NOT_HELD, _one(pre_grants=1, recalls=1)),
    Mutant(
        "late_spend_charges_member",
        "late_spends_are_a_loss",
        "free is negative",
        _one(pre_grants=1, payments=1, write_offs=1),
    ),
    Mutant("cap_ignored", "exposure_is_capped", "more than the exposure cap", Bounds(Budget(pre_grants=2), opening=3)),
    # restore
    Mutant("unfenced_restore", "restore_is_fenced", _BELOW, _one(pre_grants=2, restores=1)),
    Mutant("no_adoption", "announced_grants_are_adopted", _NOT_HELD, _one(pre_grants=1, restores=1)),
    Mutant("adoption_without_seal", "adoption_needs_seal", _NEVER_CLOSES, _one(restores=1)),
    Mutant(
        "adopted_twice",
        "adoption_happens_once",
        "the ledger is not what was booked",
        _one(pre_grants=1, payments=1, restores=1),
    ),
    Mutant(
        "incarnation_reused",
        "incarnations_come_from_epoch",
        _NOT_HELD,
        _one(pre_grants=1, lost_disks=1, enrolments=1, restores=1),
    ),
    # terminal
    Mutant(
        "old_incarnation_spends", "old_incarnation_is_fenced", _REFUSED, _one(pre_grants=1, payments=1, enrolments=1)
    ),
    Mutant(
        "grant_closed_in_use",
        "grants_in_use_stay_open",
        _REFUSED,
        _two(payment=2, pre_grant=1, pre_grants=1, payments=1, recalls=1),
    ),
    Mutant("spent_after_release", "given_up_is_final", _REFUSED, _one(payments=1)),
    Mutant(
        "acknowledged_events_dropped",
        "acknowledged_events_are_kept",
        _NEVER_BOOKED,
        _one(payments=1, restores=1),
    ),
    # the holes
    Mutant(
        "new_terminal_not_waited_for",
        "terminals_survive_restore",
        _BELOW,
        _one(pre_grants=2, lost_disks=1, restores=1, second_is_enrolled=False),
    ),
    Mutant(
        "replaced_terminal_speaks",
        "incarnations_survive_restore",
        _BELOW,
        _one(pre_grants=2, lost_disks=1, restores=1),
    ),
    Mutant(
        "write_off_forgotten",
        "write_offs_survive_restore",
        _BELOW,
        _one(payments=2, write_offs=1, restores=1),
    ),
    Mutant(
        "giving_up_forgotten",
        "giving_up_survives_restore",
        _BELOW,
        _one(pre_grants=1, payments=1, restores=2),
    ),
    Mutant(
        "given_up_grant_adopted_open",
        "giving_up_covers_unknown",
        _BELOW,
        _one(pre_grants=1, payments=1, restores=1),
    ),
    Mutant("reply_of_older_epoch_used", "replies_name_epoch", _REFUSED, _one(payments=1, restores=1)),
    Mutant(
        "request_of_older_epoch_granted",
        "requests_name_epoch",
        _NEVER_CLOSES,
        _one(payments=1, pre_grants=1, restores=1),
    ),
    Mutant("older_announcement_taken", "announcements_name_epoch", _NOT_HELD, _one(pre_grants=1, restores=2)),
    Mutant("pushed_before_announcing", "push_needs_announcement", _REFUSED, _one(payments=1, restores=1)),
    Mutant(
        "unknown_old_grant_ignored",
        "unknown_old_grants_are_closed",
        _NEVER_CLOSES,
        _one(pre_grants=1, enrolments=1),
    ),
)
