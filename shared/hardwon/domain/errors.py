"""What Hardwon refuses, in one tree. A class's docstring is its default message.

HardwonError
├── Refused                  the domain says no; nothing was recorded
│   ├── Invalid              a value cannot be accepted; names the field
│   ├── NotFound             nothing of that id in this organisation
│   └── Conflict             the request clashes with what is already recorded
│       ├── LastAdministrator  nobody would be left who may decide about people
│       ├── StreamConflict   the stream moved on since it was read
│       └── EventIdReused    the same event id came with another payload
├── LogBroken                the log is not what it must be; work on it stops
│   └── WrittenByNewer       an event is of a newer version of Hardwon than this one
├── LogRestored              an older log was restored; work on it stops until that is accepted
└── Unavailable              something Hardwon needs does not answer; try again later
    └── Busy                 it would, but more is asked than it can answer in time
"""


class HardwonError(Exception):
    """Something went wrong in Hardwon."""

    def __init__(self, sentence: str | None = None, **named: object) -> None:
        """Say it in a sentence, and what that names as ``%(name)s``."""
        self.sentence, self.named = sentence or " ".join((type(self).__doc__ or "").split()), named
        """Pages tell the sentence in the reader's language, with the same names in it."""
        self.message = self.sentence % named if named else self.sentence
        super().__init__(self.message)


class Refused(HardwonError):
    """The request cannot be accepted."""


class Invalid(Refused):
    """A value cannot be accepted."""

    def __init__(self, sentence: str, *, field: str, **named: object) -> None:
        super().__init__(sentence, **named)
        self.field = field
        """Path of the bad field as a JSON pointer within the command, e.g. ``/points/0``."""


class NotFound(Refused):
    """There is nothing of that id in this organisation."""

    def __init__(self, kind: str, id_: object, *, as_of: int | None = None) -> None:
        """Say that there is none, or, with a log position ``as_of``, that it came into being only later."""
        nowhere = f"There is no {kind} %(id)s in this organisation."
        later = f"The {kind} %(id)s was not yet there at log position %(position)s; ask for a later one."
        super().__init__(nowhere if as_of is None else later, id=id_, position=as_of)
        self.kind = kind


class Conflict(Refused):
    """The request clashes with what is already recorded."""


class LastAdministrator(Conflict):
    """The last administrator stays: give somebody else the role first."""


class StreamConflict(Conflict):
    """The stream moved on since it was read."""

    def __init__(self, stream: str, *, expected: int, actual: int) -> None:
        sentence = "%(stream)s is at version %(actual)s, not %(expected)s: read it again and decide anew."
        super().__init__(sentence, stream=stream, actual=actual, expected=expected)
        self.stream, self.expected, self.actual = stream, expected, actual


class EventIdReused(Conflict):
    """The same event id came with another payload."""

    def __init__(self, event_id: object) -> None:
        sentence = "Event id %(id)s is already recorded with another payload; use a new id for a new event."
        super().__init__(sentence, id=event_id)
        self.event_id = event_id


class LogBroken(HardwonError):
    """The log is not what it must be; work on it stops until a person has looked."""


class WrittenByNewer(LogBroken):
    """An event is of a newer version of Hardwon than this one: whoever reads it must be upgraded."""


class LogRestored(HardwonError):
    """An older log was restored: work on it stops until a person accepts it with ``hardwon accept-restore``."""


class Unavailable(HardwonError):
    """Something Hardwon needs does not answer; try again later."""


class Busy(Unavailable):
    """More is asked than can be answered in time; try again in a moment."""
