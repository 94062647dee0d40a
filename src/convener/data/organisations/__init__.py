"""Who is who: names, identity, kinds, owners, and what a user decided about them."""
