"""The quiz of each lesson: where it stands, its form, and whether the place of the right option
gives it away."""

import re
from collections import Counter

import lessons
import pytest

TEXTS = lessons.texts()
# Without the blank lines the explanation would not be read as Markdown.
OPTION = re.compile(
    r"^<details><summary>(.+)</summary>\n\n(.+)\n\n</details>$", re.MULTILINE
)


def questions(text):
    """The questions of a lesson's quiz, each a list of (option, explanation)."""
    quiz = re.search(
        r"^## Check yourself\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
    )
    parts = (
        re.split(r"^\*\*\d+\.\*\* ", quiz[1], flags=re.MULTILINE)[1:] if quiz else []
    )
    return [OPTION.findall(part) for part in parts]


def problems(text):
    """What is wrong with a lesson's quiz, in sentences."""
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    if ("Check yourself", "Exercises") not in zip(headings, headings[1:]):
        yield "'## Check yourself' does not stand directly before '## Exercises'"
    found = questions(text)
    if len(found) < 2:
        yield f"the quiz has {len(found)} questions; it needs two"
    outcomes = text.count("<details><summary>What we got</summary>")
    if text.count("<details") - outcomes != sum(map(len, found)):
        yield (
            "a <details> is not an option of the quiz: see the form of an option in "
            "another lesson, blank lines included"
        )
    for number, options in enumerate(found, start=1):
        names = [name.casefold() for name, _ in options]
        answers = [
            re.match(r"\*\*(Yes|No)\.\*\* ", explanation) for _, explanation in options
        ]
        if len(options) not in (3, 4):
            yield f"question {number} has {len(options)} options, not three or four"
        if len(set(names)) < len(names):
            yield f"question {number} has an option twice"
        if not all(answers):
            yield (
                f"question {number} has an explanation that begins with neither **Yes.** "
                "nor **No.**"
            )
        elif [answer[1] for answer in answers].count("Yes") != 1:
            yield f"question {number} has not exactly one right option"
        for name, explanation in options:
            if len(explanation.split()) < 9:  # with its first word, Yes or No
                yield f"question {number} explains the option {name!r} in fewer than eight words"
            if re.search(r"[`$*]", name):
                yield (
                    f"question {number} has Markdown in the option {name!r}, which shows "
                    "raw: write words, or <code>"
                )


def places(texts):
    """How often the right option stands first, second, and so on."""
    return Counter(
        place
        for text in texts
        for options in questions(text)
        for place, (_, explanation) in enumerate(options, start=1)
        if explanation.startswith("**Yes.**")
    )


def gives_itself_away(counts):
    """Whether one of the first three places is right less than once in ten questions."""
    return any(10 * counts[place] < counts.total() for place in (1, 2, 3))


@pytest.mark.parametrize("text", TEXTS, ids=[text.stem for text in TEXTS])
def test_quiz_is_well_formed(text):
    found = list(problems(text.read_text(encoding="utf-8")))
    assert not found, f"{text.name}: " + "; ".join(found)


def test_the_place_of_the_right_option_says_nothing():
    counts = places(text.read_text(encoding="utf-8") for text in TEXTS)
    assert not gives_itself_away(counts), (
        f"the right option stands {dict(counts)} times at these places: move some"
    )


QUESTION = """**{}.** Which of them floats?

<details><summary>The stone does.</summary>

**No.** It looks light in the picture, but it is denser than water.

</details>

<details><summary>The cork does.</summary>

**Yes.** It is lighter than the water that it pushes out of its way.

</details>

<details><summary>Neither of them does.</summary>

**No.** Small things seem to sink at first, and then one of them comes up.

</details>

"""
GOOD = (
    "## What we saw\n\n- Corks.\n\n## Check yourself\n\nDecide first.\n\n"
    + QUESTION.format(1)
    + QUESTION.format(2)
    + "## Exercises\n"
)


def test_the_good_quiz_passes():
    assert list(problems(GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("## Exercises", "## Further reading\n\n## Exercises", "directly before"),
        ("## Check yourself", "## Quiz", "directly before"),
        (QUESTION.format(2), "", "1 questions"),
        (
            "<details><summary>Neither of them does.</summary>\n\n",
            "<details><summary>Neither of them does.</summary>\n",
            "blank lines",
        ),
        ("- Corks.", "<details><summary>Corks.</summary></details>", "not an option"),
        (QUESTION[QUESTION.index("<details><summary>Neither") :], "", "2 options"),
        ("The stone does.", "The cork does.", "twice"),
        ("**Yes.**", "**Right.**", "neither"),
        ("**Yes.**", "**No.**", "exactly one"),
        ("**No.**", "**Yes.**", "exactly one"),
        (
            "It looks light in the picture, but it is denser than water.",
            "It sinks, as stones do.",
            "eight words",
        ),
        ("The stone does.", "The `stone` does.", "shows raw"),
    ],
)
def test_a_bad_quiz_is_noticed(old, new, complaint):
    assert old in GOOD
    assert complaint in "; ".join(problems(GOOD.replace(old, new)))


def test_a_right_option_always_in_one_place_is_noticed():
    assert places([GOOD, GOOD]) == {2: 4}
    assert gives_itself_away(places([GOOD, GOOD]))
    assert not gives_itself_away(Counter({1: 3, 2: 3, 3: 3, 4: 1}))
