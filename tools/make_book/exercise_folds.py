"""A Sphinx extension: a lesson's exercises as text on the page. The task, which a notebook's cell
prints until it is answered, stands before the cell; hints and a solution stand after it, folded.

``show_solutions: false`` under `sphinx: config:` in _config.yml leaves the solutions out, for a
class.
"""

import re

import page_parts
from docutils import nodes
from markdown_it import MarkdownIt

from lrdecay_lib import exercises

# what a check says of a stub, and of a faulty program that is to be mended
JUDGED = re.compile(r"([\d.]+) is (not attempted yet|wrong)\.")


def raw(text):
    return nodes.raw("", text, format="html")


def fold(summary, *inside):
    return [
        raw(f'<details class="help"><summary>{summary}</summary>'),
        *inside,
        raw("</details>"),
    ]


def folds(exercise, solutions):
    """Hints, one at a time, and a solution."""
    count = len(exercise.hints)
    found = []
    for number, hint in enumerate(exercise.hints, 1):
        text = raw(f"<p>{page_parts.words(hint)}</p>")
        found += fold(f"Hint {number} of {count}", text)
    if solutions:
        code = nodes.literal_block(exercise.source, exercise.source, language="python")
        why = raw(f"<p>{page_parts.words(exercise.why)}</p>")
        found += fold("A solution, and why it is right", code, why)
    return found


def cell_of(node):
    while node is not None and "cell" not in node.get("classes", ()):
        node = node.parent
    return node


def task_of(shown):
    """The task that a check shows until it is attempted, taken out of what is shown."""
    task = nodes.container(classes=["task"])
    for part in list(shown.children):
        shown.remove(part)
        if not part.astext().startswith("hint() helps you"):
            task += part
    first = task[0]
    for part in list(first):  # that it is not attempted yet is no news
        if part.astext().strip() and not JUDGED.match(part.astext()):
            break
        first.remove(part)
    if first.children and isinstance(first[0], nodes.Text):
        first.replace(first[0], nodes.Text(first[0].lstrip()))
    return task


def write_out(app, doctree):
    if not app.env.docname.startswith("chapters/"):
        return
    for paragraph in list(doctree.findall(nodes.paragraph)):
        name = JUDGED.match(paragraph.astext())
        cell = cell_of(paragraph)
        if not name or cell is None:
            continue
        exercise = exercises.get(name[1])
        if name[2] == "wrong":
            text = raw(MarkdownIt().render(exercise.task))
            task = nodes.container("", text, classes=["task"])
        else:
            output = shown = paragraph.parent
            while output.parent is not cell:
                output = output.parent
            cell.remove(output)
            task = task_of(shown)
        place = cell.parent.index(cell)
        cell.parent.insert(place, task)
        helped = folds(exercise, app.config.show_solutions)
        for offset, node in enumerate(helped):
            cell.parent.insert(place + 2 + offset, node)


def setup(app):
    app.add_config_value("show_solutions", True, "env", [bool])
    app.connect("doctree-read", write_out, priority=410)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
