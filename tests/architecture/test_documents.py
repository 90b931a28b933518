"""Documents cannot rot: what they link to exists, and what they promise stands in the right form."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    file
    for file in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("[sit]*/**/README.md")]
    if ".venv" not in file.parts
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.+)$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    """A link to a file or a heading that is not there is named."""
    broken = []
    for link in LINK.findall(document.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


def test_the_architecture_page_names_a_file_for_each_step() -> None:
    """ARCHITECTURE.md walks the flow by links to real files, from the command to the page."""
    links = LINK.findall((ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    for part in (
        "services/api/",
        "shared/hardwon/domain/",
        "shared/hardwon/log/",
        "shared/hardwon/projections/",
        "services/worker/",
    ):
        assert any(link.startswith(part) for link in links), part


@pytest.mark.parametrize("record", sorted(ROOT.glob("docs/decisions/0*.md")), ids=lambda file: file.stem)
def test_a_decision_record_ends_in_what_enforces_it(record: Path) -> None:
    """Each record's last heading says what keeps the decision true, and names at least one file that exists."""
    text = record.read_text("utf-8")
    assert HEADING.findall(text)[-1] == "Enforced by"
    assert len(text.splitlines()) < 90
    named = re.findall(r"`([\w./-]+\.(?:py|toml|sql|yml|json)|Makefile)`", text.rsplit("Enforced by", 1)[1])
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
