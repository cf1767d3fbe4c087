"""What ends a run before its last operation: signals, limits of time, requests and failures."""
