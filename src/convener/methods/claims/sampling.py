"""Drawing claims to verify: at random by a seed that was committed to, and by risk, kept apart."""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite

from convener.base.errors import BadInputError, NotAllowedError

LEAST_SEED = 16  # bytes: nobody tries out 2 to the 128
PURPOSE = b"convener sample 1"  # a seed that is used for something else draws something else

Strata = Mapping[str, str]  # claim to stratum


class SamplingError(BadInputError):
    """Claims, strata or numbers cannot be what was given."""


class SeedError(NotAllowedError):
    """The seed is not the one that was committed to."""


@dataclass(frozen=True)
class RandomSample:
    """Claims drawn at random: what they show may be extrapolated to their strata."""

    frame: str  # digest of the claims and strata that it was drawn from
    sizes: Mapping[str, int]  # claims in each stratum
    drawn: Mapping[str, tuple[str, ...]]  # by stratum, in order of the draw


@dataclass(frozen=True)
class RiskSample:
    """Claims chosen because they look wrong: they speak for themselves and for no others."""

    chosen: tuple[str, ...]  # riskiest first


@dataclass(frozen=True)
class Findings:
    """What checking a random sample showed in one stratum."""

    stratum: str
    size: int  # claims in the stratum
    checked: int
    failed: int

    def __post_init__(self) -> None:
        """Refuse counts that cannot be."""
        if not 0 <= self.failed <= self.checked <= self.size:
            message = f"met {self.failed} failed of {self.checked} checked of {self.size}"
            raise SamplingError(f"{message} in {self.stratum}; wanted each within the next")


def commit(seed: bytes) -> str:
    """Return the commitment to a seed, to publish before the period closes.

    Parameters
    ----------
    seed : at least 16 bytes, from a source of secrets
        Kept until the claims are in, then revealed. A seed that can be guessed hides nothing.

    Returns
    -------
    64 hexadecimal digits
        A hash that fixes the seed without showing it.

    Raises
    ------
    SamplingError
        If the seed is shorter than 16 bytes.

    References
    ----------
    National Institute of Standards and Technology (2015), FIPS 180-4, SHA-256.
    """
    return sha256(PURPOSE + b" commitment" + _seed(seed)).hexdigest()


