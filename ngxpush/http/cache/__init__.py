"""Answers of upstreams that are kept in files: nginx's file cache (PREFIX_cache), without I/O.

    key        how an answer is named: the key, its digest, its path
    variant    which of the answers of one key a client gets (Vary)
    validity   what the lines of a head say about keeping an answer, and for how long it is good
    entry      the beginning of a cache file
    zone       what all workers share: uses, locks, cached errors, sizes
    shelf      a cache: its directory and its zone
    lookup     looks an answer up for one request
    waste      which answers are to be removed: unused ones, and those that are too many

The content of a file is that of nginx 1.22.1 for proxy, so that either server can go on with the other's directory. nginx keeps
the heads of other gateways in their languages, here all are lines of HTTP: a file of the other server is fetched again. A file
stands for itself: a zone that is lost costs only the count of uses.
`http/upstream/caching.py` asks the cache for a gateway; `cached_answer.py` there fills it, and sends what is in it.
`server/system/cache_files.py` has the files, `server/setup/cache_memory.py` the shared memory, and
`server/processes/cache_manager.py` the manager.
"""
