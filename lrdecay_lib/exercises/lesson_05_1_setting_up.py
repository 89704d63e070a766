"""Exercises of lesson 5.1, setting up."""

import math

from . import add


def new_enough(have, want):
    have_parts = [int(part) for part in have.split(".")]
    want_parts = [int(part) for part in want.split(".")]
    return have_parts >= want_parts


def _texts(version):
    return version.split(".")


add(
    "5.1.1",
    new_enough,
    "Is this version new enough?",
    1,
    """
    Write `new_enough(have, want)`: True if the version `have` is `want` or a later one, else
    False. Both are texts of three whole numbers, as "3.15.1".
    """,
    why="Lists are compared part by part, and the parts "
    "must be numbers: as numbers, 15 is more than 5.",
    hints=[
        "Which is the later version, 3.5.0 or 3.15.0? "
        'What does Python say to `"3.15.0" >= "3.5.0"`?',
        '`version.split(".")` gives the parts as '
        "texts. `int` makes a number of a text.",
        "Two lists of numbers can be compared with "
        "`>=`: the first part that differs decides.",
    ],
    probes=[
        ("3.6.0", "3.5.0"),
        ("3.4.9", "3.5.0"),
        ("3.5.0", "3.5.0"),
        ("3.15.1", "3.5.0"),
        ("2.9.3", "2.18.0"),
        ("10.0.0", "9.9.9"),
        ("2.0.0", "1.26.4"),
        ("1.26.4", "2.0.0"),
        ("1.4.10", "1.4.9"),
        ("3.5.0", "3.15.1"),
        ("1.5.2", "1.4.9"),
        ("2.3.0", "2.3.1"),
    ],
    slips=[
        (
            lambda have, want: have >= want,
            "Texts are compared letter by letter, whole or in parts, and "
            "the letter 1 comes before 5: so 3.15 counts as older than 3.5.",
        ),
        (
            lambda have, want: (
                [int(part) for part in _texts(have)]
                > [int(part) for part in _texts(want)]
            ),
            "The wanted version itself is new enough.",
        ),
        (
            lambda have, want: (
                float(have.rsplit(".", 1)[0]) >= float(want.rsplit(".", 1)[0])
            ),
            "As a decimal fraction 3.15 is less than 3.5, and "
            "the third part is lost. A version is no fraction.",
        ),
        (
            lambda have, want: int(have.replace(".", "")) >= int(want.replace(".", "")),
            "Without the dots 2.9.3 is 293 and 2.18.0 is 2180, "
            "but 10.0.0 is 1000: the parts run into one another.",
        ),
        (
            lambda have, want: int(_texts(have)[0]) >= int(_texts(want)[0]),
            "Only the first part is looked at. Where it is equal, the next decides.",
        ),
        (
            lambda have, want: (
                [int(part) for part in _texts(have)][:2]
                >= [int(part) for part in _texts(want)][:2]
            ),
            "The third part is not looked at.",
        ),
        (
            lambda have, want: all(
                int(a) >= int(b) for a, b in zip(_texts(have), _texts(want))
            ),
            "This wants every part to be large enough. Where an "
            "earlier part is larger, the later ones do not matter.",
        ),
        (
            lambda have, want: (
                [int(part) for part in _texts(want)]
                >= [int(part) for part in _texts(have)]
            ),
            "The two are the wrong way round.",
        ),
        (
            lambda have, want: have == want,
            "A later version than the wanted one is fine as well.",
        ),
    ],
)


def decimal_digits(bits):
    return math.floor((bits - 1) * math.log10(2))


add(
    "5.1.2",
    decimal_digits,
    "How many digits does a float keep?",
    2,
    """
    A float whose numbers have `bits` binary digits is sure to keep d decimal digits apart as long
    as 10 to the d is at most 2 to the (`bits` − 1). Write `decimal_digits(bits)`: the largest
    whole d for which that holds, as an int.
    """,
    why="Take the logarithm of both sides, and round down. "
    "It gives 6 for float32 (24 bits), 15 for float64 (53).",
    hints=[
        "Try it by hand for 11 bits: which powers of 10 are at most 1024?",
        "Taking the logarithm to base 10 of both sides turns the powers into products.",
        "The largest whole number that is at most something "
        "is found by rounding down: `math.floor`.",
    ],
    probes=[
        (11,),
        (24,),
        (53,),
        (8,),
        (9,),
        (64,),
        (113,),
        (4,),
        (14,),
        (5,),
        (31,),
        (100,),
    ],
    slips=[
        (
            lambda bits: math.floor(bits * math.log10(2)),
            "This takes 2 to the `bits`: the 1 is forgotten.",
        ),
        (
            lambda bits: math.floor((bits - 1) * math.log(2)),
            "This is the natural logarithm. The digits are those of base 10.",
        ),
        (
            lambda bits: math.ceil((bits - 1) * math.log10(2)),
            "Rounded up, the last digit is not kept for sure.",
        ),
        (
            lambda bits: round((bits - 1) * math.log10(2)),
            "`round` goes to the nearest, and so sometimes "
            "up: then the last digit is not kept for sure.",
        ),
        (
            lambda bits: (bits - 1) * math.log10(2),
            "A number of digits is whole: round down.",
        ),
        (lambda bits: bits - 1, "These are binary digits."),
        (
            lambda bits: math.floor((bits - 1) / math.log10(2)),
            "A decimal digit needs more than three binary "
            "ones, so there must be fewer of them: multiply.",
        ),
        (
            lambda bits: math.floor((bits + 1) * math.log10(2)),
            "The 1 has the wrong sign.",
        ),
    ],
)
