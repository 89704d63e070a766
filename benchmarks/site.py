"""Measure the rendered site in a browser on loopback: ``python -m benchmarks.site [repeats]``.

What a page loads on a first visit (as a web server sends it that compresses text with gzip, and as
it is on disk), when it can be used (its last script has run and its formulas are set), and how
long the explorer and the lessons' moving figures need from a slider's move to the next drawn
picture. Prints a Markdown table: what, measured, aim.
"""

import gzip
import statistics
import sys
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "site"), str(ROOT / "tools" / "make_book")]

READY = (
    "() => window.MathJax && MathJax.startup ? MathJax.startup.promise.then(() => "
    "performance.now()) : performance.now()"
)
SLIDE = """([place, value]) => new Promise(done => {
    const slider = document.querySelector(place), start = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const blocked = performance.now() - start;
    requestAnimationFrame(() => setTimeout(() => done([blocked, performance.now() - start])));
})"""


TEXT = {
    ".html",
    ".css",
    ".js",
    ".svg",
    ".json",
}  # what web servers compress; fonts and pictures are compressed already


def visit(browser, address):
    """(compressed MB, MB, milliseconds until it can be used) of a first visit, with an empty
    cache."""
    page, answers = browser.new_context().new_page(), []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="load")
    ready = page.evaluate(READY)
    bodies = [
        (Path(urlsplit(answer.url).path).suffix, answer.body()) for answer in answers
    ]
    page.context.close()
    return (
        sum(len(gzip.compress(body) if kind in TEXT else body) for kind, body in bodies)
        / 1e6,
        sum(len(body) for _, body in bodies) / 1e6,
        ready,
    )


def slides(page, place, repeats):
    """(milliseconds at work, milliseconds until the picture is drawn) of each of the slider's
    moves from one end to the other."""
    low, high, step = page.evaluate(
        "place => { const s = document.querySelector(place);"
        " return [+s.min, +s.max, +s.step || 1]; }",
        place,
    )
    steps = round((high - low) / step)
    values = [low + step * (steps * k // (4 * repeats)) for k in range(4 * repeats)]
    return [page.evaluate(SLIDE, [place, value]) for value in values]


def told(times):
    blocked, drawn = (statistics.median(some) for some in zip(*times))
    worst = max(drawn for _, drawn in times)
    return f"{drawn:.0f} ms ({worst:.0f} ms), {blocked:.0f} ms of it at work"


def main(repeats=5):
    import moving
    from playwright.sync_api import sync_playwright
    from test_site import BROWSER, LESSONS, PAGES, serve

    if BROWSER is None:
        sys.exit("No Chromium is installed, so the site was not measured.")
    print("| what | measured | aim |\n|---|---|---|")

    def say(what, value, aim):
        print(f"| {what} | {value} | {aim} |", flush=True)

    with serve() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=BROWSER,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        first = [visit(browser, base + "book/index.html") for _ in range(repeats)]
        say(
            "landing page, first visit: over the wire (on disk)",
            "{:.2f} MB ({:.2f} MB)".format(*first[0]),
            "under 0.6 MB",
        )
        say(
            "landing page, first visit: can be used after",
            f"{statistics.median(ms for *_, ms in first) / 1000:.2f} s",
            "under 1 s",
        )
        weights = {page: visit(browser, base + page)[:2] for page in PAGES}
        heaviest = max(LESSONS, key=weights.get)
        say(
            f"heaviest lesson ({Path(heaviest).stem}): over the wire (on disk)",
            "{:.2f} MB ({:.2f} MB)".format(*weights[heaviest]),
            "under 2 MB",
        )
        heaviest = max(set(PAGES) - set(LESSONS), key=weights.get)
        say(
            f"heaviest other page ({Path(heaviest).stem}): over the wire (on disk)",
            "{:.2f} MB ({:.2f} MB)".format(*weights[heaviest]),
            "",
        )
        first = [visit(browser, base + "book/explorer.html") for _ in range(repeats)]
        say(
            "explorer, first visit: over the wire (on disk)",
            "{:.2f} MB ({:.2f} MB)".format(*first[0]),
            "under 0.9 MB",
        )
        say(
            "explorer, first visit: its pictures are drawn after",
            f"{statistics.median(ms for *_, ms in first) / 1000:.2f} s",
            "under 1 s",
        )
        page = browser.new_page()
        page.goto(base + "book/explorer.html", wait_until="load")
        page.wait_for_selector("#plot-rate svg")
        for name in ("peak", "warmup", "decay", "floor", "updates"):
            say(
                f"explorer, slider {name}: from its move to the picture, median (longest)",
                told(slides(page, f"#explorer [name={name}]", repeats)),
                "under 50 ms",
            )
        static = ROOT / "book" / "_static"
        scripts = [(static / name).read_bytes() for name in moving.SCRIPTS]
        adds = {
            name: sum(
                len(gzip.compress(part))
                for part in (*scripts, moving.form(name, "../../").encode())
            )
            for name in moving.table()
        }
        say(
            f"figures of {len(adds)} lessons that move: what one adds over the wire, at most",
            f"{max(adds.values()) / 1000:.1f} kB",
            "under 15 kB",
        )
        for name, row in moving.table().items():
            page.goto(f"{base}chapters/en/{name}.html", wait_until="load")
            page.wait_for_selector(".moving .plot svg")
            all_times = [
                slides(page, f".moving [name={slider}]", repeats)
                for slider in row["sliders"]
            ]
            slowest = max(
                all_times, key=lambda times: statistics.median(t for _, t in times)
            )
            say(
                f"moving figure of {name}, its slower slider: from its move to the picture, "
                "median (longest)",
                told(slowest),
                "under 50 ms",
            )
        browser.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
