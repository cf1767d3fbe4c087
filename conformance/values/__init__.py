"""Plain values: paths into them, conditions on them, and text made harmless. Knows nothing of AWS."""
