"""Alembic's scripts. Additive and reversible: an older worker goes on writing while a newer one starts."""
