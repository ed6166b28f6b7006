"""How a policy changes hands: what a new version of a book changes, before anyone relies on it.

Reads books and decides by them; opens no files and no database, prints nothing.
"""
