"""What programs may do: each command over the action that its page calls."""

from convener.service.api.commands import keeping, market, ownership, registering

__all__ = ["keeping", "market", "ownership", "registering"]
