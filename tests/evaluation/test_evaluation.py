"""hardwon-eval measures any folder of sets in the known formats, through the product's own code."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from ir_measures import nDCG

from hardwon_eval.cli import main
from hardwon_eval.measuring import figure, judged
from hardwon_eval.sets import find

STORIES = {
    "supplier": ["The supplier delivered the {} months late.", "Waiting for the vendor's {} cost us the spring."],
    "testing": ["Nobody had tested the {} under load.", "The {} failed on its first day: there were no tests."],
    "scope": ["The {} grew with every meeting.", "Nobody said no to new wishes for the {}."],
}


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """A small projects set and a small retrieval set, in the formats of docs/evaluation.md."""
    things = ["gate", "lift", "pump", "crane", "boiler", "ledger", "map", "engine", "signal", "depot", "kiosk", "tower"]
    projects = [{"id": f"p{n}", "name": f"The {thing}", "year": 2000 + n} for n, thing in enumerate(things * 2)]
    problems = [
        {"id": f"{project['id']}-{kind}-{n}", "project": project["id"], "type": kind, "text": text.format(thing)}
        for project, thing in zip(projects, things * 2, strict=True)
        for kind, texts in STORIES.items()
        for n, text in enumerate(texts)
    ]
    _write(tmp_path / "past", projects=projects, problems=problems)
    corpus = [{"id": str(n), "title": thing, "text": f"How the {thing} was built."} for n, thing in enumerate(things)]
    queries = [{"id": f"q{n}", "text": f"who built the {thing}"} for n, thing in enumerate(things)]
    _write(tmp_path / "found", corpus=corpus, queries=queries)
    (tmp_path / "found" / "qrels.tsv").write_text("".join(f"q{n}\t0\t{n}\t2\n" for n in range(len(things))))
    return tmp_path


@pytest.mark.timeout(300)
def test_a_folder_of_sets_is_measured(
    sets: Path, tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every task prints its table and leaves its figures under task.set.ranker.measure; the product beats chance.

    Where no answer can be judged, the tasks that need one say nothing, and the other sets are measured all the same.
    """
    untyped = [{"id": f"u{n}", "project": "u", "type": "", "text": f"The {n}th lift was late."} for n in range(4)]
    _write(sets / "untyped", projects=[{"id": "u", "name": "Lifts", "year": 2020}], problems=untyped)
    monkeypatch.setenv("XDG_CACHE_HOME", str(models.parent.parent))
    json_file = tmp_path / "figures.json"
    told = CliRunner().invoke(main, [str(sets), "--json", str(json_file)], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    figures = json.loads(json_file.read_text())
    assert figures["retrieval.found.hardwon.nDCG@10"] > 0.9 > figures["retrieval.found.random.nDCG@10"]
    assert figures["same-problem.past.hardwon.P@10"] > 2 * figures["same-problem.past.random.P@10"]
    assert figures["foresight.past.hardwon.type-recall@5"] > 0.5
    assert figures["recurrence.past.hardwon@45.precision"] > 2 * figures["recurrence.past.random@45.precision"]
    assert figures["newcomers.story.hardwon.P@5"] > 0.4
    tasks = {"newcomers", "retrieval", "same-problem", "foresight", "learning", "recurrence"}
    assert {name.split(".")[0] for name in figures} == tasks
    assert {name.split(".")[1] for name in figures} == {"story", "found", "past"}


def test_a_bad_line_is_named(sets: Path) -> None:
    """A set that breaks its format is refused with file and line."""
    (sets / "found" / "queries.jsonl").write_text('{"id": "1"}\n')
    told = CliRunner().invoke(main, [str(sets)])
    assert told.exit_code == 1
    assert "queries.jsonl:1: text missing" in told.output


def test_a_folder_without_sets_is_refused(tmp_path: Path) -> None:
    """An empty folder is no result of zero."""
    told = CliRunner().invoke(main, [str(tmp_path)])
    assert told.exit_code == 1
    assert "holds no set" in told.output


def test_gains_count_linearly_and_missing_answers_as_nothing() -> None:
    """Second place for the only complete answer costs what the measure's definition says; an unanswered query counts 0."""
    found = judged({"a": ["x", "y"], "b": []}, {"a": {"y": 4.0}, "b": {"z": 1.0}}, [nDCG @ 10])
    assert found["nDCG@10"].value == pytest.approx((1 / 1.58496) / 2, abs=1e-3)


def test_an_interval_holds_its_mean() -> None:
    """The more queries agree, the narrower the interval."""
    wide, narrow = figure([0, 1] * 10), figure([0.5] * 20)
    assert wide.low < wide.value < wide.high
    assert narrow.low == narrow.value == narrow.high == 0.5


@pytest.mark.skipif("HARDWON_EVAL_DATA" not in os.environ, reason="HARDWON_EVAL_DATA names no folder with real sets")
def test_the_real_sets_can_be_read() -> None:
    """The sets of the evaluation folder are recognised by their files."""
    assert list(find(Path(os.environ["HARDWON_EVAL_DATA"])))


def _write(folder: Path, **files: list[dict[str, object]]) -> None:
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
