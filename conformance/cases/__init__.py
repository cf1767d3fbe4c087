"""What to send: cases that put the clauses of an operation to the test.

    Operation --samples--> smallest, fullest      --.
              --faults---> one broken constraint     +--naming--> plan: Case, Case, ...
              --values---> random valid (Hypothesis)-'

Cases are data. They know nothing of targets and send nothing.
"""
