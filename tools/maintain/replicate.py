"""Do the verdicts come back? Run the lessons with other random numbers everywhere.

    python tools/maintain/replicate.py --runs 5            every lesson, five times
    python tools/maintain/replicate.py 06_1 08 --runs 2    the lessons whose names begin so
    python tools/maintain/replicate.py --table             print what is known, run nothing
    python tools/maintain/replicate.py --store             write it to lrdecay_lib/replications.json

Run k replaces the random numbers of every generator that a lesson starts from a seed: NumPy's, old
and new, and so the library's data, weights and orders, scikit-learn's splits and Optuna's searches;
and those of Keras. A seed keeps its name, so rivals stay paired. One line for each run names the
verdicts that changed their word and the conditions that changed their side. A lesson that ends in
an error with other random numbers has a fault. Results are kept in _build/replicate, so an
interrupted run goes on where it stopped, and what changed is run again.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "make_book"))

import lessons
import pages

PLACE = lessons.ROOT / "_build" / "replicate"
STORED = lessons.LIBRARY / "replications.json"
# raised when a claim was changed after a look at these runs, so that those shown are unseen ones
DRAW = 2
DRAWN_ANEW = {  # where a claim of one lesson was
    "08_2_2_federated": 4,
    "08_3_challenges": 3,
    "10_3_peak": 3,
    "10_5_unknown_length": 5,
    "10_6_batch": 3,
    "10_7_averaging": 3,
    "10_8_fine_tuning": 4,
    "11_4_schedules_and_adamw": 4,
    "11_5_tune_small_or_not_at_all": 3,
}
KEPT = ("condition", "primary", "side", "margin", "effect", "interval", "unit")


def draw_of(text):
    return DRAWN_ANEW.get(text.stem, DRAW)


def other_numbers(run, draw=DRAW):
    """Make every generator that is started from a seed give the numbers of this run instead."""
    import keras
    import numpy as np

    def mixed(seed):
        return int(
            np.random.SeedSequence(seed, spawn_key=(draw, run)).generate_state(1)[0]
        )

    start, keras_seed, old_seed = (
        np.random.default_rng,
        keras.utils.set_random_seed,
        np.random.seed,
    )

    def default_rng(seed=None):
        if seed is None or isinstance(
            seed, (np.random.Generator, np.random.BitGenerator)
        ):
            return start(seed)
        if isinstance(seed, np.random.SeedSequence):
            return start(
                np.random.SeedSequence(
                    seed.entropy, spawn_key=(*seed.spawn_key, draw, run)
                )
            )
        return start(np.random.SeedSequence(seed, spawn_key=(draw, run)))

    class RandomState(np.random.RandomState):
        def __init__(self, seed=None):
            super().__init__(seed if seed is None else mixed(seed))

        def seed(self, seed=None):  # Optuna makes one without a seed, and sets it after
            super().seed(seed if seed is None else mixed(seed))

    np.random.default_rng, np.random.RandomState = default_rng, RandomState
    np.random.seed = lambda seed=None: old_seed(seed if seed is None else mixed(seed))
    keras.utils.set_random_seed = lambda seed: keras_seed(mixed(seed))


def one(text, run, place, ledger):
    """Run a lesson's cells with the random numbers of a run; store its rows. In its own process."""
    import matplotlib

    matplotlib.use("agg")
    from IPython.core.interactiveshell import InteractiveShell

    from lrdecay_lib import evidence

    if run:
        other_numbers(run, draw_of(text))
    rows, begin = {}, time.perf_counter()

    def recorded(make):
        def made(*args, **options):
            found = make(*args, **options)
            rows[found.claim.id] = found.row
            return found

        return made

    evidence.verdict, evidence.check = (
        recorded(evidence.verdict),
        recorded(evidence.check),
    )
    if ledger is not None:  # what the other lessons found in this run
        evidence.LEDGER = Path("ledger.json")
        evidence.LEDGER.write_text(json.dumps(ledger), encoding="utf-8")
    shell, error = InteractiveShell.instance(), None
    for number, cell in enumerate(lessons.code_of(lessons.from_text(text)), start=1):
        done = shell.run_cell(cell.source)
        failed = done.error_before_exec or done.error_in_exec
        if failed and "raises-exception" not in cell.metadata.get("tags", []):
            error = f"code cell {number}: {type(failed).__name__}: {failed}"
            break
    place.write_text(
        json.dumps(
            {
                "of": digest(text),
                "draw": draw_of(text),
                "rows": rows,
                "error": error,
                "seconds": round(time.perf_counter() - begin, 1),
            }
        ),
        encoding="utf-8",
    )


