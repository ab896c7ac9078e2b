"""The pickup board's screen."""
