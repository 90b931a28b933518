"""Changing a point, from the command to the log: a retry is answered as before, and nothing is learned from what was taken back."""

from uuid import UUID

import pytest

from hardwon import handlers, organisations
from hardwon.domain.commands import (
    DetectRecurrence,
    DrawLesson,
    HoldRetrospective,
    RaiseDiscussionPoint,
    RegisterProject,
    RetroCommand,
    RewordPoint,
    WithdrawPoint,
)
from hardwon.domain.errors import Conflict, NotFound
from hardwon.domain.values import Profile
from hardwon.handlers import BatchRefused, Request, RetroItem
from hardwon.ids import new_id
from hardwon.log.memory import MemoryLog
from hardwon.log.personal import ERASED
from hardwon.log.wire import Metadata

BY = Metadata("tests")


class Meeting:
    """A retrospective with two points."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.organisation = organisations.register(self.log, "An organisation", "tests")
        self.project, self.retro = new_id(), new_id()
        registering = RegisterProject(self.project, Profile("P")), Request(self.project, BY)
        handlers.register_project(self.log, self.organisation, *registering)
        self.record(HoldRetrospective(self.retro, self.project, "Looking back", None), self.retro)
        self.one, self.two = (self.raises(new_id()) for _ in "ab")

    def record(self, command: RetroCommand, id_: UUID) -> None:
        handlers.record_retro_events(self.log, self.organisation, self.project, [RetroItem(command, id_)], BY)

    def raises(self, id_: UUID) -> UUID:
        self.record(RaiseDiscussionPoint(id_, self.project, self.retro, "went_wrong", "It brok.", ()), id_)
        return id_

    def draw(self, *points: UUID) -> None:
        id_ = new_id()
        self.record(DrawLesson(id_, self.project, None, "Look earlier.", "", "", points, (), "en"), id_)

    def change(self, command: RewordPoint | WithdrawPoint, request: Request | None = None) -> object:
        return handlers.change_point(self.log, self.organisation, command, request or Request(new_id(), BY))


def test_a_retry_is_answered_as_before_whatever_happened_since() -> None:
    """Who did not hear the answer asks again and gets the same one, also after a lesson was drawn from the point; a new wish is refused."""
    meeting = Meeting()
    command, request = RewordPoint(meeting.one, "It broke."), Request(new_id(), BY)
    first = meeting.change(command, request)
    meeting.draw(meeting.one)
    assert meeting.change(command, request) == first is not None
    with pytest.raises(Conflict, match="revise the lesson"):
        meeting.change(RewordPoint(meeting.one, "It broke twice."))


def test_it_stands_beside_the_point_and_says_on_which_day_that_was_raised() -> None:
    """What changes a point is on its board's stream, so a board as of any position is one stream."""
    meeting = Meeting()
    meeting.change(WithdrawPoint(meeting.one))
    raised, *_, last = meeting.log.read_stream(meeting.organisation, f"retrospective:{meeting.retro}")
    assert last.data["raised_on"] == raised.occurred_at.date().isoformat()
    board, _ = handlers.current_board(meeting.log, meeting.organisation, meeting.retro)
    assert list(board.points) == [meeting.two]


def test_nothing_is_learned_from_a_point_taken_back() -> None:
    """No lesson is drawn from it, not even beside the old point in one batch, and no recurrence is found; from the other one they are."""
    meeting = Meeting()
    meeting.change(WithdrawPoint(meeting.one))
    for points in ([meeting.one], [meeting.two, meeting.one]):
        with pytest.raises(BatchRefused) as refused:
            meeting.draw(*points)
        assert f"no discussion point {meeting.one}" in refused.value.errors[0].message
    lesson = new_id()
    again = RaiseDiscussionPoint(meeting.one, meeting.project, meeting.retro, "went_wrong", "It brok.", ())
    drawn = DrawLesson(lesson, meeting.project, None, "Look earlier.", "", "", (meeting.one,), (), "en")
    items = [RetroItem(again, meeting.one), RetroItem(drawn, lesson)]
    with pytest.raises(BatchRefused):
        handlers.record_retro_events(meeting.log, meeting.organisation, meeting.project, items, BY)
    found = [
        DetectRecurrence(id_, meeting.project, new_id(), None, 0.5, False, False, "r", "m")
        for id_ in (meeting.one, meeting.two)
    ]
    recorded = handlers.detect_recurrences(meeting.log, meeting.organisation, found, "a-worker")
    assert [stored.data["point_id"] for stored in recorded] == [str(meeting.two)]
    meeting.draw(meeting.two)


@pytest.mark.parametrize("with_lesson", [False, True])
def test_a_story_taken_back_is_not_what_is_repeated(*, with_lesson: bool) -> None:
    """Where it was taken back before the radar said so, the lesson is left, or nothing; the control: before, it was a recurrence."""
    for back in (False, True):
        meeting = Meeting()
        if back:
            meeting.change(WithdrawPoint(meeting.one))
        lesson = new_id() if with_lesson else None
        found = DetectRecurrence(
            meeting.two,
            meeting.project,
            lesson,
            meeting.one,
            0.5,
            suggested=False,
            adopted=False,
            radar="r",
            embedding_model="m",
        )
        recorded = handlers.detect_recurrences(meeting.log, meeting.organisation, [found], "a-worker")
        told = [stored.data["earlier_point_id"] for stored in recorded]
        assert told == ([None] * with_lesson if back else [str(meeting.one)])


def test_mended_words_stay_those_of_who_raised_the_point() -> None:
    """Whoever mends them, a member or a tool, they are erased with the one who raised the point; the mender's own are not."""
    meeting, (ada, office) = Meeting(), (new_id(), new_id())
    hers, nobodys = new_id(), meeting.one
    command = RaiseDiscussionPoint(hers, meeting.project, meeting.retro, "idea", "Ask teh yard.", ())
    items = [RetroItem(command, hers)]
    handlers.record_retro_events(
        meeting.log, meeting.organisation, meeting.project, items, Metadata("tests", person_id=ada)
    )
    for by in (Metadata("tests", person_id=office), BY):
        meeting.change(RewordPoint(hers, f"Ask the yard {by.person_id}."), Request(new_id(), by))
        assert meeting.log.read(meeting.organisation, limit=99)[-1].words_of == {ada}
    mended = Request(new_id(), Metadata("tests", person_id=office))
    meeting.change(RewordPoint(nobodys, "It broke."), mended)
    meeting.log.destroy_key(meeting.organisation, ada)
    texts = [each.event.text for each in meeting.log.read(meeting.organisation, limit=99) if each.words_of]  # type: ignore[union-attr]
    assert texts == [ERASED, ERASED, ERASED, "It broke."]
    meeting.change(RewordPoint(hers, "Ask the yard."), Request(new_id(), mended.metadata))
    last = meeting.log.read(meeting.organisation, limit=99)[-1]
    assert (last.words_of, last.event.text) == ({office}, "Ask the yard.")  # type: ignore[union-attr]  # of the erased one nothing is left to carry


def test_what_is_no_point_is_not_there() -> None:
    """The id of a retrospective, or of nothing, is no point's."""
    meeting = Meeting()
    for id_ in (meeting.retro, new_id()):
        with pytest.raises(NotFound):
            meeting.change(WithdrawPoint(id_))
