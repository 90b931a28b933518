"""From a command to events in the log: read what must be known, let the domain decide, append. One file for each sort of thing."""

from hardwon.handlers.boards import change_board, current_board
from hardwon.handlers.feedback import current_feedback, give_feedback, report_outcome, standing_at, withdraw_feedback
from hardwon.handlers.lessons import change_lesson, current_lesson, latest_successor
from hardwon.handlers.members import change_members, current_members
from hardwon.handlers.points import change_point, last_of_point, raised_point
from hardwon.handlers.projects import change_profile, current_project, register_project
from hardwon.handlers.rankers import change_ranker, current_ranker
from hardwon.handlers.recording import Request
from hardwon.handlers.recurrences import current_recurrence, detect_recurrences, judge_recurrence, told_before
from hardwon.handlers.retrospectives import BatchRefused, RetroItem, record_retro_events
from hardwon.handlers.suggestions import (
    bring_lesson,
    current_suggesting,
    offered_by,
    put_back_lesson,
    suggest_lessons,
)
from hardwon.handlers.teams import RENAMED_AT_ONCE, rename_team

__all__ = [
    "RENAMED_AT_ONCE",
    "BatchRefused",
    "Request",
    "RetroItem",
    "bring_lesson",
    "change_board",
    "change_lesson",
    "change_members",
    "change_point",
    "change_profile",
    "change_ranker",
    "current_board",
    "current_feedback",
    "current_lesson",
    "current_members",
    "current_project",
    "current_ranker",
    "current_recurrence",
    "current_suggesting",
    "detect_recurrences",
    "give_feedback",
    "judge_recurrence",
    "last_of_point",
    "latest_successor",
    "offered_by",
    "put_back_lesson",
    "raised_point",
    "record_retro_events",
    "register_project",
    "rename_team",
    "report_outcome",
    "standing_at",
    "suggest_lessons",
    "told_before",
    "withdraw_feedback",
]
