"""Resources: what operations make, how requests refer to it, and where answers describe it."""
