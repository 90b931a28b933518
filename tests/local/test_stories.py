"""The stories that `hardwon demo` tells: the built-in sample, and a projects set of the user's own."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from hardwon.sample import PastProject, Story, sample_story
from hardwon_api.models import NewProject, RetroEvents
from hardwon_api.web.wording import leading
from hardwon_local import demo
from hardwon_local.stories import KINDS, StoryError, projects_set_story

GAMEDEV = Path(os.environ.get("HARDWON_EVAL_DATA", Path(__file__).parents[3] / "shared" / "data")) / "gamedev"

OLD = {
    "id": "a",
    "name": "Ada",
    "year": 2001,
    "platforms": ["pc", "web"],
    "genres": ["puzzle", "sport"],
    "modes": ["solo"],
}
NEW = {"id": "b", "name": "Bea", "year": 2004, "title": "Bea, looked back on", "platforms": ["web"]}
LATE = {
    "id": "1",
    "project": "a",
    "kind": "went_wrong",
    "type": "planning",
    "group": "process",
    "text": "Art was late.",
}
GOOD = {"id": "2", "project": "a", "kind": "went_well", "type": "team", "group": "people", "text": "We sat together."}


def _lines(*objects: object) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of two projects: the first with two problems, the second without any."""
    _write(tmp_path, projects=_lines(OLD, NEW), problems=_lines(LATE, GOOD))
    return tmp_path


def _write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.jsonl").write_text(text, "utf-8")


def _names(story: Story) -> list[str]:
    return [past.profile["name"] for past in story.projects]


def _texts(past: PastProject) -> list[str]:
    """Return all that its retrospectives say, one entry a text."""
    points = [point.text for retrospective in past.retrospectives for point in retrospective.points]
    lessons = [lesson for retrospective in past.retrospectives for lesson in retrospective.lessons]
    return points + [text for each in lessons for text in (each.insight, each.advice)]


# The built-in sample.


def test_the_sample_is_an_organisation_with_a_past() -> None:
    """I run the demo without data of mine: a dozen finished projects of several teams, with more than a hundred stories."""
    story = sample_story()
    retrospectives = [each for past in story.projects for each in past.retrospectives]
    kinds = Counter(point.kind for each in retrospectives for point in each.points)
    assert len(story.projects) >= 12
    assert 5 <= len({past.profile["team"] for past in story.projects}) <= 7
    assert kinds.total() >= 120
    assert sum(len(each.lessons) for each in retrospectives) >= 55
    assert set(kinds) == set(KINDS)
    assert kinds["went_well"] > kinds.total() * 0.3, "a past is not only unhappy"
    assert kinds["went_wrong"] > kinds.total() * 0.3
    assert len({past.profile["domain"] for past in story.projects}) >= 6


def test_every_lesson_of_the_sample_advises_and_tells_its_story() -> None:
    """Whichever lesson I am offered: it says what to do and when, and I can read which stories it was drawn from."""
    for past in sample_story().projects:
        for retrospective in past.retrospectives:
            keys = [point.key for point in retrospective.points]
            assert len(keys) == len(set(keys))
            for lesson in retrospective.lessons:
                assert lesson.advice.strip(), lesson.insight
                assert lesson.applies_when.strip(), lesson.insight
                assert 1 <= len(lesson.points) <= 3, lesson.insight
                assert set(lesson.points) <= set(keys), lesson.insight


def test_every_lesson_of_the_sample_is_grasped_at_a_glance() -> None:
    """On a phone: what to do in one short sentence, all in some fifteen seconds, and a case that is a clause."""
    for past in sample_story().projects:
        for lesson in (each for held in past.retrospectives for each in held.lessons):
            deed, how = leading(lesson.advice)
            assert len(deed.split()) <= 16, deed
            assert how, deed
            assert len(lesson.advice.split()) <= 34, lesson.advice
            assert len(lesson.applies_when.split()) <= 11, lesson.applies_when
            assert lesson.applies_when.split()[0] not in {"when", "if"}, "it goes on after “Applies when”"


def test_no_text_of_the_sample_stands_twice() -> None:
    """Each story and each lesson of the sample is its own."""
    texts = Counter(text for past in sample_story().projects for text in _texts(past))
    assert not [text for text, times in texts.items() if times > 1]


