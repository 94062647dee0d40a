"""Money: over time, between bodies, for outcomes, and in a body's accounts."""
