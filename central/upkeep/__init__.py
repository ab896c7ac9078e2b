"""What a terminal is told about itself, for whoever looks after it."""
