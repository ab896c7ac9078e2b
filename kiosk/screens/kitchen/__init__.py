"""The kitchen's screen."""
