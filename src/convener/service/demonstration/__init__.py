"""A demonstration: invented people, and what they did in the invented market."""
