"""The rendered site, as a browser without a network sees it: over HTTP on loopback, and opened
as files."""

import contextlib
import functools
import http.server
import re
import shutil
import threading
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import lessons
import pytest
import yaml
from bs4 import BeautifulSoup

SITE = lessons.ROOT / "_build" / "html"
BROWSER = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])),
    None,
)
PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if not {"_static", "_sources"} & set(path.relative_to(SITE).parts)
    and path != SITE / "index.html"
)
LESSONS = [page for page in PAGES if page.startswith("chapters/")]

needs_browser = pytest.mark.skipif(
    BROWSER is None,
    reason="no Chromium is installed: the site was not opened in a browser",
)
every_page = pytest.mark.parametrize("page_name", PAGES)


def test_the_site_is_built():
    assert (SITE / "index.html").exists(), "the site is not built: run `make book`"
    assert LESSONS, "the site has no lesson: run `make book`"


class Links(HTMLParser):
    """The addresses and the anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.anchors, self.images = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.anchors |= {values[key] for key in ("id", "name") if values.get(key)}
        self.addresses += [values[key] for key in ("href", "src") if values.get(key)]
        if tag == "img":
            self.images.append(values)


@functools.cache
def links(page_name):
    return Links((SITE / page_name).read_text(encoding="utf-8"))


@every_page
def test_inside_links_lead_somewhere(page_name):
    broken = []
    for address in links(page_name).addresses:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or address.startswith("#"):
            continue
        target = (
            (SITE / page_name).parent.joinpath(unquote(parts.path)).resolve()
            if parts.path
            else SITE / page_name
        )
        if not target.is_file():
            broken.append(address)
        elif (
            parts.fragment and "=" not in parts.fragment and target.suffix == ".html"
        ):  # with "=": the explorer's settings
            if (
                unquote(parts.fragment)
                not in links(target.relative_to(SITE.resolve()).as_posix()).anchors
            ):
                broken.append(address)
    assert not broken, f"{page_name} links to what is not there: {broken}"


def raw_markdown(page):
    """Lines of a page that show the marks of a table, a heading or a fence."""
    soup = BeautifulSoup(page, "html.parser")
    for code in soup.find_all(["pre", "code", "script", "style", "head"]):
        code.decompose()
    mark = re.compile(r"^ *(#{1,6} \w|\|? *:?-{3,}:? *\||`{3})|\|-{2,}\|")
    return [line for line in soup.get_text().splitlines() if mark.search(line)]


@every_page
def test_no_markdown_shows_raw(page_name):
    assert not raw_markdown((SITE / page_name).read_text(encoding="utf-8"))


def test_raw_markdown_is_seen():
    for line in ("| a | b | |---|---| | 1 | 2 |", "## Further reading", "--- | ---"):
        assert raw_markdown(f"<p>A line.\n{line}</p>")
    assert not raw_markdown("<p>|x| is a size, # a number</p><pre>## code</pre>")


@pytest.mark.parametrize("page_name", LESSONS)
def test_lesson_opens_in_colab_and_downloads(page_name):
    config = yaml.safe_load((lessons.ROOT / "_config.yml").read_text())
    name = page_name.removesuffix(".html")
    owner = config["repository"]["url"].removeprefix("https://github.com/")
    colab, branch = (
        config["launch_buttons"]["colab_url"],
        config["repository"]["branch"],
    )
    colab = f"{colab}/github/{owner}/blob/{branch}/{name}.ipynb"
    found = [
        address
        for address in links(page_name).addresses
        if "colab" in address and "_static" not in address
    ]
    assert found and set(found) == {colab}, found
    assert (lessons.ROOT / f"{name}.ipynb").exists()
    downloads = [
        address
        for address in links(page_name).addresses
        if address.endswith(f"_sources/{name}.ipynb")
    ]
    assert downloads, "no link downloads the notebook"
    assert (SITE / "_sources" / f"{name}.ipynb").read_bytes() == (
        lessons.ROOT / f"{name}.ipynb"
    ).read_bytes()


@contextlib.contextmanager
def serve():
    """The site's address, while it is served on loopback."""
    quiet = type(
        "Quiet",
        (http.server.SimpleHTTPRequestHandler,),
        {"log_message": lambda *_: None, "log_error": lambda *_: None},
    )
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(quiet, directory=str(SITE))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def addresses():
    """The two ways to open a page: from a server on loopback, and as a file."""
    with serve() as address:
        yield {"http": address, "file": SITE.as_uri() + "/"}


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=BROWSER, args=flags)


