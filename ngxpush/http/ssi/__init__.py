"""Server side includes: commands in answers (`<!--#include virtual="/a" -->`). Recordings: found_flow/ssi-*, core-ssi.

reader        finds the commands in pieces of a body and reads their parameters
texts         texts with variables and the conditions of `if`
commands      carries the commands out
`filters/ssi` is the filter.
"""
