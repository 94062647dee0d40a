"""Which service and which area a row belongs to."""
