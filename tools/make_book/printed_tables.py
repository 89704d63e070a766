"""A Sphinx extension: a small table that a cell printed is a table on the page, whose words wrap on
a phone and whose cells a screen reader names. What is not clearly a table stays as it is."""

import html
import re

from docutils import nodes

LONGEST = 32  # a longer cell is prose in columns
PROSE = re.compile(r"[,:=]$|\d: ")  # and so is one whose sentence goes on in the next
NUMBER = re.compile(r"[-+−<>≈]?[\d.,]+(e[-+]?\d+)?\s?[%×s]?|inf|nan|-", re.IGNORECASE)


def columns(lines):
    """Where columns begin and end: between them two blanks or more stand in every line."""
    width = max(map(len, lines))
    taken = "".join(
        "x" if any(line[k : k + 1].strip() for line in lines) else " "
        for k in range(width)
    )
    return [found.span() for found in re.finditer(r"x( ?x)*", taken)]


def cells(text):
    """(header or None, rows) of a printed table; None if it is not clearly one."""
    lines = [line.rstrip() for line in text.rstrip("\n").split("\n")]
    if len(lines) < 2 or "" in lines:
        return None
    # pandas prints the name of the rows in a line of its own below the header
    name = None
    if len(lines) > 2 and re.fullmatch(r"\S( ?\S)*", lines[1]) and "  " in lines[0]:
        name = lines.pop(1)
    spans = columns(lines)
    rows = [[line[begin:end].strip() for begin, end in spans] for line in lines]
    inside = [cell for row in rows for cell in row]
    if len(spans) < 2 or any(
        "  " in cell or len(cell) > LONGEST or PROSE.search(cell) for cell in inside
    ):
        return None
    first, *rest = rows
    if not all(row[0] and any(row[1:]) for row in rest):
        return None
    counted = [bool(re.match(r"[-+−<>≈]?\d", cell)) for row in rest for cell in row[1:]]
    names = first[1:]
    if name or not first[0]:
        return [name or "", *names], rest
    if all(names) and not any(map(NUMBER.fullmatch, names)) and all(counted):
        return first, rest
    return (None, rows) if any(names) else None


def as_html(header, rows):
    def cell(value):
        kind = ' class="number"' if NUMBER.fullmatch(value) else ""
        return f"<td{kind}>{html.escape(value)}</td>"

    head = ""
    if header:
        first = (
            f'<th scope="col">{html.escape(header[0])}</th>'
            if header[0]
            else "<td></td>"
        )
        names = "".join(
            f'<th scope="col">{html.escape(name)}</th>' for name in header[1:]
        )
        head = f"<thead><tr>{first}{names}</tr></thead>"
    body = "".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>{"".join(map(cell, row[1:]))}</tr>'
        for row in rows
    )
    return f'<table class="table printed">{head}<tbody>{body}</tbody></table>'


def make_tables(app, doctree):
    if not app.env.docname.startswith("chapters/"):
        return
    for block in list(doctree.findall(nodes.literal_block)):
        output = block.parent
        if "cell_output" not in output.get("classes", ()):
            continue
        found = cells(block.astext())
        if found:
            output.replace(block, nodes.raw("", as_html(*found), format="html"))


def setup(app):
    app.connect("doctree-read", make_tables, priority=430)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
