"""The terminal: what students and staff touch on the canteen line."""

VERSION = "0.1.0"
