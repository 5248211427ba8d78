"""Logs: files, access logs, syslog."""
