"""The hazard log, and what a running service shows of its controls."""
