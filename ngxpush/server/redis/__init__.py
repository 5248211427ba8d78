"""The zone in a Redis or Valkey server, shared by any number of ngxpush servers.

url.py        where channels are: the URLs of --channels
channels.py   which zones have their channels there
reaching.py   whether Redis can be reached, before anything is served
place.py      how a worker finds its zone
keeper.py     the master's part: almost nothing
"""
