"""Erasing a member: nothing he wrote is left anywhere, all others' words stay, and everything goes on working."""

import secrets
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import psycopg
import pytest
from erasing import OTHERS, Erase, Story, folded, leave_in_redis, rows
from in_process import Worker
from traces import dump, in_file, redis_keys_with, restore, tables_with

from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.domain.errors import Conflict
from hardwon.erasure_commands import COPIES
from hardwon.log.personal import ERASED
from hardwon.log.verify import verify
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon.schema.backup import pg_dump_options
from hardwon.schema.migrate import migrate
from hardwon.work import FOLLOW
from hardwon_worker import copies


def test_nothing_that_an_erased_member_wrote_is_left_anywhere(
    story: Story, erase: Erase, stack: Any, log: Log, tmp_path: Path
) -> None:
    """Before, his words are found in the tables, a dump and Redis, though never in the log itself; after, in none. Others' still are."""
    leave_in_redis(stack, story)
    owner = stack.owner_database_url
    with_words = {"lesson", "discussion_point", "recommendation", "recurrence"}
    before = tables_with(owner, story.mark)
    assert {f"public.{table}" for table in with_words} <= before
    assert "public.event" not in before
    assert in_file(dump(owner, tmp_path / "before.sql"), story.mark)
    assert {"interactive", "celery-task-meta-an-answer"} <= redis_keys_with(stack.redis_url, story.mark)

    said = erase(story)
    assert "The key is destroyed" in said
    assert f"Member {story.person} is erased." in said
    assert tables_with(owner, story.mark) == set()
    assert not in_file(dump(owner, tmp_path / "after.sql"), story.mark)
    assert redis_keys_with(stack.redis_url, story.mark) == set()

    assert {"public.lesson", "public.recommendation"} <= tables_with(owner, OTHERS)
    assert verify(log, story.organisation, lambda *_: None).broken_at is None
    assert [each.event for each in log.read_stream(story.organisation, f"person:{story.person}")] != []


def test_samples_of_texts_in_the_planners_statistics_go_too(story: Story, erase: Erase, stack: Any, owner: Any) -> None:
    """PostgreSQL keeps values of each column to plan queries by; one that it took of his words is not left behind."""
    owner_url = stack.owner_database_url
    owner.execute("ANALYZE")
    assert "pg_catalog.pg_statistic" in tables_with(owner_url, story.mark)
    erase(story)
    assert "pg_catalog.pg_statistic" not in tables_with(owner_url, story.mark)


def test_a_dry_run_lists_what_would_go_and_changes_nothing(story: Story, erase: Erase, log: Log, pool: Pool) -> None:
    """I see how many points, notes and lessons are his, which lessons fall and which live on, before I decide."""
    before, head = rows(pool, story.organisation), log.head(story.organisation)
    said = erase(story, "--dry-run")
    assert "     2 discussion_point_raised" in said
    assert "     5 lesson_drawn" in said
    assert "feedback_given" in said
    fallen = {f"lesson {story.ids[name]}: its insight is this person's" in said for name in ("mine", "retired", "kept")}
    assert fallen == {True}
    assert f"lesson {story.ids['shortened']}: lives on without its advice, applies_when, tags" in said
    assert str(story.ids["rewritten"]) not in said
    assert (rows(pool, story.organisation), log.head(story.organisation)) == (before, head)


@pytest.mark.parametrize("statement", [2, 5, 9, 16, 24, 33, 43, 54, 66, 79])
def test_cut_short_anywhere_it_is_run_again_and_ends_the_same(
    story: Story, erase: Erase, stack: Any, log: Log, statement: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at any of its statements, a second run completes it; a third changes nothing."""
    executed: list[object] = []
    execute = psycopg.Cursor.execute

    def cut(cursor: Any, *arguments: Any, **more: Any) -> Any:
        executed.append(arguments)
        if len(executed) == statement:
            raise KeyboardInterrupt
        return execute(cursor, *arguments, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", cut)
    with pytest.raises(AssertionError, match="Aborted"):
        erase(story)
    monkeypatch.setattr(psycopg.Cursor, "execute", execute)
    erase(story)
    assert tables_with(stack.owner_database_url, story.mark) == set()
    head = log.head(story.organisation)
    erase(story)
    assert log.head(story.organisation) == head
    assert len(log.read_stream(story.organisation, f"person:{story.person}")) == 1


def test_whoever_writes_or_works_meanwhile_brings_nothing_back(
    story: Story, erase: Erase, stack: Any, log: Log, worker: Worker
) -> None:
    """The member goes on writing and a worker goes on working while he is erased: soon he is refused, and none of it is left."""
    done, refused = threading.Event(), threading.Event()

    def write() -> None:
        while not done.is_set():
            try:
                story.lesson(story.ids["yard"], f"{story.mark} {secrets.token_hex(4)}", story.person)
            except Conflict:
                refused.set()
                break

    def work() -> None:
        while not done.is_set():
            worker.run(FOLLOW, story.organisation)

    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(each) for each in (write, work)]
        time.sleep(0.5)
        erase(story)
        assert refused.wait(60)
        done.set()
        for each in running:
            each.result()
    worker.run(FOLLOW, story.organisation)
    assert tables_with(stack.owner_database_url, story.mark) == set()
    assert verify(log, story.organisation, lambda *_: None).broken_at is None


def test_old_backups_are_useless_without_the_keys_and_work_all_the_same(
    story: Story, erase: Erase, stack: Any, worker: Worker, start_worker: Any, tmp_path: Path
) -> None:
    """A backup taken before the erasure, restored after it without keys: the words are nowhere in it, and the system works on it."""
    owner = stack.owner_database_url
    backup = dump(owner, tmp_path / "backup.sql", pg_dump_options())
    assert not in_file(backup, story.mark)
    with_read_models = dump(owner, tmp_path / "control.sql", ["--exclude-schema=person_keys"])
    assert in_file(with_read_models, story.mark)  # the control: what workers make from the log must not be backed up
    erase(story)
    restored = restore(stack, backup, f"restored_{story.organisation.hex}")
    migrate(restored.owner_database_url)
    settings = DatabaseSettings(database_url=restored.database_url, person_key=stack.person_key)
    with open_pool(settings, "hardwon-tests") as pool:
        log = open_log(pool)
        assert verify(log, story.organisation, lambda *_: None).broken_at is None
        revived = start_worker(stack=restored)
        revived.run(FOLLOW, story.organisation)
        assert rows(pool, story.organisation) == folded(pool, log, story.organisation)
        assert tables_with(restored.owner_database_url, story.mark) == set()
        told = {row["text"] for row in rows(pool, story.organisation)["points"]}
        assert told == {ERASED, f"{OTHERS} the crane did not come"}


def test_the_command_finds_what_empties_redis() -> None:
    """Where the worker is installed, `hardwon erase` forgets what Redis holds too."""
    project = tomllib.loads((Path(__file__).parents[2] / "services/worker/pyproject.toml").read_text("utf-8"))[
        "project"
    ]
    named = project["entry-points"][COPIES]
    assert [EntryPoint(name, value, COPIES).load() for name, value in named.items()] == [copies.forget]
