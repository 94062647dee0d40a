"""Charts: which providers differ by more than chance, at once and as cases come."""
