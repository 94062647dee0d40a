"""People to places by wish and capacity: deferred acceptance, and what would upset a match."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError

NOWHERE = -1

Whole = NDArray[np.int64]


class MatchingError(BadInputError):
    """The wishes, places or priorities of a match cannot be what was given."""


@dataclass(frozen=True)
class Matching:
    """Who goes where, and which of their wishes that is: -1 for nowhere."""

    place_of: Whole
    wish_of: Whole
    proposal_count: int

    @property
    def unplaced(self) -> Whole:
        """Return the people who have no place."""
        return np.flatnonzero(self.place_of == NOWHERE).astype(np.int64)


def draw_lots(people: int, rng: np.random.Generator) -> Whole:
    """Return the lot of each person, which decides between people whom a place holds equal.

    Parameters
    ----------
    people : count, >= 0
        How many take part.
    rng : generator
        From a seed that is published before the wishes are known.

    Returns
    -------
    (people,) lot, 0 to people - 1, each once
        0 goes first. One lot holds at every place, which leaves more people with their first
        wish than a lot for each place does. Record it: with it the match can be done again.

    Raises
    ------
    MatchingError
        If there are fewer than no people.

    References
    ----------
    Abdulkadiroglu, Pathak and Roth (2009), "Strategy-proofness versus efficiency in matching with
    indifferences", American Economic Review 99(5), section IV.
    """
    if people < 0:
        raise MatchingError(f"met {people} people; wanted none or more")
    return rng.permutation(people).astype(np.int64)


def strict_choices(ranks: ArrayLike, rng: np.random.Generator) -> Whole:
    """Return each person's places in order, with a draw between those they like equally.

    Parameters
    ----------
    ranks : (people, places) whole number, >= 0
        1 for the places a person wants most, 2 for the next, 0 for those they do not want.
        Equal numbers say that the person does not mind which; numbers may be left out.
    rng : generator
        From a recorded seed.

    Returns
    -------
    (people, longest list) place, or -1 after a person's last
        As :func:`deferred_acceptance` takes them. Record them: they hold the draw.

    Raises
    ------
    MatchingError
        If the ranks are not a table of whole numbers, or one is negative.
    """
    given = _table(ranks, "ranks")
    if (given < 0).any():
        raise MatchingError(f"met the rank {given.min()}; wanted 1, 2, … or 0 for not wanted")
    wanted = given > 0
    last = np.where(wanted, given, np.iinfo(np.int64).max)
    order = np.lexsort((rng.random(given.shape), last), axis=1).astype(np.int64)
    choices = np.where(np.take_along_axis(wanted, order, axis=1), order, NOWHERE)
    longest = int(wanted.sum(axis=1).max(initial=0))
    return choices[:, :longest]


def deferred_acceptance(
    choices: ArrayLike, capacities: ArrayLike, *, lots: ArrayLike, priorities: ArrayLike = 0
) -> Matching:
    """Return the stable match that is best for every person at once.

    People propose to their places in order. A place holds the best that it has been offered so
    far, up to its capacity, and sends the others on; nothing is settled until nobody moves. Nobody
    gains by hiding what they want.

    Parameters
    ----------
    choices : (people, longest list) place, or -1 after a person's last
        The places that each person wants, most wanted first. A place that is not listed is never
        given, so a list may be short, or empty.
    capacities : (places,) count, >= 0
        How many people each place can take.
    lots : (people,) lot, 0 to people - 1, each once
        The recorded draw of :func:`draw_lots`: of two people with the same priority at a place,
        the lower lot goes first.
    priorities : like ``choices``, or one for all: class, whole number
        The class of the person at the place in the same cell: 0 goes before 1. Below 0, the place
        does not take that person at all.

    Returns
    -------
    Matching
        The place of each person and which wish it is, 0 for the first; -1 where every place that
        they listed is full of people who go before them.

    Raises
    ------
    MatchingError
        If a table is not of whole numbers or not of the same shape, a place is unknown or listed
        twice, a list goes on after its end, a capacity is negative, or the lots are no draw.

    References
    ----------
    Gale and Shapley (1962), "College admissions and the stability of marriage", American
    Mathematical Monthly 69(1), theorems 1 and 2. Dubins and Freedman (1981), American Mathematical
    Monthly 88(7): truth is a person's best answer.

    Examples
    --------
    >>> deferred_acceptance([[0, 1], [0, -1], [0, 1]], [1, 1], lots=[2, 0, 1]).place_of.tolist()
    [-1, 0, 1]
    """
    wishes, rooms, keys, by_lot = _read(choices, capacities, lots, priorities)
    wish_of, proposals = _defer(wishes, rooms, keys, by_lot)
    return Matching(_places(wishes, wish_of), wish_of, int(proposals))


def blocking_pairs(
    choices: ArrayLike,
    capacities: ArrayLike,
    place_of: ArrayLike,
    *,
    lots: ArrayLike,
    priorities: ArrayLike = 0,
) -> Whole:
    """Return every person and place that would both rather have each other than what they got.

    Parameters
    ----------
    choices, capacities, lots, priorities : as for :func:`deferred_acceptance`
        Who wants what, and who goes first.
    place_of : (people,) place, or -1 for nowhere
        The match to look into, from wherever it came.

    Returns
    -------
    (n, 2) person and place
        Empty where the match is stable: whoever would rather be elsewhere can be told that
        everyone there goes before them.

    Raises
    ------
    MatchingError
        As for :func:`deferred_acceptance`, or if the match puts a person where they did not ask to
        be or are not taken, or more people in a place than it can take.

    References
    ----------
    Gale and Shapley (1962), American Mathematical Monthly 69(1), page 10.
    """
    wishes, rooms, keys, _ = _read(choices, capacities, lots, priorities)
    placed, wish_of = _wishes_met(wishes, keys, place_of)
    is_placed = wish_of != NOWHERE
    people = np.flatnonzero(is_placed)
    filled = np.bincount(placed[people], minlength=rooms.size)
    if (filled > rooms).any():
        over = int(np.argmax(filled > rooms))
        message = f"place {over} was given {filled[over]} people; it can take {rooms[over]}"
        raise MatchingError(message)
    last = np.full(rooms.size, -1, dtype=np.int64)
    np.maximum.at(last, placed[people], keys[people, wish_of[people]])
    last[filled < rooms] = np.iinfo(np.int64).max
    better = np.arange(wishes.shape[1]) < np.where(is_placed, wish_of, wishes.shape[1])[:, None]
    open_to = better & (wishes != NOWHERE) & (keys >= 0)
    open_to[open_to] = keys[open_to] < last[wishes[open_to]]
    return np.column_stack([np.nonzero(open_to)[0], wishes[open_to]]).astype(np.int64)


def _table(values: ArrayLike, name: str, dimensions: int = 2) -> Whole:
    given = np.asarray(values)
    is_whole = given.size == 0 or np.issubdtype(given.dtype, np.integer)
    if given.ndim != dimensions or not is_whole:
        wanted = "a table" if dimensions == 2 else "a list"  # noqa: PLR2004 -- rows and columns
        message = (
            f"{name} are {wanted} of whole numbers, not {given.ndim}-dimensional {given.dtype}"
        )
        raise MatchingError(message)
    return given.astype(np.int64)


def _read(
    choices: ArrayLike, capacities: ArrayLike, lots: ArrayLike, priorities: ArrayLike
) -> tuple[Whole, Whole, Whole, Whole]:
    """Return wishes, capacities, the order of each person at each wish, and people by lot."""
    wishes = _table(choices, "choices")
    rooms = _table(capacities, "capacities", 1)
    if (rooms < 0).any():
        raise MatchingError(f"met a capacity of {rooms.min()}; wanted none or more")
    _check_lists(wishes, rooms.size)
    drawn = _table(lots, "lots", 1)
    if not np.array_equal(np.sort(drawn), np.arange(len(wishes))):
        raise MatchingError(f"lots are 0 to {len(wishes) - 1}, each once, one for each person")
    return wishes, rooms, _keys(wishes, drawn, priorities), np.argsort(drawn)


def _check_lists(wishes: Whole, places: int) -> None:
    if wishes.size == 0:
        return
    low, high = int(wishes.min()), int(wishes.max())
    if low < NOWHERE or high >= places:
        met = low if low < NOWHERE else high
        message = f"met place {met}; wanted 0 to {places - 1}, or -1 after a person's last"
        raise MatchingError(message)
    resumed = (wishes[:, :-1] == NOWHERE) & (wishes[:, 1:] != NOWHERE)
    if resumed.any():
        person = int(np.argmax(resumed.any(axis=1)))
        raise MatchingError(f"the list of person {person} goes on after its end")
    ordered = np.sort(wishes, axis=1)
    twice = (ordered[:, :-1] == ordered[:, 1:]) & (ordered[:, 1:] != NOWHERE)
    if twice.any():
        person = int(np.argmax(twice.any(axis=1)))
        raise MatchingError(f"person {person} lists a place twice")


def _keys(wishes: Whole, lots: Whole, priorities: ArrayLike) -> Whole:
    """Return who goes first as one number: by class, then by lot; -1 where not taken."""
    shape = np.shape(priorities)
    classes = _table(priorities, "priorities", len(shape) and 2)
    if shape and classes.shape != wishes.shape:
        message = f"priorities are {classes.shape}; wanted {wishes.shape}, one for each wish"
        raise MatchingError(message)
    if classes.size and int(classes.max()) > np.iinfo(np.int64).max // max(1, 2 * len(lots)):
        raise MatchingError(f"met the class {classes.max()}; wanted classes that can be counted")
    return np.broadcast_to(
        np.where(classes < 0, -1, classes * len(lots) + lots[:, None]), wishes.shape
    ).astype(np.int64)


def _places(wishes: Whole, wish_of: Whole) -> Whole:
    people = np.flatnonzero(wish_of != NOWHERE)
    place_of = np.full(len(wishes), NOWHERE, dtype=np.int64)
    place_of[people] = wishes[people, wish_of[people]]
    return place_of


def _wishes_met(wishes: Whole, keys: Whole, place_of: ArrayLike) -> tuple[Whole, Whole]:
    """Return a match and which wish it meets, or refuse a match that nobody asked for."""
    given = _table(place_of, "places given", 1)
    if given.shape != (len(wishes),):
        raise MatchingError(f"met {given.size} places given; wanted one for each person")
    met = (wishes == given[:, None]) & (wishes != NOWHERE) & (keys >= 0)
    wish_of = np.where(met.any(axis=1), met.argmax(axis=1) if wishes.size else 0, NOWHERE)
    wrong = np.flatnonzero((given != NOWHERE) & (wish_of == NOWHERE))
    if wrong.size:
        message = (
            f"person {wrong[0]} was given place {given[wrong[0]]}, which they did not list"
            " or which does not take them"
        )
        raise MatchingError(message)
    return given, wish_of.astype(np.int64)


@njit(cache=True)
def _hold(heap: Whole, first: int, held: int, room: int, key: int) -> int:
    """Let a place hold one more, the last in line on top; return whom it sends on, or -1."""
    if held < room:
        slot = held
        while slot > 0 and heap[first + (slot - 1) // 2] < key:
            heap[first + slot] = heap[first + (slot - 1) // 2]
            slot = (slot - 1) // 2
        heap[first + slot] = key
        return -1
    if room == 0 or key > heap[first]:
        return key
    sent = heap[first]
    slot = 0
    while 2 * slot + 1 < room:
        child = 2 * slot + 1
        if child + 1 < room and heap[first + child + 1] > heap[first + child]:
            child += 1
        if heap[first + child] < key:
            break
        heap[first + slot] = heap[first + child]
        slot = child
    heap[first + slot] = key
    return int(sent)


@njit(cache=True)
def _defer(wishes: Whole, rooms: Whole, keys: Whole, by_lot: Whole) -> tuple[Whole, int]:
    people, longest = wishes.shape
    wanted = np.zeros(rooms.size, dtype=np.int64)
    for person in range(people):
        for wish in range(longest):
            if wishes[person, wish] != -1:
                wanted[wishes[person, wish]] += 1
    room = np.minimum(rooms, wanted)
    first = np.cumsum(room) - room
    heap = np.empty(room.sum(), dtype=np.int64)
    held = np.zeros(rooms.size, dtype=np.int64)
    made = np.zeros(people, dtype=np.int64)
    proposals = 0
    for newcomer in range(people):
        person = newcomer
        while made[person] < longest and wishes[person, made[person]] != -1:
            place = wishes[person, made[person]]
            key = keys[person, made[person]]
            made[person] += 1
            proposals += 1
            if key < 0:
                continue
            sent = _hold(heap, first[place], held[place], room[place], key)
            if sent == -1:
                held[place] += 1
                break
            person = by_lot[sent % people]
    wish_of = np.full(people, -1, dtype=np.int64)
    for place in range(rooms.size):
        for slot in range(held[place]):
            person = by_lot[heap[first[place] + slot] % people]
            wish_of[person] = made[person] - 1
    return wish_of, proposals