def start(text, run, ledger):
    """The process that runs a lesson, forked from this one, which has imported what takes long."""
    place = PLACE / f"{text.stem} {run}.json"

    def child():
        with (
            tempfile.TemporaryDirectory() as folder,
            open(PLACE / "output.log", "a", encoding="utf-8") as log,
        ):
            os.chdir(folder)
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
                one(text, run, place, ledger)
            os.chdir("/")

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    return process


def digest(text):
    return lessons.code_digest(lessons.from_text(text))


def known(text, run):
    """What a run of a lesson found, if it is still about this lesson; else None."""
    place = PLACE / f"{text.stem} {run}.json"
    if place.exists():
        found = json.loads(place.read_text(encoding="utf-8"))
        if found["of"] == digest(text) and found.get("draw") == draw_of(text):
            return found
    return None


def stored_rows(own_only=False):
    """The rows that the book shows, by claim; ``own_only`` leaves out those of the lessons that
    sum up the ledger, as the ledger's file does."""
    return {row["claim"]: row for row in pages.claims(own_only)}


def stored_run(run):
    """{claim: its row}, as far as replications.json tells what this run found, on any machine."""
    claims = json.loads(STORED.read_text(encoding="utf-8"))["claims"]
    found = {}
    for name, row in stored_rows(own_only=True).items():
        short = claims.get(name, {}).get(str(run))
        if short:
            new = {c["condition"]: c for c in short["conditions"]}
            found[name] = row | short
            found[name]["conditions"] = [
                c | new.get(c["condition"], {}) for c in row["conditions"]
            ]
            found[name]["control"] = row["control"] and row["control"] | (
                short["control"] or {}
            )
    return found


def ledger_of(texts, run):
    """The ledger as this run's lessons wrote it, in the order of the stored one; a lesson that had
    no such run here has what is stored of that run, or else its stored rows."""
    found = stored_run(run)
    for text in texts:
        found |= (known(text, run) or {"rows": {}})["rows"]
    return [
        {
            **found.get(name, row),
            **{key: row[key] for key in ("lesson", "title", "cell") if key in row},
        }
        for name, row in stored_rows(own_only=True).items()
    ]


def changes(rows, stored):
    """In words: which verdicts changed their word, which conditions their side."""
    said = []
    for name, row in rows.items():
        old = stored.get(name)
        if old is None:
            said.append(f"{name} is not in the ledger")
            continue
        if row["verdict"] != old["verdict"]:
            said.append(f"{name} {row['verdict']} (was {old['verdict']})")
        before = {c["condition"]: c.get("side") for c in old["conditions"]}
        moved = [
            f"{c['condition']}: {c['side']} (was {before.get(c['condition'])})"
            for c in row["conditions"]
            if c["side"] != before.get(c["condition"])
        ]
        if moved:
            said.append(f"{name}, " + ", ".join(moved))
        if row["control"] and not row["control"]["passed"]:
            said.append(f"{name}: the control failed")
    return said


def report(text, run, found, stored):
    if found["error"]:
        return f"{text.stem}, run {run}: ERROR in {found['error']}"
    said = changes(found["rows"], stored)
    return f"{text.stem}, run {run} ({found['seconds']:.0f} s): " + (
        "; ".join(said) or "as stored"
    )


def table(texts, runs, stored):
    """Lines: for each claim, its stored word and how many of the runs gave it again."""
    lines = ["| claim | stored | came back | otherwise |", "| --- | --- | --- | --- |"]
    for text in texts:
        by_run = {run: known(text, run) for run in runs}
        for name, row in stored.items():
            if not row["lesson"].endswith(text.stem):
                continue
            words = [
                found["rows"][name]["verdict"] if name in found["rows"] else "error"
                for found in by_run.values()
                if found
            ]
            others = sorted({word for word in words if word != row["verdict"]})
            lines.append(
                f"| {name} | {row['verdict']} | {words.count(row['verdict'])} of {len(words)} | "
                + ", ".join(f"{word} {words.count(word)}" for word in others)
                + " |"
            )
    return lines


