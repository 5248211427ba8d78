"""A client's HTTP/2 connection, without I/O: the second machine beside `http/connection`. It gives the same requests to the same
phases.

frames           frames from bytes, and frames as bytes
sending          what goes to the client: windows, and settings that the client has sent
connection       one connection: its frames, its streams, and when it ends
receiving        what each frame of the client does
receiving_heads  the same for the frames of heads
dependencies     which streams go first
opening          a stream begins
streams          the stream of one request: its body, its end
answer           the frames of its answer, and what waits
stream_head      a head while its frames come
request_head     the head of a request: nginx's rules for header fields
head_decoder     the lines of a compressed head
answer_head      the head of an answer, compressed as nginx compresses it
framing          the last filter: the body of an answer becomes DATA frames
events           what comes from outside

The words of the protocol are those of PyPI's h2, the tables and codes of compressed heads those of hpack. h2's own machine is not
used: it makes errors of the whole connection of what nginx answers on one stream (a body of another length than declared, a
stream too many, a header field that is not allowed), and it can't log the frame that was wrong. Nor is hpack's decoder: it
refuses padding that nginx takes, and has no limit that is nginx's.
"""
