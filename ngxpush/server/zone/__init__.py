"""Where the zone lives, and how the processes of one server reach it.

journal.py    the file a zone is rebuilt from: a snapshot, and the changes since
restoring.py  a zone into the journal and out of it
dialogue.py   what two processes say to each other: frames over a socket
serving.py    the side that has the zone
remote.py     the side that asks for it
wire.py       an asyncio connection between two processes
places.py     where a worker finds the zone, and how it moves to the next worker
asking.py     asking the zone from asyncio
coming.py     a zone that is being rebuilt
keeper.py     the master's part
names.py      names for workers
"""
