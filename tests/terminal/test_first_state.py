"""What the self-service terminal's flow begins with, of its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.bootstrap import first_state
from kiosk.settings import load_settings

LEAST = """
[terminal]
name = "Terminal 1"
state_dir = "{folder}"
[central]
url = "http://127.0.0.1:1"
"""


@pytest.mark.parametrize(
    ("face", "shares"), [("", False), ("[face]\n", False), ('[face]\nsite_key_file = "site.key"\n', True)]
)
def test_sharing_is_asked_for_only_with_the_sites_key(tmp_path: Path, face: str, shares: bool) -> None:
    config = tmp_path / "terminal.toml"
    config.write_text(LEAST.format(folder=tmp_path / "state") + face, "utf-8")
    assert first_state(load_settings(config)).face_policy.shares is shares
