"""What projects say of lessons, folded into the read models that show it: by project in a lesson, by lesson in a project's."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from hardwon.domain import feedback
from hardwon.domain.events import FeedbackGiven, FeedbackWithdrawn, LessonBrought, LessonPutBack, OutcomeReported
from hardwon.domain.feedback import Feedback
from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.projections.following import Row

Answering = FeedbackGiven | FeedbackWithdrawn | OutcomeReported | LessonPutBack | LessonBrought
"""The events that ``answers_after`` folds."""
_SAID = ("verdict", "note", "outcome", "outcome_note")


def answers_after(answers: Row, key: UUID, stored: StoredEvent, parts: Sequence[str]) -> Row:
    """Return ``answers`` with the one under ``key`` as it is after the event, and gone where nothing is said any more."""
    before = answers.get(str(key))
    known = Feedback(**{part: before[part] for part in _SAID if part in before}) if before else None
    said = feedback.evolve(known, stored.event)
    others = {id_: answer for id_, answer in answers.items() if id_ != str(key)}
    if said is None:
        return others
    told = asdict(said) | {"at": wire.timestamp(stored.occurred_at), "position": stored.position}
    return others | {str(key): {part: told[part] for part in parts}}
