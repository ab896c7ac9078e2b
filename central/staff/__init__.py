"""Who works in the canteen: made, changed and removed here, known at every terminal by the feed
(docs/decisions/0013-admin.md)."""
