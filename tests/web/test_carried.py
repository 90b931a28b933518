"""What was carried furthest, on the page of what we learned: also who had no use for it."""

from collections.abc import Callable
from uuid import UUID

from browser import Browser
from telling import Teller

from hardwon.ports import Log


def test_it_says_who_adopted_it_and_for_whom_it_was_nothing(
    signed_in: Callable[..., Browser], log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """Of three projects two adopted it, in one of them it did not help, and it was nothing for the third; of nobody nothing is said."""
    teller, ada = Teller(log, organisation), signed_in()
    lesson, other = teller.lessons(teller.past_project(), "Ask for dates first.", "Keep the old keys.")
    for verdict, outcome in (("adopted", "did_not_help"), ("adopted", ""), ("not_relevant", "")):
        project = teller.project("A ferry")
        teller.offer(project, lesson, other)
        follow()
        page = f"/projects/{project}"
        ada.submit(f"{page}/suggestions/{lesson}", of=page, verdict=verdict)
        if outcome:
            ada.submit(f"{page}/outcomes/{lesson}", of=page, outcome=outcome)
        follow()
    told, untold = ada.get("/learned").text.split('id="carried"')[1].split('<li class="row">')[1:]
    for words in (
        "suggested to 3 projects",
        "adopted by 2 projects",
        "not for 1 project<",
        "did not help in 1 project<",
    ):
        assert words in told
    assert not any(words in untold for words in ("adopted by", "not for", "help in"))
