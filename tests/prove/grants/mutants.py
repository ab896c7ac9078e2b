"""Every rule left out once: what goes wrong then, and within which bounds that shows.

Each names the switch of Rules that is off. The bounds are the smallest in which the mutant is caught.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.prove.grants.rules import Bounds, Budget, Rules


@dataclass(frozen=True, slots=True)
class Mutant:
    """`caught_as` is part of what the model must say about it."""

    name: str
    rule: str
    caught_as: str
    bounds: Bounds

    @property
    def rules(self) -> Rules:
        off: dict[str, Any] = {self.rule: False}
        return replace(Rules(), **off)


def _small(*, second_is_enrolled: bool = True, **budget: int) -> Bounds:
    """The member has 1, and every amount is 1."""
    return Bounds(
        Budget(**budget),
        opening=1,
        payment_amounts=(1,),
        pre_grant_amounts=(1,),
        second_is_enrolled=second_is_enrolled,
    )


def _single(**budget: int) -> Bounds:
    """Payments of 1, pre-grants of 1, the member has 2."""
    return Bounds(Budget(**budget), payment_amounts=(1,), pre_grant_amounts=(1,))


def _partial(**budget: int) -> Bounds:
    """Payments of 1 under pre-grants of 2."""
    return Bounds(Budget(**budget), payment_amounts=(1,), pre_grant_amounts=(2,))


def _mixed(**budget: int) -> Bounds:
    """Payments of 2, for which a pre-grant of 1 is not enough."""
    return Bounds(Budget(**budget), payment_amounts=(2,), pre_grant_amounts=(1,))


MUTANTS = (
    Mutant("double_grant", "answers_are_kept", "two grants", _single(payments=1)),
    Mutant("refusal_forgotten", "refusals_are_kept", "never closes", _small(payments=1, pre_grants=1, recalls=1)),
    Mutant("release_leaves_nothing", "releases_leave_tombstones", "never closes", _small(payments=1)),
    Mutant("dedupe_by_number_only", "spends_are_known_by_grant", "booked once each", _single(payments=2)),
    Mutant("dedupe_by_payment_only", "spends_are_known_by_number", "", _mixed(payments=1, pre_grants=1)),
    Mutant("no_dedupe", "repeats_are_skipped", "not booked as it was spent", _partial(payments=1, pre_grants=1)),
    Mutant("gaps_taken", "gaps_are_refused", "", _small(payments=2)),
    Mutant("reclaim_by_time_out", "no_time_out", "is not held", _small(pre_grants=1)),
    Mutant(
        "early_close",
        "close_waits_for_spends",
        "",
        _partial(payments=1, pre_grants=1, recalls=1, quarantines=1),
    ),
    Mutant("recall_frees_at_once", "recall_is_a_request", "is not held", _small(pre_grants=1, recalls=1)),
    Mutant(
        "late_spend_charges_member",
        "late_spends_are_a_loss",
        "",
        _small(pre_grants=1, payments=1, write_offs=1),
    ),
    Mutant("cap_ignored", "exposure_is_capped", "exposure cap", Bounds(Budget(pre_grants=2), opening=3)),
    Mutant("unfenced_restore", "restore_is_fenced", "", _small(pre_grants=2, restores=1)),
    Mutant("no_adoption", "announced_grants_are_adopted", "is not held", _small(pre_grants=1, restores=1)),
    Mutant("adoption_without_seal", "adoption_needs_seal", "", _small(restores=1)),
    Mutant("adopted_twice", "adoption_happens_once", "", _small(pre_grants=1, payments=1, recalls=1, restores=1)),
    Mutant(
        "incarnation_reused",
        "incarnations_come_from_epoch",
        "",
        _small(payments=2, lost_disks=2, restores=1),
    ),
    Mutant(
        "old_incarnation_spends",
        "old_incarnation_is_fenced",
        "",
        _small(pre_grants=1, payments=1, enrolments=1),
    ),
    Mutant(
        "grant_closed_in_use",
        "grants_in_use_stay_open",
        "",
        _mixed(pre_grants=1, payments=1, recalls=1),
    ),
    Mutant("spent_after_release", "given_up_is_final", "", _small(payments=1)),
    Mutant(
        "acknowledged_events_dropped",
        "acknowledged_events_are_kept",
        "",
        _small(payments=1, restores=1),
    ),
    Mutant(
        "new_terminal_not_waited_for",
        "terminals_survive_restore",
        "",
        _small(pre_grants=2, lost_disks=1, restores=1, second_is_enrolled=False),
    ),
    Mutant(
        "replaced_terminal_speaks",
        "incarnations_survive_restore",
        "",
        _small(pre_grants=2, lost_disks=1, restores=1),
    ),
    Mutant(
        "write_off_forgotten",
        "write_offs_survive_restore",
        "below the credit line",
        _small(pre_grants=1, payments=2, write_offs=1, restores=1),
    ),
    Mutant(
        "giving_up_forgotten",
        "giving_up_survives_restore",
        "",
        _small(pre_grants=2, payments=1, restores=2),
    ),
    Mutant(
        "given_up_grant_adopted_open",
        "giving_up_covers_unknown",
        "",
        _small(pre_grants=2, payments=1, restores=1),
    ),
    Mutant("reply_of_older_epoch_used", "replies_name_epoch", "is not held", _small(payments=1, pre_grants=1, restores=1)),
    Mutant(
        "request_of_older_epoch_granted",
        "requests_name_epoch",
        "never closes",
        _small(payments=1, pre_grants=1, restores=1),
    ),
    Mutant("older_announcement_taken", "announcements_name_epoch", "is not held", _small(pre_grants=1, restores=2)),
    Mutant(
        "pushed_before_announcing",
        "push_needs_announcement",
        "event is refused",
        _small(payments=1, restores=1),
    ),
    Mutant(
        "unknown_old_grant_ignored",
        "unknown_old_grants_are_closed",
        "never closes",
        _small(pre_grants=1, enrolments=1),
    ),
)
