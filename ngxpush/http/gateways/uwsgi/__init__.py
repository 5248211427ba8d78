"""uwsgi_pass: requests for uWSGI servers.

packet   the request of the protocol, as bytes
codec    puts the parts together; answers are those of `gateways/cgi`
"""