def check_seed(seed: bytes, commitment: str) -> None:
    """Check that a revealed seed is the one that was committed to.

    Raises
    ------
    SeedError
        If it is another one.
    SamplingError
        If the commitment is not one, or the seed too short.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", commitment):
        raise SamplingError(f"met the commitment {commitment!r}; wanted 64 hexadecimal digits")
    if not hmac.compare_digest(commit(seed), commitment):
        raise SeedError("the seed is not the one that was committed to")


def frame_digest(strata: Strata) -> str:
    """Return the digest of all claims and their strata, whatever order they stand in."""
    digest = sha256(PURPOSE + b" frame")
    for claim, stratum in sorted(strata.items()):
        for text in (claim, stratum):
            written = text.encode()
            digest.update(len(written).to_bytes(8) + written)
    return digest.hexdigest()


def draw(strata: Strata, allocation: Mapping[str, int], *, seed: bytes) -> RandomSample:
    """Draw a stratified random sample without replacement.

    Each claim gets a number that nobody can foresee without the seed, and those with the least
    numbers in each stratum are drawn. So anyone who has the seed and the claims can draw again,
    with nothing but a hash; the order in which claims came does not matter. The number depends on
    the whole frame too: whoever knows the seed beforehand cannot tell which name would escape.

    Parameters
    ----------
    strata : claim to stratum
        Every claim of the period that is closed.
    allocation : stratum to count, 0 to the size of the stratum
        For every stratum that has claims; see :mod:`convener.methods.claims.allocation`.
    seed : the seed that was committed to
        As for :func:`commit`.

    Returns
    -------
    sample
        With the digest of the frame, to publish together with the seed. A stratum that is
        allocated to and has no claims has none drawn.

    Raises
    ------
    SamplingError
        If a stratum has no allocation, or one above its size or below zero, or the seed is too
        short.

    References
    ----------
    Ohlsson (1995), "Coordination of samples using permanent random numbers", in Cox and others
    (eds), Business Survey Methods, chapter 9: sequential simple random sampling. Krawczyk, Bellare
    and Canetti (1997), RFC 2104, HMAC.
    """
    digest = frame_digest(strata)
    key = hmac.digest(_seed(seed), PURPOSE + b" draw" + digest.encode(), "sha256")
    members: dict[str, list[str]] = {stratum: [] for stratum in sorted(allocation)}
    for claim, stratum in strata.items():
        if stratum not in members:
            raise SamplingError(f"stratum {stratum} has claims and no allocation; wanted a count")
        members[stratum].append(claim)
    for stratum, claims in members.items():
        if not 0 <= allocation[stratum] <= len(claims):
            message = f"met an allocation of {allocation[stratum]} to {stratum}"
            raise SamplingError(f"{message}; wanted 0 to its {len(claims)} claims")
    return RandomSample(
        digest,
        {stratum: len(claims) for stratum, claims in members.items()},
        {
            stratum: tuple(sorted(claims, key=lambda claim: (_number(key, claim), claim)))[
                : allocation[stratum]
            ]
            for stratum, claims in members.items()
        },
    )


def choose_by_risk(risk: Mapping[str, float], count: int, *, drawn: RandomSample) -> RiskSample:
    """Choose the riskiest claims of those that chance did not draw.

    Parameters
    ----------
    risk : claim to score, finite
        Higher is riskier. Claims without a score are not chosen.
    count : claims, >= 0
        How many; all with a score, where there are fewer.
    drawn : the random sample, which comes first
        What chance drew stays there, however risky, or the sample would no longer be random.

    Returns
    -------
    sample
        Riskiest first, equal scores by claim. Nothing extrapolates it.

    Raises
    ------
    SamplingError
        If the count is negative or a score is missing or not finite.
    """
    if count < 0:
        raise SamplingError(f"met {count} claims to choose; wanted 0 or more")
    bad = sorted(claim for claim, score in risk.items() if not isfinite(score))
    if bad:
        raise SamplingError(f"the risk of {bad[0]} is not finite; wanted a number, or no entry")
    taken = {claim for claims in drawn.drawn.values() for claim in claims}
    rest = sorted(risk.keys() - taken, key=lambda claim: (-risk[claim], claim))
    return RiskSample(tuple(rest[:count]))


def findings(sample: RandomSample, failed: Collection[str]) -> list[Findings]:
    """Return what checking every claim of a random sample showed, by stratum.

    Parameters
    ----------
    sample : a random sample, all of whose claims were checked
        A sample chosen by risk is refused: its failures say nothing about other claims.
    failed : claims of the sample
        Those that were not what they claimed.

    Returns
    -------
    findings, by stratum
        Empty strata are there, with nothing checked.

    Raises
    ------
    SamplingError
        If the sample was chosen by risk, or a failed claim was not drawn at random.
    """
    if not isinstance(sample, RandomSample):
        raise SamplingError(
            "only a random sample speaks for other claims; this was chosen by risk"
        )
    strays = set(failed) - {claim for claims in sample.drawn.values() for claim in claims}
    if strays:
        raise SamplingError(
            f"claim {min(strays)} was not drawn at random; wanted claims that were"
        )
    return [
        Findings(
            stratum, size, len(sample.drawn[stratum]), len({*failed} & {*sample.drawn[stratum]})
        )
        for stratum, size in sample.sizes.items()
    ]


def _seed(seed: bytes) -> bytes:
    if len(seed) < LEAST_SEED:
        raise SamplingError(f"met a seed of {len(seed)} bytes; wanted {LEAST_SEED} or more")
    return seed


def _number(key: bytes, claim: str) -> bytes:
    return hmac.digest(key, claim.encode(), "sha256")
