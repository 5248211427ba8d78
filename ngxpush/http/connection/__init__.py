"""A client's HTTP/1 connection, without I/O.

states          the states, and what moves a connection from one to another: a description and a table
connection      one connection: its state, and the life of the requests on it
facts           what requests know of their connection: its ends, its process
events          what comes from outside, and what each event does in each state
incoming_head   the head of a request on its way in
incoming_body   its body
body_spool      where that is kept: in memory or in a file
lingering       how long it reads on for a client whose request is answered
departure       what is logged of a client that leaves
serving         the request's coroutine and body, and what its handler asks of the connection
subrequests     the subrequests of that request
surroundings    what a connection needs around it: the transport, the process
"""
