"""Card readers and printers: each with its bytes (protocol), its thread (driver) and its simulator."""
