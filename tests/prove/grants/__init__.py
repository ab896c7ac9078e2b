"""An exhaustive model of the grant protocol: decision 0004 as a program, and every state that it can come to.

rules.py      the protocol's rules as switches: all on is the decision, one off is a mutant (mutants.py)
state.py      what is held where: central's database and backup, each terminal's disk, what the network may deliver
terminal.py   what a terminal may do next
central.py    what central may do next; booking.py: how it books what terminals send
replaced.py   what may still be heard of a disk that was replaced
site.py       all of this for both terminals, and what befalls the whole site: top-ups, backup, restore
facts.py      what must hold in every state
settling.py   the way to rest from any state: everything delivered, recalled, closed, sent
explore.py    breadth first through all states, with the trace to the first one in which something does not hold

The network keeps every message for ever and delivers any of them at any time, as often as it likes: that is loss,
delay, repetition and reordering at once.

Not in the model: a terminal's disk put back to an older copy (bounded by the exposure cap, says the decision), and a
second member (members share nothing but the order of an outbox). Nor are units: points and coupons have no protocol of
their own, only amounts that do not mix (tests/prove/unit_storm.py).
"""
