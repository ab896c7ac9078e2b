"""The terminal's store: one encrypted SQLite file behind kiosk.services.ports."""
