"""Changes between two versions of a spec: comparison, impact on clients and servers, changelogs."""
