"""Drivers and simulators over real pseudo-terminals and sockets."""
