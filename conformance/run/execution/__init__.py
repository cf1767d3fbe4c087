"""Cases carried out at a target: resources created, the request proven and sent, everything removed again."""
