"""Service stress: who is left without a service when a provider stops, in rounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError

Amounts = NDArray[np.float64]
Marks = NDArray[np.bool_]

STAYED = -1  # the round in which a provider stops that never does
ROUNDING = 1e-9  # pressure above the strain by less than this is not above it


class CapacityError(BadInputError):
    """A market's places cannot be what was given."""


@dataclass(frozen=True)
class Stress:
    """What stops came to: s stops in a market of n providers in a areas.

    ``stopped_in`` is the round in which each provider stops, (s, n): 0 for those that the stop
    itself takes out, :data:`STAYED` for those that stay. ``displaced`` and ``unserved`` are how
    many in each area lost their provider, and how many of them found no other, (s, a) in the
    end. ``path`` is how many are unserved in all after each round, (rounds + 1, s).
    """

    stopped_in: NDArray[np.int64]
    displaced: Amounts
    unserved: Amounts
    path: Amounts

    @property
    def absorbed(self) -> Amounts:
        """Return how many in each area another provider took on, (s, a)."""
        return self.displaced - self.unserved

    @property
    def followers(self) -> NDArray[np.int64]:
        """Return how many providers stopped in later rounds, one number a stop."""
        return (self.stopped_in > 0).sum(axis=1)


def service_stress(
    served: ArrayLike,
    spare: ArrayLike,
    stops: ArrayLike | None = None,
    *,
    strain: float = np.inf,
    rounds: int | None = None,
) -> Stress:
    """Return who loses service when providers stop, and what spare capacity absorbs.

    People stay in their area. Those whose provider stopped go to the spare places of the rest
    there. Whom these cannot hold presses on the rest, in proportion to their size in the area; a
    provider on which they press, over all its areas, with more than ``strain`` of its size stops
    in the next round, and its own people lose their provider too. More spare capacity, or a
    smaller stop, never leaves more people unserved.

    Parameters
    ----------
    served : (n, a) people or places, >= 0
        How many each provider serves in each area.
    spare : (n, a) places, >= 0, or one share of what each serves, >= 0
        How many more each could take on there.
    stops : (s, n) or (n,) whether each provider stops; without: each stops in turn
        One row a case. All are carried in one batch; :func:`stops_of` makes one of each owner.
    strain : share of its size, >= 0
        With how many beyond all spare places a provider bears to be pressed. Without, nobody
        stops in turn.
    rounds : count, >= 0; without: until nobody more stops
        How many rounds of stopping in turn to follow.

    Returns
    -------
    Stress
        Who stopped when, and the people displaced, absorbed and unserved, by area.

    Raises
    ------
    CapacityError
        If the shapes do not fit, a number is negative or not finite, nobody is served, or the
        strain or the rounds are negative.

    References
    ----------
    Motter and Lai (2002), "Cascade-based attacks on complex networks", Physical Review E 66,
    065102: load that moves to what is left, and stops what cannot bear it. N-1 planning of
    electricity networks: each single failure in turn.
    """
    people, places = _market(served, spare)
    if not strain >= 0 or (rounds is not None and rounds < 0):
        raise CapacityError(f"met strain {strain:g} and rounds {rounds}; wanted neither below 0")
    stopped_in = np.where(_stops(stops, people.shape[0]), 0, STAYED)
    number = 0
    path = []
    while True:
        displaced, unserved, pressure = _pressed(people, places, stopped_in != STAYED)
        path.append(unserved.sum(axis=1))
        gives_up = (pressure > strain + ROUNDING) & (stopped_in == STAYED)
        if number == rounds or not gives_up.any():
            return Stress(stopped_in, displaced, unserved, np.array(path))
        number += 1
        stopped_in[gives_up] = number


def unserved_of(stress: Stress, served: ArrayLike) -> Amounts:
    """Return of how many people each stopped provider leaves unserved.

    Parameters
    ----------
    stress : s stops of n providers
        What :func:`service_stress` returned.
    served : (n, a) people or places, >= 0
        As it was given there.

    Returns
    -------
    (s, n) people or places, >= 0
        In each area, all who lost their provider have the same chance of another.

    Raises
    ------
    CapacityError
        If the shape is not that of the stress.
    """
    people = np.asarray(served, dtype=np.float64)
    wanted = (stress.stopped_in.shape[1], stress.displaced.shape[1])
    if people.shape != wanted:
        raise CapacityError(f"met served of shape {people.shape}; wanted {wanted}")
    lost = _ratio(stress.unserved, stress.displaced) @ people.T
    return np.where(stress.stopped_in != STAYED, lost, 0.0)


def stops_of(owners: ArrayLike) -> Marks:
    """Return one stop of each owner: all of its providers at once.

    Parameters
    ----------
    owners : (n,) labels
        The owner of each provider.

    Returns
    -------
    (owners, n) marks
        One row an owner, in the order of the labels.

    Raises
    ------
    CapacityError
        If there is not one label a provider.
    """
    labels = np.asarray(owners)
    if labels.ndim != 1:
        raise CapacityError(f"met owners of shape {labels.shape}; wanted one a provider")
    found: Marks = np.unique(labels)[:, np.newaxis] == labels
    return found


def _pressed(people: Amounts, places: Amounts, stopped: Marks) -> tuple[Amounts, Amounts, Amounts]:
    """Return who is displaced and unserved by area, and the pressure on each provider."""
    gone = stopped.astype(np.float64)
    displaced = gone @ people
    going_spare = (1.0 - gone) @ places
    unserved = np.maximum(displaced - going_spare, 0.0)
    staying = (1.0 - gone) @ people
    pressing = _ratio(unserved, staying) @ people.T
    return displaced, unserved, _ratio(pressing, people.sum(axis=1))


def _ratio(part: Amounts, whole: Amounts) -> Amounts:
    shape = np.broadcast_shapes(part.shape, whole.shape)
    return np.divide(part, whole, out=np.zeros(shape), where=whole > 0)


def _market(served: ArrayLike, spare: ArrayLike) -> tuple[Amounts, Amounts]:
    people = np.asarray(served, dtype=np.float64)
    if people.ndim != 2:  # noqa: PLR2004 -- rows and columns
        message = f"met served of shape {people.shape}; wanted a row a provider, a column an area"
        raise CapacityError(message)
    if not (np.isfinite(people).all() and (people >= 0).all()):
        raise CapacityError("how many are served is finite and not negative")
    if not people.any():
        raise CapacityError("nobody is served in this market")
    given = np.asarray(spare, dtype=np.float64)
    places = people * given if given.ndim == 0 else given
    if places.shape != people.shape:
        message = f"met spare of shape {places.shape}; wanted one share, or {people.shape}"
        raise CapacityError(message)
    if not (np.isfinite(places).all() and (places >= 0).all()):
        raise CapacityError("spare capacity is finite and not negative")
    return people, places


def _stops(stops: ArrayLike | None, count: int) -> Marks:
    if stops is None:
        return np.eye(count, dtype=np.bool_)
    marks = np.atleast_2d(np.asarray(stops))
    if marks.dtype != np.bool_ or marks.ndim != 2 or marks.shape[1] != count:  # noqa: PLR2004
        message = f"met stops of {marks.dtype} in shape {marks.shape}; wanted {count} yes or no"
        raise CapacityError(message)
    return marks
