"""The counter terminal's screens, for the staff's side: a lying screen, touched with wet hands.

stage.py: what stands on the screen for a state, under the bar (bar.py, signs.py). sale.py: dishes, keyed sums, the
sale; weighing.py. paying.py: the customer's card or face. cash.py: what was handed over. result.py: paid or not, to be
seen from afar. lane.py: one price, one after the other. collect.py: orders to be paid here. news.py: what must have
been read. words.py: all of it in sentences.
"""
