"""Sealing what must not be read from the database, a log or a backup.

Each person and organisation has a key of its own, by name. It lies in a folder beside neither the
database nor its backup, wrapped under a master key; what it sealed can be read by nobody once it
was dropped, in whatever backup it lies. Master keys are rotated by wrapping anew.

An envelope is one byte of version, twelve of nonce, and AES-256-GCM's text and tag. What it is
about (a table, a row, a field) is bound to it, so that no envelope can be put in another's place.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from convener.base.errors import BadInputError, ConvenerError

VERSION = b"\x01"
NONCE_LENGTH = 12
KEY_LENGTH = 32
MARK_LENGTH = 16
TRIES = 3  # to read a key while the master keys are rotated
MASTERS = "masters.json"
KEYS = "keys.sqlite3"
TABLE = """
create table if not exists keys (
    name text primary key, master text not null, wrapped blob not null
) strict
"""
FIND = "select master, wrapped from keys where name = ?"
STANDS = "wrapped <> x''"


class KeyLostError(ConvenerError):
    """What is sealed cannot be opened: its key was dropped, or the master key is not here."""


class ErasedError(KeyLostError):
    """The key was dropped on purpose, and no other one takes its place."""


class TamperedError(ConvenerError):
    """An envelope is not the one that was sealed, or not for this place."""


class InsecureKeysError(BadInputError):
    """The folder of keys can be read by others, or lies where a backup would take it."""


@dataclass(frozen=True)
class Key:
    """The opened key of one person, organisation or thing."""

    name: str
    secret: bytes = field(repr=False)

    def seal(self, text: bytes, *, about: str) -> bytes:
        """Return the envelope of a text, bound to what it is about."""
        nonce = os.urandom(NONCE_LENGTH)
        return VERSION + nonce + AESGCM(self.secret).encrypt(nonce, text, about.encode())

    def unseal(self, envelope: bytes, *, about: str) -> bytes:
        """Return what an envelope holds.

        Raises
        ------
        TamperedError
            If the envelope was changed, or is about something else.
        """
        envelope = bytes(envelope)
        if envelope[:1] != VERSION:
            raise TamperedError(f"an envelope of {self.name} has version {envelope[:1]!r}")
        nonce, sealed = envelope[1 : 1 + NONCE_LENGTH], envelope[1 + NONCE_LENGTH :]
        try:
            return AESGCM(self.secret).decrypt(nonce, sealed, about.encode())
        except InvalidTag as error:
            raise TamperedError(f"an envelope of {self.name} about {about} was changed") from error

    @cached_property
    def mark(self) -> str:
        """Return what tells this key from another of the same name, and tells nothing of it."""
        return self.digest(b"mark")[:MARK_LENGTH]

    def digest(self, text: bytes) -> str:
        """Return a digest of a text that nobody can compute, or guess from, without the key."""
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()


type Reading = Callable[[str], Key | None]


@dataclass(frozen=True)
class KeyRing:
    """The keys of one installation.

    Parameters
    ----------
    folder : where the keys lie
        Made on first use, readable by its owner alone.

    Raises
    ------
    InsecureKeysError
        If others may read the folder.
    """

    folder: Path

    def key(self, name: str) -> Key:
        """Return the key of a name, made where there never was one.

        Raises
        ------
        ErasedError
            If it was dropped.
        """
        return Key(name, self._find(name) or self._made(name))

    def found(self, name: str) -> Key:
        """Return the key of a name.

        Raises
        ------
        KeyLostError
            If it was dropped, or never made.
        """
        secret = self._find(name)
        if secret is None:
            raise KeyLostError(f"the key of {name} is not here: what it sealed cannot be read")
        return Key(name, secret)

    def has(self, name: str) -> bool:
        """Say whether a name has a key."""
        with self._opened() as keys:
            return keys.execute(f"{FIND} and {STANDS}", [name]).fetchone() is not None

    def drop(self, name: str) -> bool:
        """Drop the key of a name, for good; say whether there was one.

        That it was dropped is kept, so that no other key is ever made in its place.
        """
        with self._opened() as keys:
            stood = keys.execute(f"{FIND} and {STANDS}", [name]).fetchone() is not None
            keys.execute("insert or replace into keys values (?, '', x'')", [name])
        return stood

    def count(self) -> int:
        """Return how many keys there are, having opened one of them.

        Raises
        ------
        KeyLostError
            If the master keys are not those of the keys.
        """
        with self._opened() as keys:
            [number] = keys.execute(f"select count(*) from keys where {STANDS}").fetchone()
            one = keys.execute(f"select name from keys where {STANDS} limit 1").fetchone()
        self._masters()
        if one is not None:
            self.found(one[0])
        return int(number)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Give a look-up of many keys, none where there is none, over one opened folder.

        Raises
        ------
        ErasedError
            Where a key that is looked up was dropped.
        """
        masters = self._masters()
        with self._opened() as keys:

            @lru_cache(maxsize=100_000)
            def find(name: str) -> Key | None:
                row = keys.execute(FIND, [name]).fetchone()
                if row is None:
                    return None
                _check_stands(name, row[1])
                return Key(name, _unwrapped(masters, name, *row))

            yield find

    def rotate(self) -> str:
        """Make a new master key, wrap every key under it, and drop the old one.

        Returns the identifier of the new one. Stopped half way, every key still opens: the old
        master goes last. Who makes a key meanwhile waits, and wraps it under the new one.
        """
        with self._opened() as keys:
            keys.execute("begin immediate")
            masters = self._masters()
            fresh = _next_identifier(masters)
            masters[fresh] = os.urandom(KEY_LENGTH)
            self._write_masters(masters)
            rows = keys.execute(f"select name, master, wrapped from keys where {STANDS}")
            for name, master, wrapped in rows.fetchall():
                key = _unwrapped(masters, name, master, wrapped)
                keys.execute(
                    "update keys set master = ?, wrapped = ? where name = ?",
                    [fresh, aes_key_wrap(masters[fresh], key), name],
                )
        self._write_masters({fresh: masters[fresh]})
        return fresh

    def _find(self, name: str) -> bytes | None:
        """Return the secret of a name; read again where a rotation came between its two parts."""
        for _ in range(TRIES):
            with self._opened() as keys:
                row = keys.execute(FIND, [name]).fetchone()
            if row is None:
                return None
            _check_stands(name, row[1])
            masters = self._masters()
            if row[0] in masters:
                break
        return _unwrapped(masters, name, *row)

    def _made(self, name: str) -> bytes:
        """Make the key of a name; of two that make it at once, the first one's stands."""
        self._masters()
        with self._opened() as keys:
            keys.execute("begin immediate")
            masters = self._masters()
            current = max(masters, key=_order)
            keys.execute(
                "insert or ignore into keys values (?, ?, ?)",
                [name, current, aes_key_wrap(masters[current], os.urandom(KEY_LENGTH))],
            )
        return self.found(name).secret

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._make_folder()
        with closing(sqlite3.connect(self.folder / KEYS, timeout=20)) as keys:
            # A dropped key leaves no trace in the file.
            keys.execute("pragma secure_delete = on")
            keys.execute("pragma synchronous = full")
            keys.execute(TABLE)
            with keys:
                yield keys

    def _make_folder(self) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.stat().st_mode & 0o077:
            raise InsecureKeysError(
                f"others may read the keys: {self.folder} has the mode"
                f" {self.folder.stat().st_mode & 0o777:o}; 700 is wanted"
            )

    def _masters(self) -> dict[str, bytes]:
        """Return the master keys; the first one is made where there is none and no key yet."""
        self._make_folder()
        try:
            text = (self.folder / MASTERS).read_text(encoding="ascii")
        except FileNotFoundError:
            return self._first_master()
        return {name: bytes.fromhex(key) for name, key in json.loads(text).items()}

    def _first_master(self) -> dict[str, bytes]:
        with self._opened() as keys:
            if keys.execute(f"select 1 from keys where {STANDS}").fetchone():
                raise KeyLostError(f"there are keys and no {MASTERS} in {self.folder}")
        masters = {"m1": os.urandom(KEY_LENGTH)}
        partial = self._written(masters)
        try:
            os.link(partial, self.folder / MASTERS)
            self._keep_names()
        except FileExistsError:
            return self._masters()
        finally:
            partial.unlink()
        return masters

    def _write_masters(self, masters: dict[str, bytes]) -> None:
        self._written(masters).replace(self.folder / MASTERS)
        self._keep_names()

    def _keep_names(self) -> None:
        """Wait until the disk holds the folder's names: no key is wrapped under a lost master."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _written(self, masters: dict[str, bytes]) -> Path:
        partial = self.folder / f"{MASTERS}.{os.getpid()}.{os.urandom(4).hex()}"
        text = json.dumps({name: key.hex() for name, key in masters.items()})
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return partial


def _check_stands(name: str, wrapped: bytes) -> None:
    if not wrapped:
        raise ErasedError(f"the key of {name} was dropped: what it sealed is erased")


def _order(identifier: str) -> int:
    return int(identifier.removeprefix("m"))


def _next_identifier(masters: dict[str, bytes]) -> str:
    return f"m{max(map(_order, masters)) + 1}"


def _unwrapped(masters: dict[str, bytes], name: str, master: str, wrapped: bytes) -> bytes:
    if master not in masters:
        raise KeyLostError(f"the key of {name} is wrapped under {master}, which is not here")
    try:
        return aes_key_unwrap(masters[master], wrapped)
    except InvalidUnwrap as error:
        raise TamperedError(f"the wrapped key of {name} was changed") from error
