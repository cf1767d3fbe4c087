"""What error texts teach about a request that was not accepted, and what to try next."""
