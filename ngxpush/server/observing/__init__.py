"""What a worker's requests become, for those who observe them: the request log, the metrics, the console.

events.py     what they hear: a subscriber begins, a frame publishes, a request has ended
observed.py   makes these of requests; there is none while no one observes
"""
