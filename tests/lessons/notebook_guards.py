"""What nbval does not see: each guard looks at one notebook and gives its problems as sentences.

nbval passes a notebook whose outputs were stripped and a figure that became a PNG, so these are
checked here. test_guards.py shows each guard failing on a doctored notebook.
"""

import ast
import re
import sys
import tomllib

import lessons

# Cells whose output may differ from run to run, each with its reason: {("03_2_step_decay", 5): "a
# timing"}
MAY_IGNORE_OUTPUT = {}

LAST_BITS = re.compile(r"\b\d(?:\.\d+)?e-1[3-9]\b")
TAGS = {"nbval-ignore-output", "hide-input"}
# What Colab ships that a lesson may import, beside the standard library and the book's own
COLAB = {
    "IPython",
    "gymnasium",
    "jax",
    "keras",
    "lrdecay_lib",
    "matplotlib",
    "numpy",
    "optax",
    "optuna",
    "packaging",
    "pandas",
    "scipy",
    "sklearn",
    "tensorflow",
    "threadpoolctl",  # scikit-learn needs it
}
# what comes with Colab, and not with the library: a reader elsewhere has to install it
APART = {
    re.match(r"[\w-]+", wanted)[0]
    for wanted in tomllib.loads((lessons.ROOT / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]["optional-dependencies"]["lessons"]
}
SILENT = {
    "new",
    "look",
    "label_ends",
    "to_svg",
    "LOOKS",
    "STYLE",
}  # what lrdecay_lib.figures has that shows nothing
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(?:home|root|tmp|usr|opt|work|Users|private)/\w|[A-Z]:\\\\"
)
NOT_PORTABLE = [
    (re.compile(r"^\s*(`{3,}|:{3,})\s*\{"), "a MyST directive"),
    (re.compile(r"\{[\w:+-]+\}`"), "a MyST role"),
    (re.compile(r"^\s*\([\w-]+\)=\s*$"), "a MyST target"),
    (re.compile(r"^\s*:::"), "a colon fence"),
    (re.compile(r"^%|^\+\+\+"), "a MyST comment or block break"),
    (re.compile(r"\{\{.*\}\}"), "a substitution"),
    (re.compile(r"\[\]\("), "a link without words"),
    (re.compile(r"^\s*```mermaid"), "a Mermaid diagram"),
]


MOST_WORDS = 1800  # before the exercises: a quarter of an hour of reading


def code_cells(notebook):
    return [
        (number, cell)
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    ]


def ran_in_order(notebook):
    counts = [cell.execution_count for _, cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield (
            f"the cells did not run once each from the top: their counts are {counts}; run "
            "`make execute`"
        )


def no_error_and_no_stderr(notebook):
    for number, cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                yield (
                    f"cell {number} ended with {output.ename}; catch it in the cell and "
                    "print it, if it is the lesson"
                )
            if output.output_type == "stream" and output.name == "stderr":
                yield f"cell {number} wrote to stderr: {output.text[:80]!r}; mend what it warns of"


def drawn(source):
    """Whether a cell's code shows a figure of lrdecay_lib.figures."""
    for call in re.finditer(r"figures\.(\w+)\(", source):
        if (
            call.group(1) not in SILENT
            and "display=False" not in source[call.end() :].split("\n\n")[0]
        ):
            return True
    return False


def figures_are_comparable(notebook):
    for number, cell in code_cells(notebook):
        kinds = [set(output.get("data", {})) for output in cell.outputs]
        if drawn(cell.source) and not any("image/svg+xml" in kind for kind in kinds):
            yield f"cell {number} draws, but no figure is stored; run `make execute`"
        if any({"image/png", "image/jpeg"} & kind for kind in kinds):
            yield (
                f"cell {number} stores a bitmap, which nbval cannot compare; show it with "
                "lrdecay_lib.figures.show"
            )
        for output in cell.outputs:
            svg = output.get("data", {}).get("image/svg+xml")
            if svg and "<dc:description>" not in svg:
                yield (
                    f"the figure of cell {number} has no alternative text; show it with "
                    "lrdecay_lib.figures.show"
                )


def printed_output_is_stored(notebook):
    for number, cell in code_cells(notebook):
        if (
            re.search(r"^print\(|\.check\(", cell.source, re.MULTILINE)
            and not cell.outputs
        ):
            yield f"cell {number} prints, but no output is stored; run `make execute`"


def no_last_bits(notebook):
    """What is left of numbers that should be equal: another processor leaves something else."""
    for number, cell in code_cells(notebook):
        for output in cell.outputs:
            words = output.get("text") or output.get("data", {}).get("text/plain", "")
            found = LAST_BITS.search("".join(words))
            if found:
                yield (
                    f"cell {number} prints {found[0]}, the last bits of this processor; say "
                    "below which bound it is"
                )


def outputs_are_compared(notebook, lesson=""):
    for number, cell in enumerate(notebook.cells):
        tags = set(cell.metadata.get("tags", []))
        if "nbval-ignore-output" in tags and (lesson, number) not in MAY_IGNORE_OUTPUT:
            yield (
                f"cell {number} is tagged nbval-ignore-output, and no reason stands in "
                "MAY_IGNORE_OUTPUT"
            )
        if tags - TAGS:
            yield f"cell {number} has the unknown tag {', '.join(sorted(tags - TAGS))}"
        if re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE)", cell.source):
            yield (
                f"cell {number} turns a check off by a comment; use a tag, and give the "
                "reason in MAY_IGNORE_OUTPUT"
            )


