"""Are wrong answers found? Each exercise's solution is changed by a machine in one place at a
time, and its check asked.

    python tools/maintain/mutants.py     print the report

The changes: another operator or comparison, swapped operands, a number one up, one down, doubled
or halved, another argument, a function or a sign left out, a part of a condition left out, a pair
the other way round.
"""

import ast
import inspect
import textwrap
from dataclasses import dataclass

import lessons

from lrdecay_lib import exercises

REPORT = lessons.ROOT / "benchmarks" / "mutants.md"
HEADER = (
    "| Exercise | Mutants | without an answer | with the same values | with other values | "
    "of these rejected | Slips | told by name |"
)

# The mutants that are right answers too, so that every other one must be rejected.
EQUAL = {
    "2.1.2": [  # NumPy's int is one too, and a square has no sign
        "return np.argmin(squares)",
        "squares = (rates * curvature - 1) ** 2 * squares + rates ** 2 * variance",
    ],
    "2.2.1": [
        "if waited >= patience:",  # it goes up by one
        "return rates",  # a list will do
    ],
    # inside an interval all rates are equal, and so are all factors; a part in 10**9 is a rough
    # limit
    "3.2.2": [
        "first = rates[:, 1]",
        "first = rates[:, -1]",
        "flat = np.allclose(rates, first[:, None], rtol=2e-09, atol=0)",
        "flat = np.allclose(rates, first[:, None], rtol=5e-10, atol=0)",
        "steady = np.allclose(factors, factors[1], rtol=1e-09, atol=0)",
        "steady = np.allclose(factors, factors[-1], rtol=1e-09, atol=0)",
        "steady = np.allclose(factors, factors[0], rtol=2e-09, atol=0)",
        "steady = np.allclose(factors, factors[0], rtol=5e-10, atol=0)",
        "return flat and steady and (factors[1] < 1)",
        "return flat and steady and (factors[-1] < 1)",
    ],
    # a square has no sign
    "4.1.3": ["square = (step * curvatures - 1) ** 2 * square + step ** 2"],
    # a log follows one law throughout, so any of its updates will do; 1e-6 is a rough limit
    "4.2.1": [
        "falls, kept = (np.diff(rates), rates[:-1] / rates[1:])",
        "if (falls >= 0).any():",
        "if np.allclose(falls, falls[1], rtol=1e-06, atol=0):",
        "if np.allclose(falls, falls[-1], rtol=1e-06, atol=0):",
        "if np.allclose(falls, falls[0], rtol=2e-06, atol=0):",
        "if np.allclose(falls, falls[0], rtol=5e-07, atol=0):",
        "if np.allclose(kept, kept[1], rtol=1e-06, atol=0):",
        "if np.allclose(kept, kept[-1], rtol=1e-06, atol=0):",
        "if np.allclose(kept, kept[0], rtol=2e-06, atol=0):",
        "if np.allclose(kept, kept[0], rtol=5e-07, atol=0):",
    ],
    # rounded up twice or once is the same
    "5.3.2": ["batches = samples // at_once if drop_last else samples / at_once"],
    "4.3.1": [  # the same to six decimals
        "return 0.1 * 0.99 ** (25001 / 10000)",
        "return 0.1 * 0.99 ** (24999 / 10000)",
        "return 0.1 * 0.99 ** (25000 / 10001)",
        "return 0.1 * 0.99 ** (25000 / 9999)",
    ],
    "4.3.2": ["if target > initial_rate:"],  # where they are equal, the logarithm is 0
    "5.4.1": [  # a square has no sign
        "left = np.sum((prediction - target) ** 2)",
        "spread = np.sum((target.mean() - target) ** 2)",
    ],
    "7.1": ["if abs(wanted - rate) > 1e-06 * wanted:"],  # a distance has no sign
    "8.2.2.1": ["return [peaks[shared], *cost]"],  # a list will do
    "8.2.6.1": [  # the last of one is the first
        "(none, alone), (decay, both) = np.take_along_axis(report, best[..., None], -1)[..., -1]"
    ],
    "8.2.6.2": [  # a row's number is never larger; there is a row for each strength
        "inside = best != len(strengths) - 1 and 0 < peak < losses.shape[1] - 1",
        "inside = best < len(losses) - 1 and 0 < peak < losses.shape[1] - 1",
    ],
    "10.1.3": [  # the schedule falls, so of equal rates the first are; a step is below 100
        "if same != 1:",
        "return np.argmin(np.abs(schedule(np.arange(100)) - rates[1]))",
        "same = np.sum(rates >= rates[0])",
        "same = np.sum(rates == rates[1])",
        "return float(np.argmin(np.abs(schedule(np.arange(100)) % rates[1])))",
        "return float(np.argmin(np.abs(rates[1] - schedule(np.arange(100)))))",
        "return float(np.argmin(np.abs(schedule(np.arange(101)) - rates[1])))",
        "return float(np.argmin(np.abs(schedule(np.arange(200)) - rates[1])))",
    ],
}