def test_the_sample_happened_in_an_order_that_makes_sense() -> None:
    """Projects start, look back and end, one after the other; the new one has only just begun."""
    story = sample_story()
    for past in story.projects:
        started, ended = past.profile["started_on"], past.profile["ended_on"]
        held = [each.held_on for each in past.retrospectives]
        assert past.profile["phase"] == "closed"
        assert started < ended < story.new_project["started_on"]
        assert held == sorted(held)
        assert started < held[0]
        assert held[-1] < story.new_project["started_on"]
    assert [past.profile["started_on"] for past in story.projects] == sorted(
        past.profile["started_on"] for past in story.projects
    )
    assert "ended_on" not in story.new_project, "a project that has ended is offered nothing"
    assert story.new_project["name"] not in _names(story)


def test_the_api_takes_the_sample() -> None:
    """All of the sample is within what the API documents as its limits."""
    story = sample_story()
    for profile in [story.new_project, *(past.profile for past in story.projects)]:
        NewProject.model_validate_json(json.dumps(profile))
    for past in story.projects:
        RetroEvents.model_validate_json(json.dumps(demo._events(past)))


# A projects set.


def test_a_set_becomes_a_past_and_a_new_project(folder: Path) -> None:
    """My older project is the past, with a post-mortem of its problems; my newest is the new one, still running."""
    story = projects_set_story(folder)
    (past,) = story.projects
    (post_mortem,) = past.retrospectives
    assert folder.name in story.name
    assert past.profile == {
        "name": "Ada",
        "summary": "A project of 2001.",
        "domain": "puzzle, sport",
        "technologies": ["pc", "web"],
        "tags": ["solo"],
        "phase": "closed",
        "started_on": "2001-01-01",
        "ended_on": "2001-12-31",
    }
    assert (post_mortem.title, post_mortem.held_on) == ("Post-mortem of Ada", "2001-12-31")
    assert [(point.kind, point.text) for point in post_mortem.points] == [
        ("went_wrong", "Art was late."),
        ("went_well", "We sat together."),
    ]
    assert [(lesson.insight, lesson.advice, lesson.points) for lesson in post_mortem.lessons] == [
        ("Art was late.", "", ("1",)),
        ("We sat together.", "", ("2",)),
    ]
    assert story.new_project["summary"] == "Bea, looked back on, 2004."
    assert not {"ended_on", "phase"} & set(story.new_project)


def test_labels_are_never_loaded(folder: Path) -> None:
    """What a set holds for scoring, as the type of a problem, cannot be found in the story: a ranker would be told the answer."""
    assert "planning" not in repr(projects_set_story(folder))
    assert "process" not in repr(projects_set_story(folder))


def test_the_new_project_s_own_problems_are_not_loaded(folder: Path) -> None:
    """Nothing is known of what will go wrong in the newest project, even if the set knows."""
    _write(folder, problems=_lines(LATE, {"id": "3", "project": "b", "text": "The server burst."}))
    assert "burst" not in repr(projects_set_story(folder))


def test_the_newest_is_the_last_that_may_be_asked_about(folder: Path) -> None:
    """Of several projects of the newest year the file's last is the new one, unless it says `query: false`; the past is in order."""
    others = [
        {"id": "c", "name": "Cleo", "year": 2004},
        {"id": "d", "name": "Dora", "year": 2004, "query": False},
        {"id": "e", "name": "Eva", "year": 1999},
        {"id": "f", "name": "Fay", "year": 2001},
    ]
    _write(folder, projects=_lines(OLD, NEW, *others))
    story = projects_set_story(folder)
    assert story.new_project["name"] == "Cleo"
    assert _names(story) == ["Eva", "Ada", "Fay", "Bea", "Dora"]


def test_any_list_of_words_describes_a_project(folder: Path) -> None:
    """My set has traits of its own: its lists of words become tags, each once; what is no such list is left out."""
    own = {"engines": ["own", "solo"], "sizes": [1, 2], "source": "somewhere"}
    _write(folder, projects=_lines(OLD | own, NEW))
    profile = projects_set_story(folder).projects[0].profile
    assert profile["tags"] == ["solo", "own"]
    assert profile["technologies"] == ["pc", "web"]


def test_a_problem_of_no_kind_went_wrong(folder: Path) -> None:
    """A set that holds only problems need not say so in each line."""
    _write(folder, problems=_lines({"id": "1", "project": "a", "text": "Art was late."}))
    assert projects_set_story(folder).projects[0].retrospectives[0].points[0].kind == "went_wrong"


def test_a_project_without_problems_has_held_no_post_mortem(folder: Path) -> None:
    """An empty meeting is not invented."""
    _write(folder, problems="")
    assert projects_set_story(folder).projects[0].retrospectives == ()


