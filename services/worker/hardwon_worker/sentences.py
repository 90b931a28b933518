"""A text's sentences, among which the passage is looked for that is shown as a reason."""

import re

MOST = 12
"""So many of a text's first sentences: one long-winded lesson must not keep all others waiting."""
# Not before a small letter, so that "e.g. this" stays whole; the last class is the full stop, exclamation and question mark of Chinese.
_END = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"')\]]))\s+(?=[^\sa-z])|(?<=[\u3002\uff01\uff1f])|\n+")


def sentences(text: str, most: int | None = MOST) -> list[str]:
    return [each.strip() for each in _END.split(text) if each.strip()][:most]
