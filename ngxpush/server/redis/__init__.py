"""The zone in a Redis or Valkey server, shared by any number of ngxpush servers.

url.py        where channels are: the URLs of --channels
"""
