"""What `run` asks and tells before it sends anything to an account that is not its own."""
