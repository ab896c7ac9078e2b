"""What every table of the terminal's database belongs to."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
