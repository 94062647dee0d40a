"""Awards: which bids win which lots, proved best, explained, and ties settled openly."""
