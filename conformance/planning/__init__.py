"""What a run is to do: services, operations and clauses, decided before anything is sent."""
