"""Terminal and central in step: the wire's messages, the outbox going up, the change feed coming down."""
