"""What a project was suggested, on its page: the best at once, the rest when it is asked for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from typing import NamedTuple
from uuid import UUID

import pytest
from browser import Browser
from telling import BY_A_TEST, Teller

from hardwon import handlers
from hardwon.domain.commands import GiveFeedback
from hardwon.domain.values import Reason
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.ports import Log
from hardwon_api.web.wording import leading, parted

_ALL, _AT_ONCE = 12, 3
REASONS = {
    1: (Reason("similar_text", "summary", "old systems are retired", 0.5, asked="New readers on every pier."),),
    2: (Reason("similar_text", "summary", "Look earlier.", 0.5, asked="Inspectors get tablets."),),
    3: (
        Reason(
            "similar_text",
            "name",
            "a pier is closed",
            0.5,
            asked="Tablets for inspectors who check mobile tickets and write penalty fares",
        ),
        Reason("meant_for", "profile", "a pier is closed", 0.3),
        Reason("recent", "", "", 0.04),
    ),
    4: (
        Reason("similar_text", "technologies", "Look earlier.", 0.5),
        Reason("similar_project", "profile", "", 0.4),
        Reason("meant_for", "profile", "a pier is closed", 0.3),
    ),
    5: (
        Reason(
            "similar_text",
            "name",
            "Look earlier.",
            0.5,
            asked="Earlier ferry for all piers of the river, with what they need there by May",
        ),
        Reason("similar_project", "", "", 0.4),
    ),
    6: (Reason("similar_text", "summary", "Look earlier.", 0.5),),
}
WHY = [
    "You wrote: “New readers on every pier”. The lesson says: “old systems are retired”",
    "It is close to what you wrote: “Inspectors get tablets”",
    "It is meant for this case: “a pier is closed”",
    "It fits your technologies",
    "Its project was near to yours",
    "You both speak of: earlier, ferry",
    "Close in meaning to what you wrote",
]
"""The name is not quoted, it stands above; of the fourth the two weightiest are told, of the third what adds little is not; of the fifth
nothing says more than the card, but for the words; the sixth was recorded before what was asked was kept."""
PART = {"HX_Request": "true"}


class Suggested(NamedTuple):
    """A project, and the lessons that it was suggested."""

    project: UUID
    lessons: list[UUID]
    follow: Callable[[], None]

    @property
    def address(self) -> str:
        return f"/projects/{self.project}"


@pytest.fixture
def suggested(log: Log, organisation: UUID, follow: Callable[[], None]) -> Suggested:
    teller = Teller(log, organisation)
    past, project = teller.past_project(), teller.project("Tablets for inspectors")
    lessons = teller.lessons(past, *(f"Lesson {number} of a ferry." for number in range(_ALL)))
    teller.offer(project, *lessons[2:], reasons={at: REASONS[at + 2] for at in (1, 2, 3, 4)})
    teller.offer(project, *lessons[:2], reasons=REASONS, occasion="digest")
    follow()
    return Suggested(project, lessons, follow)


def cards(html: str) -> list[str]:
    return [part.partition('"')[0] for part in html.split('id="lesson-')[1:]]


def test_the_rest_comes_when_it_is_asked_for(
    signed_in: Callable[..., Browser], suggested: Suggested, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page opens with the best three, says how many more there are, and is given these, in their order, once they are wanted."""
    ada, ids = signed_in(), [str(id_) for id_ in suggested.lessons]
    page = ada.get(suggested.address).text
    assert cards(page) == ids[:_AT_ONCE]
    assert "9 more" in page
    assert f"{_ALL} lessons of other projects may help." in page
    assert f'hx-get="{suggested.address}?beyond=3"' in page
    more = ada.get(f"{suggested.address}?beyond=3", **PART).text
    assert cards(more) == ids[3:]
    assert " more</summary>" not in more
    # Where there are more than one wants to be sent at a time.
    monkeypatch.setattr("hardwon_api.web.suggestions.NEXT", 5)
    more = ada.get(f"{suggested.address}?beyond=3", **PART).text
    assert cards(more) == ids[3:8]
    assert "4 more" in more
    assert f'hx-get="{suggested.address}?beyond=8"' in more


