"""Valid requests, changed: with a value at a place, with values that a caller chooses, with one constraint broken."""
