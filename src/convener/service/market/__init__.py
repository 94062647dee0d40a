"""The market room: one snapshot of the store, and what its pages say of it."""
