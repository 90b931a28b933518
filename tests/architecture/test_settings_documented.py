"""The table of settings in docs/how-to/configure.md says what the settings classes say."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from known_settings import COMMANDS_OWN, READERS, variables
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/configure.md"
ROW = re.compile(r"^\| `(HARDWON_\w+)` \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)


class Setting(NamedTuple):
    """A row's cells, without what tells a person what the setting means."""

    readers: str
    default: str


def documented(page: str) -> dict[str, Setting]:
    return {name: Setting(readers, default) for name, readers, default, _ in ROW.findall(page)}


def known() -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for reader, settings in READERS.items():
        for name, field in variables(settings).items():
            readers = f"{found[name].readers}, {reader}" if name in found else reader
            found[name] = Setting(readers, _default(field))
    everyone = ", ".join(READERS)
    return {name: row._replace(readers="all") if row.readers == everyone else row for name, row in found.items()}


def _default(field: FieldInfo) -> str:
    default: Any = field.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return "required"
    return "none" if default is None else f"`{default}`"


def test_the_page_tells_of_every_setting_who_reads_it_and_its_default() -> None:
    """I find every HARDWON_* setting in one table, with the default that it really has, and no setting that does not exist."""
    told = documented(PAGE.read_text("utf-8"))
    assert {name: row for name, row in told.items() if name not in COMMANDS_OWN} == known()
    assert told.keys() >= COMMANDS_OWN


def test_the_control_a_wrong_page_is_told_from_a_right_one() -> None:
    """A changed default, and a row that went missing, are noticed, so the test above can fail."""
    page = PAGE.read_text("utf-8")
    assert documented(page.replace("`info`", "`debug`")) != documented(page)
    assert "HARDWON_LOG_LEVEL" not in documented(page.replace("| `HARDWON_LOG_LEVEL`", "| HARDWON_LOG_LEVEL"))


def test_no_variable_is_read_past_the_settings() -> None:
    """Whatever HARDWON_* name stands in the code is a setting, or one of the commands' own."""
    # The last: `hardwon up` marks its processes with it.
    allowed = known().keys() | COMMANDS_OWN | {"HARDWON_SUPERVISED_BY"}
    code = [*ROOT.glob("shared/**/*.py"), *ROOT.glob("services/**/*.py"), *ROOT.glob("infra/**/*.py")]
    named = {name for file in code for name in re.findall(r"HARDWON_[A-Z_]*[A-Z]", file.read_text("utf-8"))}
    assert {name.removesuffix("_FILE") for name in named} - allowed <= {"HARDWON_NAME"}  # how config.py tells of any