def run(source, solver):
    """What stands in place of the function ``solver`` after running ``source`` where it was
    written."""
    names = dict(solver.__globals__)
    exec(source, names)
    return names[solver.__name__]


OPERATORS = [ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow]
COMPARISONS = [ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq]


def changes(node, names):
    """Every way to change one node of a solution."""
    if isinstance(node, ast.BinOp):
        yield from (
            ast.BinOp(node.left, kind(), node.right)
            for kind in OPERATORS
            if not isinstance(node.op, kind)
        )
        if not isinstance(node.op, (ast.Add, ast.Mult)):
            yield ast.BinOp(node.right, node.op, node.left)
    if isinstance(node, ast.Compare):
        yield from (
            ast.Compare(node.left, [kind()], node.comparators)
            for kind in COMPARISONS
            if not isinstance(node.ops[0], kind)
        )
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(
            ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values
        )
        yield from (
            ast.BoolOp(node.op, [v for v in node.values if v is not left_out])
            for left_out in node.values
            if len(node.values) > 2
        )
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
    ):
        near = node.value + 1, node.value - 1, 2 * node.value, node.value / 2
        yield from (ast.Constant(value) for value in near if value != node.value)
    if isinstance(node, ast.Name) and node.id in names:
        yield from (
            ast.Name(other, node.ctx) for other in sorted(names) if other != node.id
        )
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        yield node.args[0]
    if isinstance(node, ast.Tuple):
        yield ast.Tuple(node.elts[::-1], node.ctx)


def mutants(source):
    """(mutated line, whole source) of each mutant with one change."""
    tree = ast.parse(source)
    names = {arg.arg for arg in ast.walk(tree) if isinstance(arg, ast.arg)}
    for parent in list(ast.walk(tree)):
        for place, old in ast.iter_fields(parent):
            for i, node in enumerate(old if isinstance(old, list) else [old]):
                if not isinstance(node, ast.expr) or isinstance(
                    getattr(node, "ctx", None), ast.Store
                ):
                    continue
                for new in changes(node, names):
                    holder = old if isinstance(old, list) else vars(parent)
                    key = i if isinstance(old, list) else place
                    holder[key] = new
                    text = ast.unparse(ast.fix_missing_locations(tree))
                    holder[key] = node
                    pairs = zip(text.splitlines(), ast.unparse(tree).splitlines())
                    yield next(new for new, old in pairs if new != old).strip(), text


@dataclass
class Judged:
    """What the check of an exercise said of the mutants of its solution."""

    row: str  # of the report
    rejected: int
    survivors: list  # the changed lines of those that were not rejected


def judged(exercise):
    """Ask the check about each mutant, and about each slip."""
    is_value = not inspect.signature(exercise.solver).parameters
    rejected, survivors, broken = 0, [], 0
    for line, text in mutants(textwrap.dedent(inspect.getsource(exercise.solver))):
        try:
            answer = run(text, exercise.solver)
            answer = answer() if is_value else answer
        except Exception:  # what gives no answer is no test of the check
            broken += 1
            continue
        if exercise.judge(answer).outcome == "right":
            survivors.append(line)
        else:
            rejected += 1
    same = sum(line in EQUAL.get(exercise.id, []) for line in survivors)
    slips = exercise.slips
    told = sum(message in exercise.judge(slip).markdown for slip, message in slips)
    made = rejected + len(survivors)
    counts = made + broken, broken, same, made - same, rejected, len(slips), told
    row = f"| {exercise.id} | {' | '.join(map(str, counts))} |"
    return Judged(row, rejected, survivors)


def main():
    exercises.asking.TIME_LIMIT = 1.0  # some mutants never end
    print(HEADER)
    print("| --- " * HEADER[1:].count("|") + "|")
    rows = []
    for exercise in exercises.every().values():
        rows.append(judged(exercise).row)
        print(rows[-1], flush=True)
    counts = [[int(number) for number in row.split("|")[2:-1]] for row in rows]
    totals = [f"**{sum(column)}**" for column in zip(*counts)]
    print(f"| **all** | {' | '.join(totals)} |")


if __name__ == "__main__":
    main()
