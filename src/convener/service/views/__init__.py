"""Reads a request, makes one call, and answers."""
