import json
import multiprocessing

import pytest

from convener.service.keys import (
    MASTERS,
    ErasedError,
    InsecureKeysError,
    KeyLostError,
    KeyRing,
    TamperedError,
)


@pytest.fixture
def ring(tmp_path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


def test_what_is_sealed_opens_again_for_the_same_place_alone(ring):
    envelope = ring.key("person:1").seal(b"secret", about="note 1")

    assert b"secret" not in envelope
    assert ring.found("person:1").unseal(envelope, about="note 1") == b"secret"
    with pytest.raises(TamperedError, match="about note 2"):
        ring.found("person:1").unseal(envelope, about="note 2")
    with pytest.raises(TamperedError):
        ring.key("person:2").unseal(envelope, about="note 1")


@pytest.mark.parametrize("place", [0, 1, 13, 20, -1])
def test_an_envelope_with_one_changed_byte_does_not_open(ring, place):
    envelope = bytearray(ring.key("person:1").seal(b"secret", about="note 1"))
    envelope[place] ^= 1

    with pytest.raises(TamperedError):
        ring.found("person:1").unseal(bytes(envelope), about="note 1")


def test_a_key_is_made_once_and_each_name_has_its_own(ring):
    assert ring.key("person:1") == ring.key("person:1")
    assert ring.key("person:1").secret != ring.key("person:2").secret
    assert ring.key("person:1").mark != ring.key("person:2").mark
    assert "secret" not in repr(ring.key("person:1"))


def test_a_dropped_key_is_gone_and_no_other_takes_its_place(ring):
    secret = ring.key("person:1").secret

    assert ring.drop("person:1")
    assert not ring.drop("person:1")
    assert not ring.has("person:1")
    for ask in (ring.found, ring.key):
        with pytest.raises(ErasedError, match="erased"):
            ask("person:1")
    assert all(secret not in path.read_bytes() for path in ring.folder.iterdir())


def test_a_key_that_was_never_made_is_lost_and_not_erased(ring):
    with pytest.raises(KeyLostError) as refused:
        ring.found("person:1")

    assert not isinstance(refused.value, ErasedError)


def test_rotation_changes_the_master_and_no_key(ring):
    before = {name: ring.key(name).secret for name in ("person:1", "person:2")}
    ring.drop("person:2")
    old = json.loads((ring.folder / MASTERS).read_text())

    assert ring.rotate() == "m2"

    new = json.loads((ring.folder / MASTERS).read_text())
    assert ring.found("person:1").secret == before["person:1"]
    assert set(new) == {"m2"}
    assert set(new.values()).isdisjoint(old.values())
    with pytest.raises(ErasedError):
        ring.found("person:2")


def test_a_rotation_that_stopped_half_way_loses_nothing(ring, monkeypatch):
    secret = ring.key("person:1").secret

    def stop(masters):
        if len(masters) == 1:
            raise KeyboardInterrupt
        write(masters)

    write = ring._write_masters
    monkeypatch.setattr(KeyRing, "_write_masters", lambda self, masters: stop(masters))
    with pytest.raises(KeyboardInterrupt):
        ring.rotate()
    monkeypatch.undo()

    assert ring.found("person:1").secret == secret
    assert ring.rotate() == "m3"
    assert ring.found("person:1").secret == secret


def test_keys_without_their_master_are_said_to_be_lost(ring):
    ring.key("person:1")
    (ring.folder / MASTERS).unlink()

    with pytest.raises(KeyLostError, match=MASTERS):
        ring.key("person:1")
    with pytest.raises(KeyLostError):
        ring.count()


def test_keys_under_another_master_are_said_to_be_lost(ring, tmp_path):
    ring.key("person:1")
    other = KeyRing(tmp_path / "other")
    other.key("person:1")
    other.rotate()
    (ring.folder / MASTERS).write_bytes((other.folder / MASTERS).read_bytes())

    with pytest.raises(KeyLostError, match="wrapped under m1"):
        ring.found("person:1")


@pytest.mark.parametrize("mode", [0o750, 0o707, 0o777])
def test_a_folder_that_others_may_read_is_refused(ring, mode):
    ring.key("person:1")
    ring.folder.chmod(mode)

    with pytest.raises(InsecureKeysError, match="700 is wanted"):
        ring.key("person:1")


def _make(folder, names, found):
    found.put({name: KeyRing(folder).key(name).secret for name in names})


def _turn(folder, times):
    for _ in range(times):
        KeyRing(folder).rotate()


def test_processes_that_make_the_same_keys_while_masters_turn_agree(ring):
    kind = multiprocessing.get_context("spawn")
    found, names = kind.Queue(), [f"person:{number}" for number in range(25)]
    makers = [kind.Process(target=_make, args=(ring.folder, names, found)) for _ in range(2)]
    turner = kind.Process(target=_turn, args=(ring.folder, 10))

    for process in (*makers, turner):
        process.start()
    answers = [found.get(timeout=120) for _ in makers]
    for process in (*makers, turner):
        process.join(timeout=120)

    assert answers[0] == answers[1] == {name: ring.found(name).secret for name in names}
    assert turner.exitcode == 0
    assert ring.count() == 25
