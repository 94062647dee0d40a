"""Places: who goes where, and in what order places are listed."""
