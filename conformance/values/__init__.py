"""Plain values: paths into them, conditions on them, the words that records use, and text made safe for display."""
