from __future__ import annotations

from tests.prove.sync.conftest import chance, fresh_central, postgresql_url

__all__ = ["chance", "fresh_central", "postgresql_url"]
