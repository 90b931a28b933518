"""The organisation's append-only log: append, read, verify."""
