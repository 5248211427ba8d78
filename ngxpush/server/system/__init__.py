"""What handlers ask of the system: files, other hosts."""
