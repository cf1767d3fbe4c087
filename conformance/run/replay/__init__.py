"""Recorded cases sent again, to a target that chooses other ids, tokens and ARNs than the first one did."""
