"""The declarations: each is whole, its lesson judges it, and what is wrong is named."""

import ast
import re
import subprocess

import lessons
import pytest

from lrdecay_lib import claims

DECLARED = claims.declared()
LONGEST = 12  # characters of a key word of the article; a sentence is longer


def judged(text):
    """The ids that a lesson's cells hand to `evidence.verdict` and `evidence.check`."""
    found = []
    for cell in lessons.code_of(lessons.from_text(text)):
        for node in ast.walk(ast.parse(lessons.without_magics(cell.source))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "evidence.verdict",
                "evidence.check",
            ):
                found.append(ast.literal_eval(node.args[0]))
    return found


@pytest.mark.parametrize("text", lessons.texts(), ids=lambda text: text.stem)
def test_a_lesson_judges_the_claims_that_are_declared_for_it(text):
    declared = [name for name, claim in DECLARED.items() if claim.lesson == text.stem]
    assert sorted(judged(text)) == sorted(declared)


@pytest.mark.parametrize("claim", DECLARED.values(), ids=lambda claim: claim.id)
def test_a_claim_says_whose_it_is_and_where_it_stands(claim):
    assert (lessons.CHAPTERS / "en" / f"{claim.lesson}.md").exists()
    assert claim.says.endswith(".") and claim.means.rstrip(")").endswith(".")
    if claim.who == "article":
        assert claim.where.startswith("section ") and claim.words
        for words in re.split(r"[；;…，,、/]+|\s+", claim.words):
            assert len(words) <= LONGEST and "。" not in words, "key words, no sentence"
    elif claim.who == "paper":
        references = (lessons.ROOT / "book" / "references.bib").read_text(
            encoding="utf-8"
        )
        assert f"{{{claim.where}," in references


def test_a_loss_in_percent_has_a_margin_above_what_the_grid_costs():
    """One step of the grid can cost about 1 % of the loss (lesson 3.3)."""
    for claim in DECLARED.values():
        if claim.kind == "measured" and claim.unit == "%":
            assert claim.margin >= 1, claim.id


GOOD = """
["1-a"]
lesson = "01_background"
says = "A claim."
who = "book"
where = ""
about = "decay"
kind = "measured"
means = "What is tested."
primary = "a"
metric = "loss"
margin = 1
control = "c"
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "", None),
        ('who = "book"', 'who = "me"', "claim 1-a: who must be one of article"),
        ('about = "decay"', 'about = "x"', "about must be one of"),
        ('kind = "measured"', 'kind = "felt"', "kind must be one of"),
        ("margin = 1", "margin = 0", "the margin of 'a' must be above 0"),
        ("margin = 1", "", "the margin of 'a' must be above 0"),
        ('control = "c"', "", "a measured claim declares"),
        (
            'control = "c"',
            'control = "c"\nfurther = ["a"]',
            "a condition is named twice",
        ),
        ('control = "c"', 'control = "c"\nmargins = {b = 1}', "names no condition 'b'"),
        ('control = "c"', 'control = "c"\nfuther = ["b"]', "unknown field 'futher'"),
        ('kind = "measured"', 'kind = "exact"', "an exact claim has no primary"),
        ('says = "A claim."', "", "'says' is not declared"),
        ('says = "A claim."', "says = A claim.", "is no TOML"),
    ],
)
def test_a_wrong_declaration_is_named(tmp_path, old, new, words):
    file = tmp_path / "claims.toml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    if words is None:
        assert claims.read(file)["1-a"].conditions == ("a",)
    else:
        with pytest.raises(ValueError, match=words):
            claims.read(file)


def test_a_changed_declaration_makes_its_lesson_stale_and_no_other(tmp_path):
    library = tmp_path / "lrdecay_lib"
    subprocess.run(["cp", "-r", lessons.LIBRARY, library], check=True)
    texts = [
        lessons.CHAPTERS / "en" / f"{name}.md"
        for name in ("01_background", "02_1_concepts")
    ]
    before = [lessons.code_digest(lessons.from_text(text), library) for text in texts]
    file = library / "claims.toml"
    words = file.read_text(encoding="utf-8")
    start = words.index('["1-c"]')
    file.write_text(
        words[:start] + words[start:].replace("margin = ", "margin = 1", 1),
        encoding="utf-8",
    )
    after = [lessons.code_digest(lessons.from_text(text), library) for text in texts]
    assert before[0] != after[0] and before[1] == after[1]
