"""Read models, folded from the log: one file each, its SQL beside it."""
