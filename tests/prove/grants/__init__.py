"""An exhaustive model of the grant protocol: decision 0004 as a program, and every state that it can come to.

state.py      what is held where: central's database and backup, each terminal's disk, what the network may deliver
rules.py      the protocol's rules as switches: all on is the decision, one off is a mutant (mutants.py)
terminal.py   what a terminal may do next;  central.py  what central may do next;  site.py  both, and what befalls them
facts.py      what must hold in every state
settling.py   the way to rest from any state: everything delivered, recalled, closed, sent
explore.py    breadth first through all states, with the trace to the first one in which something does not hold

The network keeps every message for ever and delivers any of them at any time, as often as it likes: that is loss,
delay, repetition and reordering at once.
"""
