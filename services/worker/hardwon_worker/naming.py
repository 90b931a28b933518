"""Themes are named by their words: those that stand in many of a theme's texts and in few of the others, and mean what these are about.

A word that mostly stands beside the same other one is named with it: "data protection" tells what neither "data" nor "protection" does.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from uuid import UUID

import numpy as np

from hardwon_worker.fusing import Floats, unit

WORDS = 3
"""In a name."""
_OF_TEXTS = 0.1
"""A word that stands in a smaller part of a theme's texts does not name it."""
_PROJECTS = 2
"""Have said a word that names a theme, or it would be one project's own name for something."""
_CONSIDERED = 12
"""Words of a theme whose meaning is looked at: those that tell the most."""
_SAYS_NOTHING = ("twelve", "second", "September", "minutes", "days", "weeks", "took", "came", "let")
"""What means nearly the same as one of these says when, how many, or only that something happened."""
_NEARLY = 0.55
"""Cosine of the bundled model: in the sample, "month" is above it, and "weekend", "clock" and "milestone" are below."""
_BESIDE = 2 / 3
"""Of a theme's texts that hold a word, so many hold it beside the same other one: then both together are what is meant."""
_WORD = re.compile(r"[^\W\d_][^\W_]{2,}")
_NEXT = re.compile(rf"(?=\b({_WORD.pattern})[ -]({_WORD.pattern})\b)")
"""Two words that stand beside each other; each may begin the next two."""

Pair = tuple[str, ...]
"""Two stems that belong together."""
Spoken = tuple[str, str]
"""A word as it stands in a text, and the text's language."""
Stems = Callable[[Sequence[Spoken]], dict[Spoken, str]]
"""From words to what they are counted by; those that say nothing have none."""

Meaning = Callable[[Sequence[str]], Floats]
"""From words to what they mean, (words, dimensions), as the texts' vectors say it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A text, as far as it names something."""

    project_id: UUID
    text: str
    language: str


def names(
    texts: Sequence[Told], labels: Sequence[int], middles: Floats, stems: Stems, meaning: Meaning
) -> dict[int, list[str]]:
    """Return the words of each cluster, the most telling first, whole as most texts write them; one that has none is left out.

    A word may be two that stand beside each other. It names one cluster only, that for which it tells the most. ``middles`` are what each
    cluster is about, (clusters, dimensions).
    """
    spoken = [Counter((word, each.language) for word in _WORD.findall(each.text)) for each in texts]
    stem_of = stems(sorted({word for words in spoken for word in words}))
    holding = [{stem_of[word] for word in words if word in stem_of} for words in spoken]
    weights = _considered(_weights(texts, labels, holding))
    written = _written(spoken, stem_of)
    fitting = _fitting({stem: written[stem] for stem in sorted(weights)}, middles, meaning)
    telling = {
        stem: {label: (weight * fitting[stem][label], weight) for label, weight in of.items()}
        for stem, of in weights.items()
        if stem in fitting
    }
    best = {stem: max(of, key=lambda label: (of[label], -label)) for stem, of in telling.items()}
    named: dict[int, list[str]] = {}
    for label in sorted(set(labels)):
        own = [stem for stem, winner in best.items() if winner == label]
        first = sorted(own, key=lambda stem: ([-each for each in telling[stem][label]], stem))
        here = [at for at, each in enumerate(labels) if each == label]
        theirs = written | _written([spoken[at] for at in here], stem_of)
        about = {word: stem for word, stem in stem_of.items() if label in telling.get(stem, {})}
        beside = _beside([texts[at] for at in here], about)
        if first:
            named[label] = _joined(first, theirs, beside)
    return named


def _joined(first: Sequence[str], written: dict[str, str], beside: dict[str, Pair]) -> list[str]:
    """Return the words of these stems, those that belong together as one, each stem said once."""
    chosen: list[tuple[str, ...]] = []
    for stem in first:
        if len(chosen) == WORDS:
            break
        pair = beside.get(stem, (stem,))
        said = [each for each in chosen if set(each) & set(pair)]
        if not said:
            chosen.append(pair)
        elif len(said) == 1 and set(said[0]) < set(pair):
            chosen[chosen.index(said[0])] = pair  # the other word stood there alone
        elif not any(stem in each for each in said):
            chosen.append((stem,))
    return [" ".join(written[stem] for stem in each) for each in chosen]


