"""Text that behaves like text, made up from a seed: few words are common and most are rare, and what belongs together is told in like words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_SMALL = (
    "the of to and a in was we it for that on with had by not at from this were be as but when which our after before so they"
).split()
_ORDINARY = (
    "project team week month plan release test customer time work change problem need build find late early start end risk meeting question"
    " answer review design code server order part cost budget supplier contract delivery schedule delay failure error bug feature user"
    " request report data system service network machine tool process step check list document page manual training person manager engineer"
    " developer designer owner partner office site field factory warehouse train road bridge engine pump valve sensor battery motor wheel"
    " cable board screen keyboard camera light heat water oil steel glass paper wood stone sand rain snow wind storm winter summer spring"
    " autumn morning night day hour minute year holiday travel flight ship harbour truck driver route map track signal station platform"
    " ticket price payment invoice bank loan tax law rule permit licence audit inspection quality safety accident fire alarm door lock key"
    " window wall floor roof room building tower garden school student teacher lesson book library word language translation voice sound"
    " music picture film game player level story character animation texture physics crash memory disk backup restore upgrade migration"
    " database table index query cache queue message event log metric alert deploy pipeline branch merge commit version package library"
    " dependency vendor patch security password token access account login permission role policy standard format protocol interface"
    " estimate guess measure count average limit share reason cause effect result outcome success win loss gain trade choice option"
    " decision vote agreement conflict trust respect silence noise habit culture morale stress overtime shift handover leave absence hiring"
    " interview budget grant sponsor board press public market demand sale campaign brand launch demo prototype pilot trial sample survey"
    " score rank goal target scope requirement wish idea draft sketch model drawing diagram chart graph number figure sum total"
    " broke slipped failed worked helped learned asked told waited missed forgot found fixed tested measured shipped changed moved stopped"
    " slow fast cheap dear heavy light small large short long old new open closed hidden clear vague wrong right ready broken"
).split()
_SYLLABLES = "ba be bra co cra da del do fa fi gor ha ki kel la lo ma mer mi na no or pa pel qui ra ren ri sa sol ta tor tu va vel vi wo za".split()
_TOPIC_WORDS = 20
_SHARE_OF_TOPIC = 0.65
"""Of the words that carry meaning, those that belong to the lesson's topic; the others may stand anywhere."""
_SHARE_OF_SMALL = 0.45
"""Of all words, as in English."""


@dataclass(frozen=True)
class Speech:
    """A vocabulary and topics, from which lessons and questions are made."""

    words: int = 60_000
    topics: int = 500
    seed: int = 20

    @cached_property
    def vocabulary(self) -> list[str]:
        """Words by how common they are: ordinary ones first, then names and terms that nobody else uses."""
        chance, made = np.random.default_rng(self.seed), dict.fromkeys(_ORDINARY)
        while len(made) < self.words:
            made["".join(chance.choice(_SYLLABLES, chance.integers(2, 6)))] = None
        return list(made)

    @cached_property
    def _of_topic(self) -> Ints:
        """Each topic's words, (topics, words): seldom the most common ones, or they would tell nothing."""
        chance = np.random.default_rng(self.seed + 1)
        return np.minimum(np.exp(chance.uniform(np.log(20), np.log(self.words), (self.topics, _TOPIC_WORDS))), self.words - 1).astype(int)

    def topics_of(self, count: int, chance: np.random.Generator) -> Ints:
        """Draw topics: a few are met again and again."""
        return _zipf(self.topics, count, 0.7, chance)

    def sentences(self, topics: Ints, chance: np.random.Generator) -> list[str]:
        """Return a sentence of each topic, of 5 to 20 words."""
        lengths = chance.integers(5, 21, len(topics))
        owner = np.repeat(topics, lengths)
        common = _zipf(self.words, len(owner), 1.0, chance)
        own = self._of_topic[owner, _zipf(_TOPIC_WORDS, len(owner), 0.7, chance)]
        chosen = np.where(chance.random(len(owner)) < _SHARE_OF_TOPIC, own, common)
        small = np.where(chance.random(len(owner)) < _SHARE_OF_SMALL, _zipf(len(_SMALL), len(owner), 0.8, chance), -1)
        told = [_SMALL[at] if at >= 0 else self.vocabulary[word] for at, word in zip(small, chosen, strict=True)]
        ends = np.cumsum(lengths).tolist()
        return [_sentence(told[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def _sentence(words: Sequence[str]) -> str:
    return f"{' '.join(words).capitalize()}."


def _zipf(kinds: int, count: int, exponent: float, chance: np.random.Generator) -> Ints:
    """Draw ``count`` numbers below ``kinds``, the n-th with a likelihood that falls as n to the power of ``exponent`` (Zipf, Mandelbrot)."""
    weights = (np.arange(kinds) + 2.7) ** -exponent
    return np.searchsorted(np.cumsum(weights / weights.sum()), chance.random(count)).clip(max=kinds - 1)
