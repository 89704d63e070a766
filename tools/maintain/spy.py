"""Runs inside a lesson's kernel for `reproduce.py`: which numbers do its f-strings print, before
they are rounded?

`install` rewrites each ``{value:spec}`` of the lesson's cells and of `lrdecay_lib`, as they are
compiled, so that the value is noted on its way into the text. Nothing else of the program changes.
"""

import ast
import builtins
import importlib.machinery
import json
import sys
import tempfile


class Note(ast.NodeTransformer):
    """``{value:spec}`` becomes ``{__note__(value, spec):spec}`` where the spec is plain text."""

    def visit_FormattedValue(self, node):
        self.generic_visit(node)
        spec = node.format_spec
        if spec and all(isinstance(part, ast.Constant) for part in spec.values):
            words = "".join(part.value for part in spec.values)
            node.value = ast.Call(
                ast.Name("__note__", ast.Load()), [node.value, ast.Constant(words)], []
            )
        return node


def noting(tree):
    return ast.fix_missing_locations(Note().visit(tree))


class Transformer:
    """What IPython calls with the syntax tree of each cell."""

    def visit(self, tree):
        return noting(tree)


def install(path):
    """Note the numbers of this kernel's session in the file at ``path``, after each cell."""
    from IPython import get_ipython

    notes, cell = [], [-1]  # the line that calls this is run as a cell too

    def note(value, spec):
        if isinstance(value, float):  # numpy's too
            notes.append((cell[0], float(value), spec))
        return value

    def after(_):
        cell[0] += 1
        with open(path, "w", encoding="utf-8") as file:
            json.dump(notes, file)

    builtins.__note__ = note
    shell = get_ipython()
    shell.ast_transformers.append(Transformer())
    shell.events.register("post_run_cell", after)

    # the library's files are compiled anew, into a place of their own, so that no rewritten one
    # stays behind
    sys.pycache_prefix = tempfile.mkdtemp()
    compile_plainly = importlib.machinery.SourceFileLoader.source_to_code

    def source_to_code(loader, data, path, **options):
        if "lrdecay_lib" not in str(path):
            return compile_plainly(loader, data, path, **options)
        return compile(noting(ast.parse(data)), path, "exec", dont_inherit=True)

    importlib.machinery.SourceFileLoader.source_to_code = source_to_code
