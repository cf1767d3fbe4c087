"""Resources: what operations create, how requests refer to it, and where answers describe it."""