def test_files_from_other_tools_are_read(folder: Path) -> None:
    """A byte order mark, Windows line ends, an empty last line and a line separator within a text do no harm."""
    text = "First.\u2028Second."
    told = json.dumps(LATE | {"text": text}, ensure_ascii=False)
    (folder / "problems.jsonl").write_bytes(b"\xef\xbb\xbf" + told.encode() + b"\r\n\r\n")
    assert projects_set_story(folder).projects[0].retrospectives[0].points[0].text == text


@pytest.mark.parametrize(
    ("file", "lines", "said"),
    [
        ("projects", [OLD], ["projects.jsonl", "holds 1 projects"]),
        ("projects", [OLD | {"query": False}, NEW | {"query": False}], ["0 of them without `query: false`"]),
        ("projects", [OLD, {"id": "b", "year": 2004}], ["projects.jsonl, line 2", "'name' must be there, as str"]),
        ("projects", [OLD | {"year": "2001"}, NEW], ["projects.jsonl, line 1", "'year' must be there, as int"]),
        ("projects", [OLD | {"year": True}, NEW], ["line 1", "'year' must be there, as int"]),
        ("projects", [OLD, NEW | {"year": 20040}], ["line 2", "year is 20040", "9999"]),
        ("projects", [OLD, NEW, OLD], ["line 3", "'a' was already used", "line 1"]),
        ("projects", [OLD | {"name": " "}, NEW], ["line 1", "name must not be blank"]),
        ("projects", [OLD | {"name": "A" * 201}, NEW], ["line 1", "name has 201 characters", "200"]),
        ("projects", [OLD | {"modes": ["m" * 201]}, NEW], ["line 1", "201 characters"]),
        ("projects", [OLD | {"modes": [f"m{n}" for n in range(51)]}, NEW], ["line 1", "51 words"]),
        ("projects", [OLD, ["b"]], ["line 2", "JSON object"]),
        ("problems", [LATE, LATE | {"id": "2", "project": "z"}], ["problems.jsonl, line 2", "no project 'z'"]),
        ("problems", [LATE | {"kind": "so_so"}], ["problems.jsonl, line 1", "'so_so'", "went_wrong, puzzle"]),
        ("problems", [LATE | {"text": ""}], ["line 1", "text must not be blank"]),
        ("problems", [GOOD, LATE | {"text": "x" * 10_001}], ["line 2", "text has 10,001 characters", "10,000"]),
        ("problems", [LATE, LATE], ["line 2", "'1' was already used"]),
    ],
)
def test_a_set_that_cannot_be_used_says_where_and_why(
    folder: Path, file: str, lines: list[object], said: list[str]
) -> None:
    """One bad line among thousands: I am told the file, the line and what is wrong with it."""
    _write(folder, **{file: _lines(*lines)})
    with pytest.raises(StoryError) as refused:
        projects_set_story(folder)
    assert not [each for each in said if each not in str(refused.value)], str(refused.value)


@pytest.mark.parametrize("name", ["projects.jsonl", "problems.jsonl"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """I point the demo at a wrong folder: it names the file that it looked for."""
    (folder / name).unlink()
    with pytest.raises(StoryError, match=rf"{name} cannot be read: No such file.*A projects set is a folder with"):
        projects_set_story(folder)


@pytest.mark.parametrize(
    ("line", "said"), [(b'{"id": "1", ', "line 2: this is not JSON"), (b'{"id": "\xff"}', "line 2: this is not UTF-8")]
)
def test_a_broken_line_is_named(folder: Path, line: bytes, said: str) -> None:
    """A line was cut off or saved in another encoding: I am told which."""
    (folder / "problems.jsonl").write_bytes(_lines(LATE).encode() + line + b"\n")
    with pytest.raises(StoryError, match=said):
        projects_set_story(folder)


@pytest.mark.skipif(not GAMEDEV.is_dir(), reason=f"the evaluation data is not at {GAMEDEV}")
def test_real_post_mortems_are_read() -> None:
    """The set of real game projects: all but the newest are the past, with every problem that is told of them."""
    story = projects_set_story(GAMEDEV)
    problems = [json.loads(line) for line in (GAMEDEV / "problems.jsonl").read_bytes().splitlines()]
    projects = [json.loads(line) for line in (GAMEDEV / "projects.jsonl").read_bytes().splitlines()]
    newest = projects[-1]
    told = [point for past in story.projects for held in past.retrospectives for point in held.points]
    assert story.new_project["name"] == newest["name"]
    assert len(story.projects) == len(projects) - 1
    assert len(told) == sum(problem["project"] != newest["id"] for problem in problems)
    for past in story.projects:
        NewProject.model_validate_json(json.dumps(past.profile))
