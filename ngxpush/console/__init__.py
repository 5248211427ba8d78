"""The console of `ngxpush run`: what happens inside, for a browser on the same machine. docs/how-it-works/console.md says how.

From the start there are:

listening            the socket
recording            the last requests
served               what is served, as far as it is shown

All others, and aiohttp and jinja2 with them, are loaded when someone connects to the socket for the first time:

application          who may ask, and what is where
frame, live          what all pages share, and parts of them as events
pages                the documents
channel_pages        channels: `asking` (what the zone is asked), `watching` (messages as they pass), `carrying` (subscribers that
                     a page opens)
request_pages        requests: `explaining`
configuration_pages  the configuration: `effective` (values in force)
health_page          the health: `history` and `plot`, `limits`
clients              who is connected
shown_files          files of the configuration, with marks
showing              bytes and times as a person reads them
monitoring, metrics  for programs
"""
