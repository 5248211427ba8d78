"""grpc_pass: requests for gRPC servers, by HTTP/2.

codec          puts the parts together
session        what stays from one stream of a connection to the next
request        the head of a request
outgoing       a request on its way, as far as the server's windows allow
incoming       what the server sends, frame by frame
answer         an answer: its head, its body, its trailers
header_block   lines to and from bytes
frames         frames to and from bytes
"""
