"""The field itself: money, quotes, envelopes, terms, decisions. Standard library only, no clock, no ids, no I/O."""
