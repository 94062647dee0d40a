"""Claims: which to verify, and what the answer proves of the rest."""
