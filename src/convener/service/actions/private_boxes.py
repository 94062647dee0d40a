"""What an organisation keeps for itself: always as long, so that its size tells nothing."""

from __future__ import annotations

from convener.base.errors import BadInputError
from convener.service.actions.journal import key_ring
from convener.service.models import Organisation, PrivateBox

LENGTH = 16_384  # bytes


def make_box(organisation: Organisation) -> PrivateBox:
    """Make the box that every organisation has from its first day."""
    return PrivateBox.objects.create(
        organisation=organisation, envelope=_sealed(organisation, b"")
    )


def read_box(organisation: Organisation) -> bytes:
    """Return what an organisation has put into its box."""
    envelope = PrivateBox.objects.get(organisation=organisation).envelope
    key = key_ring().found(organisation.key_name)
    padded = key.unseal(bytes(envelope), about=_about(organisation))
    length = int.from_bytes(padded[:4])
    return padded[4 : 4 + length]


def write_box(organisation: Organisation, text: bytes) -> None:
    """Put something into an organisation's box in place of what was there. Nothing tells of it.

    Raises
    ------
    BadInputError
        If it is too long for the box.
    """
    PrivateBox.objects.filter(organisation=organisation).update(
        envelope=_sealed(organisation, text)
    )


def _sealed(organisation: Organisation, text: bytes) -> bytes:
    if len(text) > LENGTH - 4:
        raise BadInputError(f"the private box holds {LENGTH - 4:,} bytes; this has {len(text):,}")
    padded = (len(text).to_bytes(4) + text).ljust(LENGTH, b"\0")
    return key_ring().key(organisation.key_name).seal(padded, about=_about(organisation))


def _about(organisation: Organisation) -> str:
    return f"private box {organisation.pk}"
