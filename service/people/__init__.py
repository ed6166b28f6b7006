"""Who may come in, and by what: passwords, tokens, sessions, lock-out, users and their roles.

Knows neither HTTP nor SQL; the clock and whatever is drawn by chance are given to it from outside. What is expected
to be refused is a value.
"""
