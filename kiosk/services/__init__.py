"""Use cases of the terminal, one file each, and the ports they need (Protocols that store, devices and sync fill)."""