def _beside(texts: Sequence[Told], stem_of: dict[Spoken, str]) -> dict[str, Pair]:
    """Return stem -> two stems in their order, of those that in most of a cluster's texts stand beside the same other one."""
    saying: dict[Pair, set[int]] = defaultdict(set)
    held: Counter[str] = Counter()
    for at, each in enumerate(texts):
        spoken = {(word, each.language) for word in _WORD.findall(each.text)}
        held.update({stem_of[word] for word in spoken if word in stem_of})
        for words in _NEXT.findall(each.text):
            stems = [stem_of[word, each.language] for word in words if (word, each.language) in stem_of]
            if len(set(stems)) == len(words):
                saying[tuple(stems)].add(at)
    found: dict[str, Pair] = {}
    for pair in sorted(saying, key=lambda each: (len(saying[each]), each)):  # the commonest last, which stays
        if len({texts[at].project_id for at in saying[pair]}) >= _PROJECTS:
            found |= {stem: pair for stem in pair if len(saying[pair]) >= _BESIDE * held[stem]}
    return found


def _considered(weights: dict[str, dict[int, float]]) -> dict[str, dict[int, float]]:
    """Return the words that tell the most of each cluster."""
    own: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for stem, of in weights.items():
        for label, weight in of.items():
            own[label].append((-weight, stem))
    kept: dict[str, dict[int, float]] = defaultdict(dict)
    for label, words in own.items():
        for weight, stem in sorted(words)[:_CONSIDERED]:
            kept[stem][label] = -weight
    return kept


def _fitting(words: dict[str, str], middles: Floats, meaning: Meaning) -> dict[str, Floats]:
    """Return stem -> how well what the word means fits what each cluster is about, 0 to 1; without those that say nothing."""
    if not words:
        return {}
    means, beside = unit(meaning(list(words.values()))), unit(meaning(_SAYS_NOTHING))
    # Without what is common to all words, as the middles are without what is common to all texts.
    fits = np.clip(unit(means - means.mean(axis=0)) @ unit(middles).T, 0, 1).round(3)
    says = (means @ beside.T).max(axis=1) < _NEARLY
    return {stem: fit for stem, fit, said in zip(words, fits, says, strict=True) if said}


def _weights(texts: Sequence[Told], labels: Sequence[int], holding: Sequence[set[str]]) -> dict[str, dict[int, float]]:
    """Return stem -> cluster -> how much it tells: in which part of its texts it stands, and how much larger that is than usual."""
    everywhere, sizes = Counter(stem for held in holding for stem in held), Counter(labels)
    weights: dict[str, dict[int, float]] = defaultdict(dict)
    for label, stem, count in _said(texts, labels, holding):
        share, usual = count / sizes[label], everywhere[stem] / len(texts)
        if share >= _OF_TEXTS and share > usual:
            weights[stem][label] = round(share * log(share / usual), 9)
    return weights


def _said(texts: Sequence[Told], labels: Sequence[int], holding: Sequence[set[str]]) -> Iterator[tuple[int, str, int]]:
    """Go through cluster, stem, and in how many of its texts that stands, where several projects said it."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    projects: dict[tuple[int, str], set[UUID]] = defaultdict(set)
    for each, label, held in zip(texts, labels, holding, strict=True):
        counts[label].update(held)
        for stem in held:
            projects[label, stem].add(each.project_id)
    for label, stems in counts.items():
        for stem, count in stems.items():
            if len(projects[label, stem]) >= _PROJECTS:
                yield label, stem, count


def _written(spoken: Sequence[Counter[Spoken]], stem_of: dict[Spoken, str]) -> dict[str, str]:
    """Return stem -> the word that these texts write for it most often; in small letters, unless it is always written with a capital."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for words in spoken:
        for word, count in words.items():
            if word in stem_of:
                forms[stem_of[word]][word[0]] += count
    return {
        stem: min(counted, key=lambda word: (not word[0].islower(), -counted[word], word))
        for stem, counted in forms.items()
    }
