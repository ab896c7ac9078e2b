"""Loads the kv file beside a module, once; kv holds layout, Python holds properties and texts."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder


def load_kv(python_file: str) -> None:
    """Call at the end of a module with its `__file__`: loads the .kv of the same name."""
    path = str(Path(python_file).with_suffix(".kv"))
    if path not in Builder.files:
        Builder.load_file(path)
