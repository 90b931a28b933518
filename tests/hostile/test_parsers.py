"""Whatever bytes reach a parser: it refuses them in its own words, or keeps what it promises."""

import json
import os

import pytest
from hypothesis import HealthCheck, assume, given, settings, target
from hypothesis import strategies as st
from parsers import PARSERS, SEEDS, attempt

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
TRIED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def _mutated(name: str) -> st.SearchStrategy[bytes]:
    """What the parser takes, with a stretch of it replaced: most of it gets past the first check."""

    def mutate(seed: bytes, at: int, gone: int, new: bytes) -> bytes:
        return seed[: at % (len(seed) + 1)] + new + seed[at % (len(seed) + 1) + gone :]

    pieces = st.binary(max_size=12) | st.sampled_from(
        [
            b'"',
            b"\\ud800",
            b"\\u0000",
            b"9" * 5_000,
            b"[" * 2_000,
            b"\xe2\x80\xa8",
            b"NaN",
            b"1e999",
            b"-",
            b"0000",
            b"\r",
        ]
    )
    return st.builds(mutate, st.sampled_from(SEEDS[name]), st.integers(0, 500), st.integers(0, 12), pieces)


@pytest.mark.parametrize("name", PARSERS)
@TRIED
@given(data=st.data())
def test_whatever_bytes_come_they_are_refused_or_read(name: str, data: st.DataObject) -> None:
    """Nothing else than a refusal comes out of it: no crash, and no value that breaks its promise."""
    given_bytes = data.draw(_mutated(name) | st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
    target(float(attempt(PARSERS[name], given_bytes)))


@pytest.mark.parametrize("name", PARSERS)
def test_each_takes_what_it_is_for(name: str) -> None:
    """Control: a parser that refuses everything would pass above."""
    assert any(attempt(PARSERS[name], seed) for seed in SEEDS[name])


def test_a_planted_fault_is_found() -> None:
    """Control: a parser that takes a number's text for short crashes, and the same search finds it."""

    def careless(data: bytes) -> object:
        return int(json.loads(data)["size"])

    @settings(max_examples=400, deadline=None, database=None, derandomize=True)
    @given(given_bytes=_mutated("json_body"))
    def search(given_bytes: bytes) -> None:
        assume(given_bytes != SEEDS["json_body"][0])
        attempt(careless, given_bytes)

    with pytest.raises(BaseException):  # noqa: B017, PT011 - whatever it is
        search()
