"""No core dumps: the memory of our programs holds faces, members' names and opened keys, and a dump would keep them."""

from __future__ import annotations

import resource

# Of one byte no file comes. 0 would say the same, but Linux asks a program that takes dumps (kernel.core_pattern with a
# pipe) all the same; at just 1 it does not.
_NO_DUMP_BYTES = 1


def prevent_core_dumps() -> None:
    """Of this process and those that it starts. Call first."""
    _, most_bytes = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0 if most_bytes == 0 else _NO_DUMP_BYTES, most_bytes))
