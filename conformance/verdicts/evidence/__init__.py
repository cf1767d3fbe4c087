"""What a played scenario shows: its timeline, what reads observed, and how values compare."""
