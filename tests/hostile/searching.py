"""One search by atheris: ``searching.py NAME FOLDER ...`` looks for bytes that break the parser NAME, until libFuzzer ends the process."""

import json
import sys

import atheris

with atheris.instrument_imports(include=["hardwon", "hardwon_api", "hardwon_local", "hardwon_worker"]):
    from parsers import PARSERS, attempt


@atheris.instrument_func
def careless(data: bytes) -> object:
    """Read a line as no parser of ours may, for the control: it takes for granted what only most lines hold."""
    told = json.loads(data) if data[:1] == b"{" and data[-1:] == b"}" else {"name": ""}
    return told["name"]


parse = PARSERS.get(sys.argv[1], careless)


def one_input(data: bytes) -> None:
    attempt(parse, data)


atheris.Setup(sys.argv[1:], one_input)
atheris.Fuzz()
