"""HTTP: bytes in, bytes out. Each endpoint loads, calls and dumps; nothing here knows a rule or a table."""
