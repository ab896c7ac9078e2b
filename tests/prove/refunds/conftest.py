from __future__ import annotations

from tests.prove.sync.conftest import chance, fresh_central, postgresql_url, postgresql_with_tables

__all__ = ["chance", "fresh_central", "postgresql_url", "postgresql_with_tables"]
