"""Open figures: what anyone may take away, as files made once a snapshot."""
