"""Hand-written knowledge beside a spec: its entries, and what its rules say of requests and answers."""
