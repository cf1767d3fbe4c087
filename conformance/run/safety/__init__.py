"""What keeps an account from harm that is not the run's own.

request_guard.py      every request passes it: permitted? does it touch only what the run made? how fast?
ownership.py          what the run made: names with its id, identifiers from its own creations
rate_limiter.py       how fast requests are sent; slower when they are throttled
creation_ledger.py    what the run makes, in a file that outlives it
"""
