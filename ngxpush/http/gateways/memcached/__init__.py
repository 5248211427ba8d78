"""memcached_pass: items of memcached servers.

codec    puts the parts together: the key, the request
answer   an answer, its line and the item
"""
