"""Cases: the requests that put the clauses of an operation to the test.

    Operation --samples--> ValidParams (smallest, fullest) --.
              --faults---> boundary values, broken constraints  +--RequestBuilder--> Case, Case, ...
              --strategies--> random valid params (Hypothesis) -'
              --scenarios/--> sequences of requests with a state  --> Scenario, Scenario, ...

    feedback/    how the answer to a rejected request leads to a better one
    fixtures/    resources in the states that scenarios need

Cases are data. They know nothing of targets and send nothing.
"""
