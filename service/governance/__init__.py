"""How a policy changes hands: what a new version of a book changes, whose word that needs, and how it comes into force.

Reads books and decides by them, and keeps versions in the ledger; opens no folders, prints nothing.
"""
