"""What `conformance run` does with a plan: the run controlled, its record kept, its results shown."""
