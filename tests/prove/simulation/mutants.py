"""Planted bugs, by name: a central or a terminal with one thing wrong, everything else being the real program. A
simulation that does not catch each of them proves nothing."""

from __future__ import annotations

from dataclasses import dataclass

from tests.prove.simulation import mutant_centrals as centrals
from tests.prove.simulation import mutant_terminals as terminals
from tests.prove.simulation.central import SimulatedCentral
from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.simulation.world import AWAY, CROWDED, DYING, POOR, POOR_AND_FORGETFUL, REDEEMING, Size


@dataclass(frozen=True, slots=True)
class Mutant:
    name: str
    central: type[SimulatedCentral] = SimulatedCentral
    terminal: type[SimulatedTerminal] = SimulatedTerminal
    size: Size = CROWDED
    orders: int = 100


MUTANTS = (
    Mutant("double_grant", centrals.GrantsTwice),
    Mutant("no_dedupe", centrals.KnowsNoEvent),
    Mutant("reclaim_by_time_out", centrals.ReclaimsByTimeOut),
    Mutant("expiry_by_clock", centrals.ExpiresByClock),
    Mutant("early_close", centrals.ClosesEarly),
    Mutant("recall_frees_at_once", centrals.FreesOnRecall, size=POOR),
    Mutant("central_acknowledges_before_commit", centrals.AcknowledgesBeforeCommit, size=DYING),
    Mutant("unfenced_restore", centrals.RestoresUnfenced, size=POOR_AND_FORGETFUL),
    Mutant("backlog_acknowledged_before_commit", centrals.AcknowledgesBacklogsTooEarly, size=AWAY, orders=300),
    Mutant("backlog_half_booked", centrals.ForgetsRestOfBacklog, size=AWAY, orders=500),
    Mutant("coupon_not_held", centrals.HoldsNoCoupon, size=REDEEMING),
    Mutant("points_not_held", centrals.HoldsNoPoints, size=REDEEMING),
    Mutant("refund_booked_twice", centrals.RefundsTwice),
    Mutant("refund_forgotten", terminal=terminals.ForgetsRefunds, orders=150),
    Mutant("spend_under_closed_grant", terminal=terminals.SpendsWhatIsClosed, size=POOR),
    Mutant("paid_before_commit", terminal=terminals.TellsBeforeCommit),
    Mutant("cursor_before_rows", terminal=terminals.MovesCursorFirst, size=DYING),
    Mutant("lost_outbox_row", terminal=terminals.LosesOutboxRow),
)
