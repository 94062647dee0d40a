"""The rows behind the figures: who provides, who buys, which contracts, which places."""
