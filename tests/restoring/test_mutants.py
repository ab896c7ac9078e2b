"""Each planted bug is caught by the drill that is there for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from kiosk.sync.push import OutOfStep
from tests.restoring import mutants, test_commands, test_restored_central, test_restored_coupons
from tests.restoring.site import RealProgram, Site

Drill = Callable[[Site], None]


@dataclass(frozen=True)
class Planted:
    """`ends_with`: what the drill does."""

    mutant: type[RealProgram]
    drill: Drill
    ends_with: type[BaseException] = AssertionError

    def __str__(self) -> str:
        return f"{self.mutant.__name__}-{self.drill.__name__}"


QUICK = (
    Planted(mutants.TakesOldEpochs, test_commands.test_messages_of_another_epoch_are_refused),
    Planted(mutants.BeginsNoEpoch, test_restored_central.test_terminals_read_everything_anew),
    Planted(mutants.BelievesEverySeal, test_restored_central.test_a_grant_without_this_central_s_seal_is_nobody_s),
    Planted(
        mutants.WaitsForNobody, test_restored_central.test_money_set_aside_since_the_backup_is_not_handed_out_twice
    ),
)
MORE = (
    Planted(mutants.AsksForNoAnnouncement, test_commands.test_nothing_is_taken_from_a_terminal_before_it_has_announced),
    Planted(mutants.TakesNothingUp, test_restored_central.test_the_drill),
    Planted(mutants.ForgetsWriteOffs, test_restored_central.test_a_write_off_since_the_backup_holds),
    Planted(mutants.ForgetsGivingsUp, test_restored_central.test_what_was_given_up_stays_so_over_a_second_restore),
    Planted(
        mutants.ForgetsRevocations,
        test_restored_central.test_a_terminal_revoked_since_the_backup_stays_so,
        ends_with=pytest.fail.Exception,  # nobody refuses it
    ),
    Planted(mutants.AnnouncesNothing, test_restored_central.test_the_drill),
    Planted(mutants.AnnouncesNothing, test_restored_coupons.test_a_coupon_given_and_used_since_the_backup),
    Planted(
        mutants.AnnouncesOnlyWhatIsOpen, test_restored_central.test_what_was_given_back_since_the_backup_is_free_again
    ),
    Planted(mutants.ForgetsWhatWasAcknowledged, test_restored_central.test_the_drill, ends_with=OutOfStep),
)
PROVED = tuple(pytest.param(planted, marks=pytest.mark.prove) for planted in MORE)


@pytest.mark.parametrize("planted", [*QUICK, *PROVED], ids=str)
def test_planted_bugs_are_found(site: Site, planted: Planted) -> None:
    site.program = planted.mutant()
    with pytest.raises(planted.ends_with):
        planted.drill(site)
