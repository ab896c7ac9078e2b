"""The central server: members, balances, orders and menus of a canteen, for its terminals and its staff."""
