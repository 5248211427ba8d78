"""Who may have a request served: the handlers of the post-read, preaccess and access phases.

`satisfy` calls those of the access phase. The others stand in the table of `phases`.
"""
