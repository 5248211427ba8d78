"""Clients: listening sockets, and what carries the bytes of a connection."""
