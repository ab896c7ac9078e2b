"""The terminal: what students and staff touch on the canteen line."""
