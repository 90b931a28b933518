"""What only reads: one file for each sort of thing, mirrored in commands/."""
