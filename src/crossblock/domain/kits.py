"""Kit ids: names of packages that say nothing, and notice when they are misread.

Seven random letters and a check letter, written XXXX-XXXX. The alphabet has 23 letters and digits
(a prime number) without vowels and look-alikes, so the check

    sum over places i = 1 .. 8 of i * value(letter i) = 0   (modulo 23)

finds every single wrong letter and every two letters that changed places.
"""

from __future__ import annotations

from crossblock.domain.blocks import Draw

ALPHABET = "23456789CDFGHJKMNPRTWXY"
PLACES = 8


def kit_ids(count: int, draw: Draw) -> tuple[str, ...]:
    """Return `count` different kit ids in random order, unrelated to each other."""
    found: dict[str, None] = {}
    while len(found) < count:
        body = "".join(ALPHABET[draw(len(ALPHABET))] for _ in range(PLACES - 1))
        found[f"{body[:4]}-{body[4:]}{check_letter(body)}"] = None
    return tuple(found)


def check_letter(body: str) -> str:
    """Return the eighth letter for the first seven: 8 c = -sum i * value(i)  (modulo 23)."""
    prime = len(ALPHABET)
    total = sum(i * ALPHABET.index(letter) for i, letter in enumerate(body, start=1))
    return ALPHABET[-total * pow(PLACES, -1, prime) % prime]


def is_kit_id(text: str) -> bool:
    """Tell whether `text` is a kit id without a slip of the pen; case and hyphen do not matter."""
    letters = text.upper().replace("-", "").strip()
    if len(letters) != PLACES or not set(letters) <= set(ALPHABET):
        return False
    return check_letter(letters[:-1]) == letters[-1]


def written(text: str) -> str:
    """Return a kit id as it is printed: XXXX-XXXX in capitals."""
    letters = text.upper().replace("-", "").strip()
    return f"{letters[:4]}-{letters[4:]}"
