"""From a configuration to something that can be served: reading it, opening what it names, on a server or on a laptop."""
