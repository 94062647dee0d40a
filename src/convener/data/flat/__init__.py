"""Flat data: notices, payments, provision, registers and ownership, as tables publish them."""
