"""What the terminal is held to, measured. `python -m benchmarks`; how each figure is taken: docs/benchmarks.md."""
