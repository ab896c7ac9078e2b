"""What the commands of all folders share. Each folder's are in its `commands.py`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from central.settings import Settings

AddCommand = Callable[[str, Callable[[Settings, argparse.Namespace], None], str], argparse.ArgumentParser]
"""Declares a command by its name, what it runs and its summary; its arguments are then added to what comes back."""

MAX_LISTED = 100_000


def say(line: str) -> None:
    """A line for who gave the command."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def how_many(text: str) -> int:
    """The type of an argument that says how many to list. Raises what argparse takes as wrong usage."""
    number = int(text)
    if not 1 <= number <= MAX_LISTED:
        raise argparse.ArgumentTypeError(f"must be 1 to {MAX_LISTED}")
    return number
