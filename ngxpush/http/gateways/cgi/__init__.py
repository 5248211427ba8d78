"""What fastcgi, uwsgi and scgi have of CGI.

parameters   the parameters of a request: those of PREFIX_param, and the client's lines as HTTP_NAME
status       the status of an answer's head: of its line `Status`, or by its other lines
body         the body of the request
answer       an answer without frames, as those of uwsgi and scgi are
"""
