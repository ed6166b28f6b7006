"""What a sound book still says that its author can't have meant: the checker beyond loading. Opens no file, no clock.

Everything here reads a loaded book. `checker.py` is the way in; each other module knows one kind of doubt.
"""
