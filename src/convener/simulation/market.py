"""An invented world of public service markets, one for each reading. Same seed, same world."""

from __future__ import annotations

import numpy as np

from convener.base.errors import BadInputError
from convener.simulation.blueprint import AREAS, SERVICES
from convener.simulation.bodies import make_bodies
from convener.simulation.buying import Buying
from convener.simulation.names import Namer
from convener.simulation.serving import Provision, payments, spells
from convener.simulation.world import World


def make_world(rng: np.random.Generator | int, *, size: float = 1.0) -> World:
    """Return a world drawn from a generator or a seed.

    Parameters
    ----------
    rng : generator, or seed >= 0
        Where chance comes from.
    size : ratio, > 0
        How many providers and tenders there are beside the demonstration's sixty and two hundred.

    Raises
    ------
    BadInputError
        If the seed is negative or the size is not a positive number.
    """
    if isinstance(rng, int) and rng < 0:
        raise BadInputError(f"a seed is a whole number from 0; {rng} was given")
    if not 0 < size < float("inf"):
        raise BadInputError(f"the size of a world is a positive number; {size} was given")
    chance = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    bodies = make_bodies(chance, size=size)
    procurements = tuple(
        process
        for service in SERVICES
        for process in Buying(service, bodies, chance, size).procurements()
    )
    served = spells(procurements, chance)
    places = tuple(Provision(bodies, Namer(chance), chance).places(served))
    return World(
        areas=AREAS,
        organisations=bodies.organisations,
        holdings=bodies.holdings,
        procurements=procurements,
        places=places,
        payments=tuple(payments(served, chance)),
    )
