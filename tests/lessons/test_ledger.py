"""The claim ledger: every claim of the article has its row, and the library's copy is what the
lessons wrote."""

import json
import tomllib

import lessons
import page_parts
import pages
import pytest

# the claims that the article makes, by its sections; lessons may add others
CLAIMS = """
1-a 1-b 1-c 1-d 2-a 2-b 2-c 3.1-a 3.1-b 3.1-c 3.2-a 3.3-a 3.3-b 3.3-c 3.3-d 3.4-a 3.4-b 3.4-c 3.4-d
3.4-e 4.1-a 4.2-a 4.3-a 5.1-a 5.2-a 5.4-a 6.1-a 6.2-a 6.3-a 7-a 8.1-a 8.2-a 8.2-b 8.2-c 8.2-d 8.2-e
8.3-a 8.4-a 8.4-b 8.4-c 8.4-d 9-1 9-2 9-3 9-4 9-5
""".split()
ROWS = pages.claims()
DECLARED = tomllib.loads((lessons.LIBRARY / "claims.toml").read_text(encoding="utf-8"))


def test_the_articles_claims_are_declared():
    assert set(CLAIMS) <= set(DECLARED)


def test_what_was_declared_was_run_and_nothing_else():
    rows = {row["claim"]: row["lesson"].rsplit("/", 1)[1] for row in ROWS}
    assert rows == {claim: found["lesson"] for claim, found in DECLARED.items()}


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_has_one_row(claim):
    found = [row["lesson"] for row in ROWS if row["claim"] == claim]
    assert len(found) == 1, (
        f"claim {claim} has {len(found)} rows ({', '.join(found)}): one lesson gives "
        "its verdict, with evidence.verdict or check"
    )


def test_no_claim_has_two_rows():
    claims = [row["claim"] for row in ROWS]
    assert len(claims) == len(set(claims)), sorted(
        claim for claim in claims if claims.count(claim) > 1
    )


def test_the_librarys_copy_is_what_the_lessons_wrote():
    stored = json.loads((lessons.LIBRARY / "ledger.json").read_text(encoding="utf-8"))
    assert stored == pages.claims(own_only=True), (
        "lrdecay_lib/ledger.json is not what the notebooks say: run `make execute`"
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["claim"])
def test_a_row_says_all_that_a_reader_needs(row):
    assert row["verdict"] in page_parts.MARKS
    assert len(row["text"].split()) >= 4 and len(row["means"].split()) >= 5
    assert row["in_short"] and len(row["because"].split()) >= 5
    assert row["who"] in {"article", "book", "practice", "paper"}
    assert row["where"] or row["who"] != "article"
    assert [one["primary"] for one in row["conditions"]].count(True) == (
        row["kind"] == "measured"
    )
    for condition in row["conditions"]:
        low, high = condition["interval"]
        assert low <= condition["effect"] <= high and condition["margin"] > 0
        assert condition["level"] == 0.95 or not condition["primary"]
        assert condition["level"] >= 0.95 - 1e-9
        assert len(condition["seeds"]) >= 10, (
            f"{row['claim']}, {condition['condition']}: {len(condition['seeds'])} seeds are too few"
        )


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row["kind"] == "measured"],
    ids=lambda row: row["claim"],
)
def test_a_control_shows_nothing_for_the_claim(row):
    assert row["control"], f"the measured claim {row['claim']} has no control"
    assert row["control"]["passed"], (
        f"the control of {row['claim']} comes out for the claim, so its test tests nothing: "
        f"{row['control']}"
    )


# Where a control without the property is bound to come out against the claim as well
OF_AN_AMOUNT = {  # "markedly", "most": what has none of it falls short of the amount too
    "6.1-a": "half of the updates suffice",
    "6.1-b": "most of the gain",
    "9-3b": "the advised kinds are the best: worse kinds lose to the line too",
}


def test_what_refutes_a_claim_is_what_is_tested():
    """A control without the property that comes out against the claim as well shows that the
    property need not be what refutes it."""
    for row in ROWS:
        if (
            row["verdict"] == "refuted"
            and row["control"]
            and "interval" in row["control"]
        ):
            against = row["control"]["interval"][1] < -row["control"]["margin"]
            assert not against or row["claim"] in OF_AN_AMOUNT, row["claim"]


def test_two_claims_on_one_measurement_have_one_side():
    words = {row["claim"]: row["verdict"] for row in ROWS}
    assert (words["9-4"] == "supported") == (words["8.3-a"] == "supported")
