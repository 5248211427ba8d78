"""From a configuration to a server that can start: reading it, and opening what it names, on a server or on a laptop."""
