"""Own words of persons within stored events: sealed under the person's key, so that destroying one key erases them wherever the log went.

In the place of a text stands ``{"sealed": <base64 of nonce and ciphertext>, "of": <person>}``. AES-GCM binds it to the organisation, the
event and the place in it, so that it opens nowhere else. The chain of hashes is over what is stored: it never hears of an erasure.
"""

import base64
import hmac
import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hardwon.domain.errors import Unavailable

ERASED = "[erased]"
"""What a text reads as whose key is gone."""
_NONCE = 12
"""Bytes, drawn by chance: one key is good for four thousand million texts."""

Json = dict[str, Any]
Words = Mapping[str, UUID]
"""Place in an event's data, as ``insight`` or ``suggestions/0/reasons/1/passage`` -> whose words stand there, in a list in all of it."""
Leaf = str | dict[str, str]
"""A text, or what stands for a sealed one."""


class PersonKey:
    """One person's key: seals and opens that person's words."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(secret)
        # A key for each purpose: the one that seals is never used to digest.
        self._digesting = hmac.digest(secret, b"hardwon payload digest", "sha256")

    def seal(self, text: str, place: bytes) -> str:
        nonce = os.urandom(_NONCE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), place)).decode()

    def open(self, sealed: str, place: bytes) -> str:
        """Return the text; one that was sealed under an earlier key of the person, now lost, reads as erased."""
        blob = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(blob[:_NONCE], blob[_NONCE:], place).decode()
        except InvalidTag:
            return ERASED

    def digest(self, text: str, place: bytes) -> str:
        """Return what tells the same text from another; without the key nobody can try texts against it."""
        return hmac.digest(self._digesting, place + b"\n" + text.encode(), "sha256").hex()

    def ballot(self, organisation_id: UUID, retrospective_id: UUID) -> str:
        """Return the name under which this person votes there; without the key nobody can tell whose it is."""
        # No place of an event's words reads so, so it is the digest of no text.
        return self.digest("ballot", f"{organisation_id}/{retrospective_id}".encode())[:32]


class LockedKey(PersonKey):
    """A key that this process cannot use: whatever it is asked for, it says why."""

    def __init__(self, why: str) -> None:
        self._why = why

    def seal(self, text: str, place: bytes) -> str:  # noqa: ARG002 - the base's signature
        raise Unavailable(self._why)

    def open(self, sealed: str, place: bytes) -> str:  # noqa: ARG002 - the base's signature
        raise Unavailable(self._why)

    def digest(self, text: str, place: bytes) -> str:  # noqa: ARG002 - the base's signature
        raise Unavailable(self._why)


Keys = Mapping[UUID, PersonKey]
"""Person -> key; a person whose key is gone is not in it."""
NO_KEYS: Keys = MappingProxyType({})


class Of:
    """The event that the words stand in."""

    def __init__(self, organisation_id: UUID, event_id: UUID) -> None:
        self._event = f"{organisation_id}/{event_id}/"

    def place(self, path: str) -> bytes:
        return f"{self._event}{path}".encode()


def seal(of: Of, data: Json, words: Words, keys: Keys) -> Json:
    """Return ``data`` with the words sealed, each under its person's key; words of somebody erased meanwhile are not kept."""
    return _replaced(of, data, words, keys, lambda key, text, place: {"sealed": key.seal(text, place)})


def digested(of: Of, data: Json, words: Words, keys: Keys) -> Json:
    """Return ``data`` with digests in the words' places: the same for the same words, and no help to who would guess them."""
    return _replaced(of, data, words, keys, lambda key, text, place: {"digest": key.digest(text, place)})


def opened(of: Of, data: Json, keys: Keys) -> Json:
    """Return ``data`` as it was written, with ERASED in the places of words whose key is gone."""

    def open_(value: Leaf, path: str) -> object:
        if isinstance(value, str):
            return value
        key = keys.get(UUID(value["of"]))
        return ERASED if key is None else key.open(value["sealed"], of.place(path))

    return _mapped(data, open_)


def owner(value: object) -> UUID | None:
    """Return whose words stand in this field of a stored event's data; None where nobody's key seals them."""
    match value:
        case {"sealed": str(), "of": str(person)}:
            return UUID(person)
        case [first, *_]:
            return owner(first)
        case _:
            return None


def words(data: Json) -> Words:
    """Return where words are sealed in stored ``data``, and whose."""
    found: dict[str, UUID] = {}

    def note(value: Leaf, path: str) -> object:
        if isinstance(value, dict):
            found[path] = UUID(value["of"])
        return value

    _mapped(data, note)
    return found


def _replaced(
    of: Of, data: Json, words: Words, keys: Keys, write: Callable[[PersonKey, str, bytes], dict[str, str]]
) -> Json:
    def replace(text: Leaf, path: str) -> object:
        person = words.get(path) or words.get(path.partition("/")[0])
        if person is None or not isinstance(text, str) or not text:
            return text
        key = keys.get(person)
        return ERASED if key is None else write(key, text, of.place(path)) | {"of": str(person)}

    return _mapped(data, replace)


def _mapped(data: Json, change: Callable[[Leaf, str], object]) -> Json:
    """Return plain JSON with each text, and each sealed one, changed; ``change`` is told its place."""

    def mapped(value: object, path: str) -> object:
        match value:
            case str():
                return change(value, path)
            case {"sealed": str(sealed), "of": str(person)}:
                return change({"sealed": sealed, "of": person}, path)
            case dict():
                return {key: mapped(item, f"{path}/{key}") for key, item in value.items()}
            case list():
                return [mapped(item, f"{path}/{index}") for index, item in enumerate(value)]
            case _:
                return value

    return {key: mapped(item, key) for key, item in data.items()}
