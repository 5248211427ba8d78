"""The master, the workers, and what makes a process one of them: signals, daemon, users."""
