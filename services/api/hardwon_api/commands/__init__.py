"""What changes something: one file for each sort of thing, mirrored in queries/."""
