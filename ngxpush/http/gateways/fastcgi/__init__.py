"""fastcgi_pass: requests for FastCGI servers, such as PHP's.

codec        puts the parts together
records      the records of the protocol, to and from bytes
parameters   the parameters of a request
answer       an answer: its head, its body, what comes on standard error
"""