def no_machine_paths(notebook):
    for number, cell in code_cells(notebook):
        found = MACHINE_PATH.search(cell.source + str(cell.outputs))
        if found:
            yield f"cell {number} holds a path of one machine, {found.group(0)!r}"


def portable_markdown(notebook):
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "markdown":
            continue
        text = re.sub(r"```[^{].*?```", "", cell.source, flags=re.DOTALL)
        after = re.search(r"^</details>\n(.+)", text, re.MULTILINE)
        if after:
            yield (
                f"cell {number} has no blank line after </details>, so what follows shows raw: "
                f"{after[1][:60]!r}"
            )
        for line in text.splitlines():
            for pattern, what in NOT_PORTABLE:
                if pattern.search(line):
                    yield (
                        f"cell {number} has {what}, which shows raw outside the site: "
                        f"{line.strip()[:60]!r}"
                    )


def imports_only_what_colab_has(notebook):
    first = next((cell.source for _, cell in code_cells(notebook)), "")
    for number, cell in code_cells(notebook):
        for node in ast.walk(ast.parse(lessons.without_magics(cell.source))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                package = name.split(".")[0]
                if package not in COLAB and package not in sys.stdlib_module_names:
                    yield f"cell {number} imports {package}, which Colab does not have"
                if package in APART and f"pip install --quiet {package}" not in first:
                    yield (
                        f"cell {number} imports {package}, which does not come with the library, "
                        "and the first code cell does not install it"
                    )


def only_defines(cell):
    """Whether a code cell is folded and prints nothing."""
    return cell.cell_type == "code" and lessons.folded(cell) and not cell.outputs


def lines_of(source):
    """How many lines of code; a blank line and a title are none."""
    return sum(
        bool(line.strip()) and not line.startswith("# @title")
        for line in source.splitlines()
    )


def visible_lines(notebook):
    """The lines of each code cell that a reader sees without asking."""
    return [
        lines_of(cell.source)
        for _, cell in code_cells(notebook)
        if not lessons.folded(cell)
    ]


def says_what_is_folded(notebook):
    """A folded cell begins with a title: the site and Colab show it in place of the code."""
    for number, cell in code_cells(notebook):
        if lessons.folded(cell) and not re.match(r"# @title \S", cell.source):
            yield (
                f"cell {number} is folded and does not begin with a title: `# @title` and what "
                "it draws or defines"
            )


def reads_well(notebook):
    """The rhythm of STYLE: short cells, prose between them. The bounds are where a lesson
    should be split."""
    code = [cell.source for _, cell in code_cells(notebook)]
    lines = [lines_of(source) for source in code]
    prose = sum(
        len(cell.source.split())
        for cell in notebook.cells
        if cell.cell_type == "markdown"
    )
    text = "\n".join(
        cell.source for cell in notebook.cells if cell.cell_type == "markdown"
    )
    words = len(text.split("## Exercises")[0].split())
    if words > MOST_WORDS:
        yield (
            f"{words} words before the exercises are more than {MOST_WORDS}: say a thing once, "
            "or split the lesson"
        )
    shown = len(visible_lines(notebook))
    if shown > 18:
        yield f"{shown} visible code cells are more than one lesson; split it"
    if max(lines) > 25:
        yield f"a code cell has {max(lines)} lines; make it a function of the library, or two ideas"
    widest = max((line for source in code for line in source.splitlines()), key=len)
    if len(widest) > 88:
        yield (
            f"a code line has {len(widest)} characters, more than the page shows: "
            f"{widest.strip()[:50]!r}"
        )
    if prose < 6 * sum(lines):
        yield (
            f"{prose} words of prose for {sum(lines)} lines of code: explain more, or show "
            "less code"
        )
    kinds = "".join(
        "c" if cell.cell_type == "code" else "m"
        for cell in notebook.cells
        if not only_defines(cell)  # of which nothing comes out
    )
    if "ccc" in kinds:
        yield "three code cells stand in a row; say between them what came out"


def opens_and_closes(notebook):
    """Each lesson has the parts that a reader learns to expect."""
    text = "\n".join(
        cell.source for cell in notebook.cells if cell.cell_type == "markdown"
    )
    for part in (
        "> **Question.**",
        "**Afterwards you can**",
        "**Time.**",
        "## What we saw",
        "## Exercises",
        "## Further reading",
    ):
        if part not in text:
            yield f"the lesson has no {part!r}"
    promised = re.search(
        r"\*\*Time\.\*\*.*under (\d+) \[units of time\]\(\S+\) to run", text
    )
    run = notebook.metadata.get("lrdecay", {})
    took = run["seconds"] / run["unit"] if "unit" in run else 0
    if not promised:
        yield "the lesson does not say 'under N [units of time](…) to run'"
    elif took > int(promised.group(1)):
        yield (
            f"the lesson promises to run in {promised.group(1)} units of time, and took "
            f"{took:.0f}: shorten it, or promise more; if the machine was busy, run "
            "`make execute` again"
        )
    if len(re.findall(r"\*\*Exercise ", text)) < 2:
        yield "the lesson has fewer than two exercises"


GUARDS = [
    ran_in_order,
    no_error_and_no_stderr,
    figures_are_comparable,
    printed_output_is_stored,
    no_last_bits,
    no_machine_paths,
    portable_markdown,
    imports_only_what_colab_has,
    says_what_is_folded,
    reads_well,
    opens_and_closes,
]


def problems(notebook, lesson=""):
    found = [sentence for guard in GUARDS for sentence in guard(notebook)]
    return found + list(outputs_are_compared(notebook, lesson))
