"""The firm's own books of its clients: brought in, and what they say of one client or of all."""
