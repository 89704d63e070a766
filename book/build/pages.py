"""The pages that are written from the lessons' own outputs: the claim ledger and the timings.

They go into book/generated/, which is not committed: nothing in them is typed by hand.
"""

import json

import lessons

GENERATED = lessons.ROOT / "book" / "generated"
CLAIM = "application/vnd.lrdecay.claim+json"
MARKS = {"supported": "✔ supported", "refuted": "✘ refuted", "it depends": "◐ it depends", "not shown": "○ not shown"}


def title_of(notebook):
    return next(line[2:] for cell in notebook.cells if cell.cell_type == "markdown"
                for line in cell.source.splitlines() if line.startswith("# "))


def notebooks():
    """(path relative to the root without suffix, notebook) of each lesson that has been run, in order."""
    return [(path.relative_to(lessons.ROOT).with_suffix("").as_posix(), lessons.read_notebook(path))
            for path in sorted(lessons.CHAPTERS.glob("en/*.ipynb"))]


def claims(own_only=False):
    """The ledger's rows, in the order of the lessons, each with the lesson and the cell that shows it.

    Args:
        own_only: leave out the lessons that sum the ledger up.
    """
    rows = []
    for name, notebook in notebooks():
        if own_only and lessons.reads_ledger(notebook):
            continue
        for number, cell in enumerate(notebook.cells):
            for output in cell.get("outputs", []):
                row = output.get("data", {}).get(CLAIM)
                if row:
                    rows.append({**row, "lesson": name, "title": title_of(notebook), "cell": number})
    return rows


def as_json(rows):
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def write_ledger():
    """The library's copy of the ledger, which lessons 8.1 and 9 read, wherever they run."""
    path, text = lessons.LIBRARY / "ledger.json", as_json(claims(own_only=True))
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(item).replace("|", "\\|").replace("\n", " ") for item in line) + " |"
                     for line in lines) + "\n"


def link(name, words):
    return f"[{words}](/{name}.ipynb)"


def short_link(row):
    """A link to the lesson of a row by its number, which is the first word of its title."""
    return link(row["lesson"], row["title"].split()[0])


def ledger():
    return table(["Claim", "The article claims", "Verdict", "Why", "Lesson"], [
        [row["claim"], row["text"], f"**{MARKS[row['verdict']]}**", row["because"].replace("\n", "<br>"), short_link(row)]
        for row in claims()])


def timings():
    rows = [(name, title_of(notebook), notebook.metadata["lrdecay"]["seconds"]) for name, notebook in notebooks()]
    total = sum(seconds for *_, seconds in rows)
    return table(["Lesson", "Seconds"], [[link(name, title), f"{seconds:.1f}"] for name, title, seconds in rows]
                 + [["All lessons, one after another", f"**{total:.0f}**"]])


def verdicts():
    """The short table of the landing page."""
    return table(["The article claims", "Verdict", "Lesson"], [
        [row["text"], f"**{MARKS[row['verdict']]}**", short_link(row)] for row in claims()])


SECTIONS = {
    0: "Before you start: how to read a claim",
    1: "Background: why the rate cannot stay what it was", 2: "Concepts, and how they hang together",
    3: "The algorithm: families, steps, gains and costs, uses", 4: "The mathematics: formulas, a derivation, an example",
    5: "A project: a training program and its result", 6: "Uses: convergence, overfitting, stability",
    7: "Tools and references", 8: "Summary: trends, challenges, outlook", 9: "Questions and answers",
}


def contents():
    """The nine sections, each with the lessons that stand."""
    lines = []
    for number, title in SECTIONS.items():
        ready = [link(name, title_of(notebook)) for name, notebook in notebooks()
                 if name.rsplit("/", 1)[1].startswith(f"{number:02d}_")]
        lines.append(f"{number}. {title}" + "".join(f"\n   - {lesson}" for lesson in ready or ["*not yet written*"]))
    return "\n".join(lines) + "\n"


def hero():
    """The landing page's figure: the first one of lesson 3.2."""
    notebook = lessons.read_notebook(lessons.CHAPTERS / "en" / "03_2_step_decay.ipynb")
    return next(output.data["image/svg+xml"] for cell in lessons.code_of(notebook) for output in cell.outputs
                if "image/svg+xml" in output.get("data", {}))


def write():
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "hero.svg").write_text(hero(), encoding="utf-8")
    (GENERATED / "verdicts.md").write_text(verdicts(), encoding="utf-8")
    (GENERATED / "contents.md").write_text(contents(), encoding="utf-8")
    (GENERATED / "ledger.md").write_text(ledger(), encoding="utf-8")
    (GENERATED / "timings.md").write_text(timings(), encoding="utf-8")
    (GENERATED / "ledger.json").write_text(as_json(claims()), encoding="utf-8")