def store(texts, runs):
    """Write what is known of these lessons to lrdecay_lib/replications.json, which the book's page
    shows; what stands there of others stays."""
    asked = {text.stem for text in texts}
    of = {name: row["lesson"].rsplit("/", 1)[1] for name, row in stored_rows().items()}
    before = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    claims, errors = (
        {name: found for name, found in before.get(part, {}).items() if kept(name)}
        for part, kept in (
            ("claims", lambda name: of.get(name, name) not in asked),
            ("errors", lambda name: name not in asked),
        )
    )
    for text in texts:
        for run in runs:
            found = known(text, run)
            if not found:
                continue
            if found["error"]:
                errors.setdefault(text.stem, {})[str(run)] = found["error"]
            for name, row in found["rows"].items():
                short = {key: row[key] for key in ("verdict", "in_short", "counts")}
                short["conditions"] = [
                    {key: c[key] for key in KEPT} for c in row["conditions"]
                ]
                short["control"] = row["control"] and {
                    key: row["control"][key]
                    for key in ("passed", "effect", "interval", "unit")
                }
                claims.setdefault(name, {})[str(run)] = short
    runs = sorted({*runs, *before.get("runs", [])})
    # in the ledger's order
    claims = {name: claims[name] for name in of if name in claims}
    everything = {"runs": runs, "claims": claims, "errors": errors}
    STORED.write_text(
        json.dumps(everything, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lessons", nargs="*", help="beginnings of the lessons' names")
    parser.add_argument(
        "--runs", type=int, default=5, help="how many; 1 to this number"
    )
    parser.add_argument(
        "--only", type=int, nargs="+", help="these runs alone (0: as stored)"
    )
    parser.add_argument("--jobs", type=int, default=2, help="lessons at a time")
    parser.add_argument(
        "--table", action="store_true", help="print what is known; run nothing"
    )
    parser.add_argument(
        "--store", action="store_true", help=f"write {STORED.name} at the end"
    )
    options = parser.parse_args()
    if options.runs < 1 or options.jobs < 1:
        parser.error("--runs and --jobs must be at least 1")
    texts = [
        text
        for text in lessons.texts()
        if not options.lessons or text.stem.startswith(tuple(options.lessons))
    ]
    if not texts:
        parser.error(f"no lesson's name begins with {' or '.join(options.lessons)}")
    runs, stored = options.only or range(1, options.runs + 1), stored_rows()
    if not options.table:
        PLACE.mkdir(parents=True, exist_ok=True)
        run_all(texts, runs, options.jobs, stored)
    print("\n".join(table(texts, runs, stored)))
    errors = [t.stem for t in texts for r in runs if (known(t, r) or {}).get("error")]
    if options.store:
        store(texts, runs)
    if errors:
        sys.exit(
            f"{len(errors)} runs ended in an error: {', '.join(sorted(set(errors)))}"
        )


def run_all(texts, runs, jobs, stored):
    """Run what is not known yet, some lessons at a time, with a line for each."""
    # what takes seconds to import, once; none of it starts a thread before it is used
    import optuna  # noqa: F401
    import sklearn.model_selection  # noqa: F401

    from lrdecay_lib import figures, tasks, training  # noqa: F401

    tasks.import_keras()
    last = [text for text in texts if lessons.reads_ledger(lessons.from_text(text))]
    # those that sum up the ledger wait for the others of their run
    waiting = [(text, run) for run in runs for text in texts if text not in last]
    waiting += [(text, run) for run in runs for text in last]
    waiting = [(text, run) for text, run in waiting if not known(text, run)]
    total, done, begin, running = len(waiting), 0, time.time(), {}
    while waiting or running:
        while waiting and len(running) < jobs:
            if waiting[0][0] in last and any(
                text not in last for text, _ in running.values()
            ):
                break
            text, run = waiting.pop(0)
            ledger = ledger_of(lessons.texts(), run) if text in last else None
            (PLACE / f"{text.stem} {run}.json").unlink(missing_ok=True)
            running[start(text, run, ledger)] = text, run
        time.sleep(0.2)
        for process in [p for p in running if not p.is_alive()]:
            text, run = running.pop(process)
            found = known(text, run) or {"error": "the process died", "rows": {}}
            done += 1
            minutes = (time.time() - begin) / 60
            print(
                f"[{done}/{total}, {minutes:.0f} min] {report(text, run, found, stored)}"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
