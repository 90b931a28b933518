"""Passwords that are tried first. Of those that leaked, hardly any has twelve characters and is not made in one of these ways."""

import re
from functools import cache

_ROWS = """
    abcdefghijklmnopqrstuvwxyz 01234567890123456789 qwertyuiop qwertzuiop azertyuiop asdfghjkl zxcvbnm yxcvbnm 1qaz2wsx3edc4rfv5tgb6yhn7ujm
"""
"""What fingers run along."""
_LEAST_RUN = 4
_WORDS = """
    password passwort passw0rd pass word welcome letmein admin administrator root user login secret changeme change default guest test
    testing temp iloveyou love forever princess sunshine football baseball monkey dragon master superman batman shadow michael jordan
    charlie hello world freedom whatever trustno starwars computer internet summer winter spring autumn monday hardwon company qwe asd
"""
_PLAIN = str.maketrans("@4301!$5", "aaeoiiss")
"""The letters that these stand for."""
_FILLING = re.compile(r"[\W_]+|^\d{1,8}|\d{1,8}$")
_REPEATED = re.compile(r"(.+?)\1+")
_LEAST_LEFT = 6


def is_common(password: str) -> bool:
    """Tell whether hardly anything is left of it without common words, runs along the keyboard, digits at an end, and repetitions."""
    folded = password.casefold()
    return any(_left(each) < _LEAST_LEFT for each in (folded, folded.translate(_PLAIN)))


def _left(text: str) -> int:
    return len(_REPEATED.sub(r"\1", _FILLING.sub("", _common().sub(" ", text)).strip()))


@cache
def _common() -> re.Pattern[str]:
    """Return what finds the words and runs, the longest first."""
    parts = {*_WORDS.split()}
    for row in (*_ROWS.split(), *(row[::-1] for row in _ROWS.split())):
        parts |= {row[at : at + n] for n in range(_LEAST_RUN, len(row) + 1) for at in range(len(row) - n + 1)}
    return re.compile("|".join(map(re.escape, sorted(parts, key=len, reverse=True))))
