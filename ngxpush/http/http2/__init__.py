"""A client's HTTP/2 connection, without I/O: the second machine beside `http/connection`. It gives the same requests to the same
phases.

frames         frames from bytes, and frames as bytes
sending        what goes to the client: windows, and settings that the client has sent
connection     one connection: its frames, its streams, and when it ends
receiving      what each frame of the client does
streams        the stream of one request: its body, its answer, its end
request_head   the head of a request: nginx's rules for header fields
answer_head    the head of an answer, compressed as nginx compresses it
framing        the last filter: the body of an answer becomes DATA frames
events         what comes from outside

The words of the protocol and the compression of heads are those of PyPI's h2 and hpack. h2's own machine is not used: it makes
errors of the whole connection of what nginx answers on one stream (a body of another length than declared, a stream too many, a
header field that is not allowed), and it can't log the frame that was wrong.
"""
