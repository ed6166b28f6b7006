"""What helps a person write a book: laying out its files, explaining its parts, beginning a new one.

It reads books and decides their cases; no service depends on it.
"""
