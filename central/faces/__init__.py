"""Consents to faces and their deletions. The faces themselves stay at the terminals (docs/decisions/0007)."""
