"""Terminals and central, the real code, in one thread under one seed: see world.py."""