def open_page(browser, base, page_name, scheme="light", width=1280):
    """A page that has finished its work, with what it asked for and what it complained of."""
    page = browser.new_page(
        color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page.requested, page.complaints = [], []
    page.on("request", lambda request: page.requested.append(request.url))
    page.on(
        "console",
        lambda message: (
            message.type == "error" and page.complaints.append(message.text)
        ),
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(base + page_name, wait_until="load")
    page.evaluate(
        "() => window.MathJax && MathJax.startup ? MathJax.startup.promise.then(() => 0) : 0"
    )
    return page


@needs_browser
@pytest.mark.parametrize("way", ["http", "file"])
@every_page
def test_page_is_whole_and_needs_nothing_from_elsewhere(
    browser, addresses, page_name, way
):
    page = open_page(
        browser,
        addresses[way],
        page_name,
        scheme={"http": "light", "file": "dark"}[way],
    )
    own = (addresses[way], "data:", "blob:")
    strangers = [url for url in page.requested if not url.startswith(own)]
    assert not strangers, f"{page_name} asks other hosts for {strangers}"
    assert not page.complaints, page.complaints
    assert page.requested, "the browser loaded nothing"
    shows_its_math_and_figures(page)
    page.close()


def shows_its_math_and_figures(page):
    formulas = page.locator(".math").count()
    assert page.locator("mjx-container").count() >= formulas, (
        "a formula was not rendered"
    )
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0, (
        "a formula has an error"
    )
    assert not re.search(
        r"\$[^$\n]*\\[a-z]+|\\\(|\\\[",
        page.locator("article").first.inner_text()
        if page.locator("article").count()
        else "",
    ), "raw TeX is on the page"
    for image in page.locator("article img:visible").all():
        image.scroll_into_view_if_needed()
        assert (image.get_attribute("alt") or "").strip(), (
            f"no alternative text: {image.get_attribute('src')}"
        )
        assert image.evaluate(
            "e => e.decode().then(() => e.naturalWidth > 0, () => false)"
        ), "an image does not load"


@pytest.fixture(scope="module")
def one_page(browser):
    """One page for all that is looked at in turn: opening a new one each time costs more than
    looking."""
    page = browser.new_page(
        viewport={"width": 1300, "height": 900}, reduced_motion="reduce"
    )
    yield page
    page.close()


def faults(page, **options):
    """What axe finds serious or critical on a page, as sentences."""
    from axe_playwright_python.sync_playwright import Axe

    found = (
        Axe()
        .run(page, options={"resultTypes": ["violations"], **options})
        .response["violations"]
    )
    return [
        f"{fault['help']}: {node['html'][:120]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"][:3]
    ]


@needs_browser
@every_page
def test_nobody_is_shut_out(one_page, addresses, page_name):
    """axe finds nothing serious: light, dark (where only the colours differ), and on a phone, with
    all that is folded opened; and nothing scrolls sideways."""
    unfold = (
        "() => document.querySelectorAll('details').forEach(one => one.open = true)"
    )
    one_page.emulate_media(color_scheme="light", reduced_motion="reduce")
    one_page.set_viewport_size({"width": 1300, "height": 900})
    one_page.goto(addresses["file"] + page_name)
    one_page.evaluate(
        "() => window.MathJax && MathJax.startup ? MathJax.startup.promise.then(() => 0) : 0"
    )
    one_page.evaluate(unfold)
    found = {"light": faults(one_page)}
    assert one_page.evaluate("document.documentElement.scrollWidth") <= 1300, (
        "the page scrolls sideways"
    )
    one_page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    one_page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    found["dark"] = faults(one_page, runOnly=["color-contrast"])
    one_page.set_viewport_size({"width": 360, "height": 900})
    one_page.goto(addresses["file"] + page_name)
    one_page.evaluate(
        "() => window.MathJax && MathJax.startup ? MathJax.startup.promise.then(() => 0) : 0"
    )
    one_page.evaluate(unfold)
    found["phone"] = faults(one_page, runOnly=["scrollable-region-focusable"])
    assert one_page.evaluate("document.documentElement.scrollWidth") <= 360, (
        "the page scrolls sideways on a phone"
    )
    assert not any(found.values()), found


@needs_browser
def test_axe_sees_a_fault(one_page):
    one_page.set_content(
        "<html lang='en'><title>t</title><main><h1>t</h1><img src='data:,'><p "
        "style='color: #ccc'>faint</p></main>"
    )
    assert len(faults(one_page)) == 2


@needs_browser
def test_keyboard_skips_to_the_text_and_shows_where_it_is(browser, addresses):
    page = open_page(browser, addresses["file"], LESSONS[0])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#main-content"
    assert page.evaluate("document.querySelector('#main-content') !== null")
    for _ in range(12):
        page.keyboard.press("Tab")
        what, style = page.evaluate(
            "[document.activeElement.outerHTML, "
            "getComputedStyle(document.activeElement).outlineStyle]"
        )
        assert style != "none", f"the focus does not show on {what[:120]}"
    page.close()


@needs_browser
@pytest.mark.parametrize("way", ["http", "file"])
def test_the_front_door_leads_to_the_landing_page(browser, addresses, way):
    page = browser.new_page()
    page.goto(addresses[way] + "index.html")
    page.wait_for_url("**/book/index.html")
    assert "Learning Rate Decay" in page.title()
    page.close()


@needs_browser
@pytest.mark.parametrize("way", ["http", "file"])
def test_search_finds_a_lesson(browser, addresses, way):
    page = open_page(browser, addresses[way], "search.html?q=sawtooth")
    page.wait_for_selector("#search-results li a")
    assert "step" in page.locator("#search-results li").first.inner_text().lower()
    page.close()


def test_search_field_stands_once():
    html = (SITE / LESSONS[0]).read_text()
    assert html.count('type="search"') == 1
