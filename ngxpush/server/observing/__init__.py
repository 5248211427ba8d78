"""What a worker's requests become, for those who observe them: the request log, the metrics, the console.

events.py           what they hear: a subscriber begins, a frame publishes, a request has ended
observed.py         makes these of requests; there is none while no one observes
counts.py           counts them, for the metrics
run_log.py          the request log of `ngxpush run`, from its first line to the last word
request_log.py      gathers lines
compact_lines.py    makes lines for a person, combined_lines.py in nginx's format, json_lines.py for programs
words.py            what they say: text of clients, durations, numbers
patient_writer.py   writes them, whether or not someone reads
"""
