"""Card readers on a serial line."""
