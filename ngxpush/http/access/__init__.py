"""Who may have a request served: the handlers of the post-read, preaccess and access phases.

`satisfy` asks those of the access phase; the others stand in the table of `phases` themselves.
"""
