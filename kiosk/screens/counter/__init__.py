"""The counter terminal's screens, for the staff's side: a lying screen, touched with wet hands.

stage.py: what stands on the screen for a state. sell.py: dishes, keyed sums, the sale. pads.py: weight and cash.
waiting.py: the customer's card or face. collect.py: orders to be paid here. lane.py: one price, one after the other.
result.py: paid or not, to be seen from afar.
"""
