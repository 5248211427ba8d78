"""The master, the workers, and what they do to each other: signals, daemon, users."""
