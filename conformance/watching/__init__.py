"""The calls that code makes with botocore's clients, seen whoever answers them.

    botocore clients --call_watcher--> WatchedCall --> every CallListener

What is made of the calls is up to those who listen: the guard judges them, a contract takes note of what they use.
"""
