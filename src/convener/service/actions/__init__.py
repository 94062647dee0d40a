"""What is done: one action a change, one module a room."""
