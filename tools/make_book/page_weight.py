"""A Sphinx extension: pages load no script that they do not need. Measured by ``python -m
benchmarks.site``.

- The theme loads its icons twice, as fonts and as a script of 1.5 MB; the fonts are enough.
- Sphinx loads MathJax, 1.2 MB, on a page without a formula as well, if a page below it in the
contents has one.
"""

import re
from pathlib import Path

ICONS = re.compile(
    r"\s*<script[^>]*/fontawesome/[^>]*></script>|\s*<link[^>]*/fontawesome/[^>]*\.js[^>]*>"
)
MATHJAX = re.compile(r"\s*<script[^>]*/mathjax/[^>]*></script>")


def lighten(app, exception):
    if exception or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        words = page.read_text(encoding="utf-8")
        light = ICONS.sub("", words)
        if 'class="math' not in light:
            light = MATHJAX.sub("", light)
        if light != words:
            page.write_text(light, encoding="utf-8")


def setup(app):
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
