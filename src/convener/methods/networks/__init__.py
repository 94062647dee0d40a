"""Networks: what one stop does to others, in money and in service."""
