"""Open contracting data read at speed into the tables of the store, every fault counted."""
