"""Newcomers: short new projects beside the built-in story. For each all lessons were judged before its ranking was looked at."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from ir_measures import P, nDCG

from hardwon.domain.values import Artefact, Profile
from hardwon.ids import new_id
from hardwon.projections.following import Pool
from hardwon.sample import sample_story
from hardwon_eval.measuring import Result, figure, judged
from hardwon_eval.product import Product

MEASURES = (nDCG @ 5, P @ 5, nDCG @ 10)


def newcomers(pool: Pool) -> Iterator[Result]:
    """Ask for each project as its page would. A gain of 2 is "I would do this", 1 "worth knowing"."""
    asked = json.loads((files("hardwon_eval") / "newcomers.json").read_text("utf-8"))
    product = Product(pool, "int8")
    product.live_through_the_story()
    gains = {each["name"]: _gains(each) for each in asked}
    found = {each["name"]: [said.id for said in product.suggest(new_id(), _profile(each))] for each in asked}
    first = [float(bool(answers) and answers[0] in gains[name]) for name, answers in found.items()]
    figures = judged(found, gains, MEASURES) | {"first-fits": figure(first)}
    yield Result("newcomers", "story", "hardwon", figures)


def _gains(asked: dict[str, Any]) -> dict[str, float]:
    """Return lesson -> gain, a lesson named by its project and its place there."""
    told = {
        past.profile["name"]: sum(len(each.lessons) for each in past.retrospectives) for past in sample_story().projects
    }
    gains = {(name, int(at)): gain for name, places in asked["judged"].items() for at, gain in places.items()}
    if gone := [each for each in gains if each[1] >= told.get(each[0], 0)]:
        raise AssertionError(f"judged of {asked['name']}, and not in the story: {gone}")
    return {f"{name}/{at}": gain for (name, at), gain in gains.items()}


def _profile(asked: dict[str, Any]) -> Profile:
    papers = (Artefact("risks", "\n".join(asked["risks"])),) if asked["risks"] else ()
    return Profile(asked["name"], summary=asked["summary"], artefacts=papers)
