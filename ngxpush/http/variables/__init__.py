"""nginx's variables: the functions for their values, and the evaluation of texts with variables.

evaluation     values and texts with variables, for one request; other packages use this module
table          which function gives which variable its value
request        $args, $http_NAME, $cookie_NAME, $request_filename … of the request
connection     $remote_addr, $connection, $proxy_protocol_addr … of the connection, and of the process
response       $status, $sent_http_NAME … of the answer
times          $time_local, $msec, $request_time …
upstream       $upstream_addr, $upstream_http_NAME, $proxy_host …
mapping        what map, geo and split_clients define
referer, secure_link, modules   those of modules with few variables
"""
