"""Answers that are sent piece by piece: each holds a thread until its reader has taken the last piece, so they have a cap."""

from typing import TypeVar

from flask import Response

from hardwon_api.places import NoPlace, Places
from hardwon_api.problems import Refusal

Answer = TypeVar("Answer", bound=Response)


class Streams:
    """The live streams and exports of this process."""

    def __init__(self, most: int, most_per_token: int) -> None:
        self._places = Places(most, most_per_token)

    @property
    def open(self) -> int:
        return self._places.taken

    def hold(self, token: str, response: Answer) -> Answer:
        """Count the answer for as long as it is sent, or refuse it."""
        try:
            self._places.take(token)  # before its first piece: a refusal must still be able to be an answer
        except NoPlace as error:
            whose = "this service's" if error.by_all else "this token's"
            raise Refusal(
                429, "too-many-streams", f"All {whose} streams are taken.", headers={"Retry-After": "5"}
            ) from None
        response.call_on_close(lambda: self._places.give_back(token))
        return response
