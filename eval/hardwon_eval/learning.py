"""Learning: as the same problem elsewhere, but the rankers are told what was right, and the later half of the walk is measured."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from hardwon.projections.following import Pool
from hardwon_eval.measuring import Result, figure
from hardwon_eval.product import Product
from hardwon_eval.sets import ProjectsSet
from hardwon_worker.fusing import Floats
from hardwon_worker.gate import consider
from hardwon_worker.matches import Match
from hardwon_worker.memory import Judgements, Memory

ANSWERS = 10
DEPTH = 100
RETRAINED_EVERY = 20
"""Projects."""


@dataclass
class _Walk:
    """What was asked, answered and said so far, as one ranker's users saw it."""

    learns: bool
    blind: bool
    """Whether nothing is learned of problems whose own project has yet to ask."""
    memory: Memory | None = None
    said: list[tuple[float, ...]] = field(default_factory=list)
    """Question, answer, project, owner, worth, default score and learned part."""
    reached: list[float] = field(default_factory=list)

    def answer(self, question: Floats, found: Sequence[Match]) -> list[tuple[Match, float]]:
        """Return the ten best, with what was learned of each."""
        learned = (
            self.memory.of(question, np.array([each.vector for each in found])) if self.memory else np.zeros(len(found))
        )
        scores = np.array([each.score for each in found]) + learned
        return [(found[at], float(learned[at])) for at in np.argsort(-scores, kind="stable")[:ANSWERS]]

    def retrain(self, texts: Floats, asked_by_now: int) -> None:
        if not (self.learns and self.said):
            return
        *places, worth, default, learned = (np.array(each) for each in zip(*self.said, strict=True))
        question, answer, project, owner = (each.astype(np.int64) for each in places)
        given = Judgements(texts, texts, question, answer, project, owner, worth, default, learned)
        trial = consider(given.only((owner < asked_by_now) | (not self.blind)), self.memory)
        if trial and (trial.better or trial.current_fails):
            self.memory = trial.memory if trial.better else None


def learning(given: ProjectsSet, pool: Pool) -> Iterator[Result]:
    """Walk the projects in order of year; an answer of the problem's own type is adopted, any other is not relevant.

    The product decides by its own gate whether what it learned may speak. Where every answer could have been judged before, part of the
    gain is remembering a problem's own verdicts; the row "blind" leaves them out.
    """
    problems = [each for each in given.problems if each.type]
    if not problems:
        return
    product = Product(pool, "int8")
    product.learn(problems)
    place = {each.id: at for at, each in enumerate(problems)}
    texts = np.array(product.embedder.embed([each.text for each in problems]))
    asking = [project for project in given.projects if project.asks]
    order = {project.id: at for at, project in enumerate(asking)}
    walks = {
        "hardwon": _Walk(learns=True, blind=False),
        "hardwon-blind": _Walk(learns=True, blind=True),
        "hardwon-unlearned": _Walk(learns=False, blind=True),
    }
    for number, project in enumerate(asking):
        for walk in walks.values() if number % RETRAINED_EVERY == 0 else ():
            walk.retrain(texts, number)
        for problem in (each for each in project.problems if each.type):
            at = place[problem.id]
            found = product.matches(problem.text, DEPTH, other_than=problem.project)
            for walk in walks.values():
                answers = [
                    (product.document(match), match.score, learned) for match, learned in walk.answer(texts[at], found)
                ]
                right = [float(answer.type == problem.type) for answer, _, _ in answers]
                walk.said += [
                    (at, place[answer.id], number, order.get(answer.project, -1), worth, default, learned)
                    for (answer, default, learned), worth in zip(answers, right, strict=True)
                ]
                if number >= len(asking) // 2:
                    walk.reached.append(sum(right) / ANSWERS)
    for name, walk in walks.items() if walks["hardwon"].reached else ():
        yield Result("learning", given.name, name, {"P@10-later-half": figure(walk.reached)})
