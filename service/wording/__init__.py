"""Words: what a decision says to the client and to the manager. Decides nothing, computes no amount."""
