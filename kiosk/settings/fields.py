"""What fields of several sections hold."""

from __future__ import annotations

from typing import Annotated

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+\Z")]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
