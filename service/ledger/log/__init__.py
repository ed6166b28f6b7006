"""The log that proves the records: their leaves, the seals that put them in order, signed heads, and the proof."""