def test_a_near_project_that_no_card_names_is_named(
    signed_in: Callable[..., Browser], log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """Below the first cards a line leads to the project of others that was most like mine, unless one of them is of it."""
    teller = Teller(log, organisation)
    near, project = teller.project("A ferry for all"), teller.project("Tablets for inspectors")
    lessons = [*teller.lessons(teller.past_project(), "One.", "Two.", "Three."), *teller.lessons(near, "Four.")]
    teller.offer(project, *lessons, reasons={4: (Reason("similar_project", "profile", "", 0.4),)})
    follow()
    ada, told = signed_in(), f'Near to your project too: <a href="/projects/{near}"'
    assert told in ada.get(f"/projects/{project}").text
    assert told not in ada.get(f"/projects/{project}?all=1").text


def test_without_script_a_link_shows_all(signed_in: Callable[..., Browser], suggested: Suggested) -> None:
    """Whoever has no script follows a link to the page with all of them; as of an earlier moment too."""
    ada, ids = signed_in(), [str(id_) for id_ in suggested.lessons]
    assert cards(ada.get(f"{suggested.address}?all=1").text) == ids
    assert cards(ada.get(f"{suggested.address}?step=0&all=1").text) == []
    ada.submit(f"{suggested.address}/suggestions/{ids[0]}", of=suggested.address, verdict="helpful")
    suggested.follow()
    then = ada.get(f"{suggested.address}?step=2").text
    assert cards(then) == ids[:_AT_ONCE]
    assert f'href="{suggested.address}?all=1&amp;step=2"' in then
    assert cards(ada.get(f"{suggested.address}?step=2&all=1").text) == ids


@pytest.mark.parametrize(("place", "shown"), [(0, ""), (_ALL - 1, "?all=1")])
def test_who_answers_without_script_comes_back_to_the_card(
    place: int, shown: str, signed_in: Callable[..., Browser], suggested: Suggested
) -> None:
    """Said of one of the rest, it leads back to the page that shows it."""
    id_ = suggested.lessons[place]
    said = signed_in().submit(f"{suggested.address}/suggestions/{id_}", of=suggested.address, verdict="helpful")
    assert said.location == f"{suggested.address}{shown}#lesson-{id_}"


@pytest.mark.parametrize("helped", [True, False], ids=["it helps itself", "the control: it does not"])
def test_an_answer_is_seen_while_no_worker_is_there(
    signed_in: Callable[..., Browser], suggested: Suggested, monkeypatch: pytest.MonkeyPatch, *, helped: bool
) -> None:
    """The page shows what was just pressed, though whoever advances the read models is busy or away."""
    if not helped:
        monkeypatch.setattr("hardwon.projections.catching_up.advance", lambda *_, **__: None)
        monkeypatch.setattr("hardwon.projections.catching_up._PATIENCE", 0)
    ada, page = signed_in(), suggested.address
    for pressed, shown in (("adopted", True), ("undo", False)):
        ada.submit(f"{page}/suggestions/{suggested.lessons[0]}", of=page, verdict=pressed)
        assert (f"1 of {_ALL} answered" in ada.get(page).text) is (shown and helped)


def test_a_card_quotes_both(signed_in: Callable[..., Browser], suggested: Suggested) -> None:
    """Why I see it: a sentence of mine, and the words of the lesson that answer it; nothing that stands on the card, or adds little."""
    page = signed_in().get(f"{suggested.address}?all=1").text
    why = [part.partition("</ul>")[0] for part in page.split('<ul class="why">')[1:]]
    said = [each.partition("</li>")[0] for part in why for each in part.split("<li>")[1:]]
    assert [unescape(each) for each in said][: len(WHY)] == WHY


def test_the_page_says_what_was_answered(signed_in: Callable[..., Browser], suggested: Suggested) -> None:
    """Who comes back reads at the top how much waits for a word; who only looks on is not called upon to say one."""
    ada = signed_in()
    ada.submit(f"{suggested.address}/suggestions/{suggested.lessons[0]}", of=suggested.address, verdict="helpful")
    suggested.follow()
    assert f"1 of {_ALL} answered, {_ALL - 1} wait for your answer." in ada.get(suggested.address).text
    assert f"The project has answered 1 of {_ALL}." in signed_in("Rita", "reader").get(suggested.address).text


@pytest.mark.parametrize("days", [0, 1], ids=["answered today", "answered yesterday"])
def test_what_was_answered_stands_behind_what_waits(
    signed_in: Callable[..., Browser],
    suggested: Suggested,
    log: Log,
    organisation: UUID,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
) -> None:
    """Who comes back on another day finds first what waits, and is asked whether what was adopted helped; until then nothing moves."""
    ada, (first, *others) = signed_in(), [str(id_) for id_ in suggested.lessons]
    said = datetime.now(UTC)
    adopted = GiveFeedback(suggested.project, suggested.lessons[0], "adopted", "")
    handlers.give_feedback(log, organisation, adopted, Request(new_id(), BY_A_TEST, said))
    suggested.follow()
    then = SimpleNamespace(now=lambda _zone: said + timedelta(days=days))
    monkeypatch.setattr("hardwon_api.web.before.datetime", then)
    assert cards(ada.get(f"{suggested.address}?all=1").text) == ([*others, first] if days else [first, *others])
    assert ("What you adopted: did it help?" in ada.get(suggested.address).text) is bool(days)


def test_what_was_answered_today_does_not_go_behind_what_came_since(
    signed_in: Callable[..., Browser], suggested: Suggested, log: Log, organisation: UUID
) -> None:
    """I adopt a lesson, and new ones come: they stand first, and mine is still among the cards that are shown."""
    ada, page, (first, *others) = signed_in(), suggested.address, [str(id_) for id_ in suggested.lessons]
    ada.submit(f"{page}/suggestions/{first}", of=page, verdict="adopted")
    teller = Teller(log, organisation)
    new = teller.lessons(teller.past_project(), "New one.", "New two.", "New three.")
    teller.offer(suggested.project, *new, occasion="new_lessons")
    suggested.follow()
    assert cards(ada.get(page).text) == [*(str(id_) for id_ in new), first]
    assert cards(ada.get(f"{page}?beyond=4", **PART).text) == others[:10]
    ada.submit(f"{page}/suggestions/{first}", of=page, verdict="helpful")  # another answer does not take it away either
    assert first in cards(ada.get(page).text)


@pytest.mark.parametrize(
    ("verdict", "told"), [("adopted", "asks later whether it helped"), ("already_known", "learn from it")]
)
def test_what_an_answer_leads_to_is_said(
    signed_in: Callable[..., Browser], suggested: Suggested, verdict: str, told: str
) -> None:
    """Before I press I read that it can be undone and what sets two apart, and then what it leads to; who only looks on reads neither."""
    ada, free = signed_in(), "All can be undone. Only “We will do this” is asked about later, on this page"
    assert ada.get(suggested.address).text.count(free) == _AT_ONCE
    assert free not in signed_in("Rita", "reader").get(suggested.address).text
    ada.submit(f"{suggested.address}/suggestions/{suggested.lessons[0]}", of=suggested.address, verdict=verdict)
    suggested.follow()
    page = ada.get(suggested.address).text
    assert told in page
    assert page.count(free) == _AT_ONCE - 1


@pytest.mark.parametrize(
    ("advice", "lead", "rest"),
    [
        ("Look earlier.", "Look earlier.", ""),
        ("Look earlier, e.g. in May. Then look again.", "Look earlier, e.g. in May.", "Then look again."),
        ("Prüfe z. B. Akkus zuerst. Dann mehr.", "Prüfe z. B. Akkus zuerst.", "Dann mehr."),
        ("Ask Dr. Müller, e.g. Siemens' one. Then go.", "Ask Dr. Müller, e.g. Siemens' one.", "Then go."),
        ("**Look** earlier. Then again.", "**Look** earlier. Then again.", ""),
        ("- Look.\n- Look again. Then go.", "- Look.\n- Look again. Then go.", ""),
    ],
    ids=["one sentence", "two", "German", "abbreviations", "markup", "a list"],
)
def test_an_advice_begins_with_what_a_glance_needs(advice: str, lead: str, rest: str) -> None:
    """The first sentence stands by itself, unless it would be torn out of its markup."""
    assert leading(advice) == (lead, rest)


@pytest.mark.parametrize(
    ("story", "opening", "rest"),
    [
        ("Short.", "Short.", ""),
        (f"It began. {'It went on. ' * 25}", f"It began. {'It went on. ' * 18}".strip(), ("It went on. " * 7).strip()),
        ("word " * 60, f"{('word ' * 46).strip()} …", f"… {('word ' * 14).strip()}"),
        ("w" * 280, f"{'w' * 230} …", f"… {'w' * 50}"),
    ],
)
def test_a_story_goes_on_where_the_card_left_off(story: str, opening: str, rest: str) -> None:
    """What is unfolded repeats nothing: a card tells a story whole, or begins it with whole sentences, or else whole words."""
    assert parted(story.strip()) == (opening, rest)


def test_who_looks_on_reads_whether_it_helped(signed_in: Callable[..., Browser], suggested: Suggested) -> None:
    """Of what the project adopted a reader sees what came of it, and no buttons to say so."""
    ada, page, id_ = signed_in(), suggested.address, suggested.lessons[0]
    ada.submit(f"{page}/suggestions/{id_}", of=page, verdict="adopted")
    suggested.follow()
    said = ada.submit(f"{page}/outcomes/{id_}", of=page, outcome="helped", back=f"{page}?before=open#before")
    assert said.location == f"{page}?before=open#before"
    suggested.follow()
    looked = signed_in("Rita", "reader").get(page).text.partition("What you adopted: did it help?")[2]
    assert "It helped." in looked
    assert 'name="outcome"' not in looked
