"""The console of `ngxpush run`: what is in the zone and what passes, for a browser on the same machine.

`listening` holds the socket, from the start. All other modules, and aiohttp and jinja2 with them, are loaded when someone
connects to it for the first time: `application` (who may ask, and what is where), `live` (pages that change while someone
looks), `asking` (what the worker is asked), `watching` (messages as they pass), `showing` (bytes as a person reads them), `ways`
(the lines that reach a channel) and `pages` (the documents).
"""
