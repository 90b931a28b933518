"""Projects called the same, for whoever starts one of a name that is taken."""

from telling import Teller

from hardwon import organisations
from hardwon.ports import Log
from hardwon.projections import projects
from hardwon.projections.following import Pool, advance


def test_projects_called_the_same_are_found(pool: Pool, log: Log) -> None:
    """In large letters or small, umlauts too, the newest first; not those of a name that only begins so, nor of another organisation."""
    ours, theirs = (organisations.register(log, name, "tests") for name in ("Ours", "Theirs"))
    teller = Teller(log, ours)
    first, second = teller.project("Fähre für Räder"), teller.project("FÄHRE FÜR RÄDER", team="Harbour")
    teller.project("Fähre für Räder II")
    Teller(log, theirs).project("Fähre für Räder")
    for organisation in (ours, theirs):
        advance(pool, projects.PROJECTION, organisation)
    with pool.of(ours) as connection:
        found = projects.named(connection, ours, "fähre für räder", limit=5)
        newest = projects.named(connection, ours, "fähre für räder", limit=1)
        assert projects.named(connection, ours, "Fähre", limit=5) == []
    assert [each["project_id"] for each in found] == [second, first]
    assert found[0]["profile"]["team"] == "Harbour"
    assert newest == found[:1]
