"""Terminal and central in step: the wire's messages, the outbox going up, the change feed coming down."""

import sys

# httpx would import its command line too, with rich and pygments: 6 MB and half of the time that importing it takes.
# None means "not there" to the import system, and httpx goes on without (docs.python.org, reference/import, 5.3.1).
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
