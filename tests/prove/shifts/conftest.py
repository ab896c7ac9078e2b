from __future__ import annotations

from tests.prove.sync.conftest import chance

__all__ = ["chance"]
