"""The terminal: what students and staff touch on the canteen line."""

from kiosk.domain.version import VERSION as VERSION
