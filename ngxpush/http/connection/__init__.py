"""A client's HTTP/1 connection, without I/O.

states          the states, and what moves a connection from one to another: a description and a table
connection      one connection: its state, and the life of the requests on it
events          what comes from outside, and what each event does in each state
incoming_head   the head of a request on its way in
incoming_body   its body
serving         the request's coroutine and subrequests, and what its handler asks of the connection
surroundings    what a connection needs around it: the transport, the process
"""
