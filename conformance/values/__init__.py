"""Plain values: paths into them, conditions on them, and text made safe for display. Nothing here is about AWS."""
