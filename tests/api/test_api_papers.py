"""What a project starts with: a charter, risks, goals come along, are kept as told, and stay out of lists."""

from api_client import Client

RISKS = {"kind": "risks", "title": "Risk list", "text": "- The supplier may be late.\n- <b>Nobody</b> may pay."}


def test_papers_are_kept_as_they_were_told(client: Client) -> None:
    """A paper is stored to the letter, shown with its project and left out of lists, which would grow long."""
    told = client.post("/projects", {"name": "New", "artefacts": [RISKS, {"kind": "goals", "text": "Open in May."}]})
    assert told.status_code == 201
    client.follow()
    project = client.get(f"/projects/{told.json['id']}").json
    assert project["artefacts"] == [RISKS, {"kind": "goals", "title": "", "text": "Open in May."}]
    assert client.get("/projects").json["items"][0]["artefacts"] == []


def test_papers_are_replaced_as_a_whole(client: Client) -> None:
    """A change names all papers anew; saying the same again is no event."""
    project = client.project(artefacts=[RISKS])
    changed = client.send(
        "PATCH", f"/projects/{project}", json={"artefacts": [{"kind": "charter", "text": "We build a pier."}]}
    )
    assert [each["kind"] for each in changed.json["artefacts"]] == ["charter"]
    again = client.send(
        "PATCH",
        f"/projects/{project}",
        json={"artefacts": [{"kind": "charter", "text": "We build a pier.", "title": ""}]},
    )
    assert again.json["version"] == changed.json["version"] == 2


def test_a_bad_paper_is_named(client: Client) -> None:
    """An unknown kind, an empty text and one that is too long are each pointed at."""
    bad = [{"kind": "poem", "text": "Roses."}, {"kind": "goals", "text": " "}, {"kind": "goals", "text": "x" * 20_001}]
    refused = client.post("/projects", {"name": "New", "artefacts": bad})
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json["errors"]} == {
        "/artefacts/0/kind",
        "/artefacts/1/text",
        "/artefacts/2/text",
    }
