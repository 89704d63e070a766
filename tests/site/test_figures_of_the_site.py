"""Every figure of the built site, light and dark: contrast, sizes of text, labels inside; and that
a reader gets one of the two, once, with a number and an enlargement."""

import re
import xml.etree.ElementTree as xml

import panels
import pytest
from test_site import LESSONS, SITE, addresses, browser, needs_browser, open_page  # noqa: F401  (fixtures)

from lrdecay_lib import figures

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = sorted(
    path
    for path in (SITE / "_images").glob("*.svg")
    if "<dc:description>" in path.read_text(encoding="utf-8")
)
# a page of 52 rem shows a figure at its natural size: a point is 4/3 px
PIXELS_A_POINT = 4 / 3
LIGHT_GROUND, DARK_GROUND = "#FFFFFF", "#121212"


def style_of(element):
    parts = element.get("style", "").split(";")
    pairs = dict(part.strip().split(":", 1) for part in parts if ":" in part)
    return {key.strip(): value.strip() for key, value in pairs.items()}


def walk(element, groups=()):
    """(element, ids of the groups around it), without what is only defined."""
    groups = (*groups, element.get("id", ""))
    yield element, groups
    for child in element:
        if child.tag not in (f"{SVG}defs", f"{SVG}metadata", f"{SVG}clipPath"):
            yield from walk(child, groups)


def faults(name, text):
    """What is wrong with a figure, a sentence each."""
    root = xml.fromstring(text)
    dark = name.endswith("-dark.svg")
    ground = DARK_GROUND if dark else LIGHT_GROUND
    black = root.get("fill", "#000000")
    width, height = map(float, root.get("viewBox").split()[2:])
    grid = {"#E0E0E0", figures.DARK["#E0E0E0"].upper()}
    cells = {}
    for element, groups in walk(root):
        style = style_of(element)
        kind = next((group for group in groups if re.match("cell-|number-", group)), "")
        if kind.startswith("cell-") and element.tag == f"{SVG}path":
            cells[kind[5:]] = style["fill"]
        if element.tag == f"{SVG}text":
            words = " ".join("".join(element.itertext()).split())
            color = style.get("fill", black)
            under = cells.get(kind[7:], ground) if kind else ground
            ratio = figures.contrast(color, under)
            if ratio < 4.5:
                yield f"{name}: the text {words!r} in {color} on {under} has {ratio:.2f} to 1"
            size = re.search(r"([\d.]+)px", element.get("style", ""))
            if not size or float(size[1]) * PIXELS_A_POINT < 11.9:
                found = (
                    f"{float(size[1]) * PIXELS_A_POINT:.1f} px" if size else "no size"
                )
                # the exponent of a power of ten is smaller by custom
                if not element.findall(f"{SVG}tspan"):
                    yield f"{name}: the text {words!r} has {found}, less than 12"
            for place in re.findall(
                r"translate\(([-\d.e]+) ([-\d.e]+)\)", element.get("transform", "")
            ):
                x, y = map(float, place)
                if not (-1 <= x <= width + 1 and -1 <= y <= height + 1):
                    yield f"{name}: the text {words!r} lies outside, at {x:.0f}, {y:.0f}"
        elif element.tag in (f"{SVG}path", f"{SVG}use") and not kind:
            stroke = style.get("stroke", "none")
            seen = float(style.get("stroke-opacity", style.get("opacity", 1)))
            if stroke == "none" or stroke.upper() in grid or seen < 0.5:
                continue
            ratio = figures.contrast(stroke, ground)
            if ratio < 3 and stroke.upper() != ground:
                part = groups[-1] or groups[-2]
                yield f"{name}: a line of {part!r} in {stroke} has {ratio:.2f} to 1"


def test_there_are_figures():
    assert len(DRAWN) > 100, "the site has no figures: run `make book`"
    light = {path.stem for path in DRAWN if not path.stem.endswith("-dark")}
    both = {path.stem.removesuffix("-dark") for path in DRAWN} - light
    assert not both, f"dark figures without a light one: {sorted(both)}"
    assert len(DRAWN) == 2 * len(light), "a figure has no dark variant"


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem[:12])
def test_figure_is_seen_by_everybody(path):
    found = list(faults(path.name, path.read_text(encoding="utf-8")))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "spoil, fault",
    [
        (("#C44011", "#E69F00"), "in #E69F00 has 2.25 to 1"),
        ((" 9px", " 7px"), "has 9.3 px, less than 12"),
    ],
)
def test_the_measure_sees_a_fault(spoil, fault):
    figure, _, alt = figures.lines({"cosine": [0, 1]}, "update", "loss", display=False)
    svg = re.sub("#c44011", "#C44011", figures.to_svg(figure, alt))
    assert not list(faults("a.svg", svg))
    assert not list(faults("a-dark.svg", figures.dark(svg)))
    assert spoil[0] in svg
    assert any(fault in one for one in faults("a.svg", svg.replace(*spoil)))


@pytest.mark.parametrize("page_name", LESSONS)
def test_figures_are_numbered_in_order(page_name):
    text = (SITE / page_name).read_text(encoding="utf-8")
    numbers = re.findall(r'id="figure-([\d-]+)"', text)
    counts = [int(number.rsplit("-", 1)[1]) for number in numbers]
    assert counts == list(range(1, len(counts) + 1))
    assert text.count(' loading="lazy"') >= len(counts)
    for number in numbers:
        assert f'href="#figure-{number}"' in text


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_is_heard_and_shown_once(browser, addresses, scheme):
    page = open_page(browser, addresses["file"], LESSONS[0], scheme)
    assert page.locator("html").get_attribute("data-theme") == scheme
    shown = page.locator(".numbered img:visible")
    numbered = page.locator(".numbered").count()
    assert shown.count() == numbered > 0
    for image in shown.all():
        assert image.get_attribute("src").endswith("-dark.svg") == (scheme == "dark")
        assert image.evaluate("e => getComputedStyle(e).filter") == "none"
    page.emulate_media(media="print")
    assert shown.count() == numbered
    for image in shown.all():
        assert not image.get_attribute("src").endswith("-dark.svg"), "paper is light"
    page.close()


@needs_browser
@pytest.mark.parametrize("way", ["http", "file"])
def test_a_figure_opens_at_a_readable_size_on_a_phone(browser, addresses, way):
    page = open_page(browser, addresses[way], LESSONS[0], width=390)
    link = page.locator("a.enlarge:visible").first
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    image = dialog.locator("img")
    image.evaluate("e => e.decode()")
    assert image.get_attribute("alt") == link.locator("img").get_attribute("alt")
    points = xml.parse(SITE / "_images" / image.get_attribute("src").rsplit("/", 1)[1])
    wide = float(points.getroot().get("viewBox").split()[2])
    size = 9 * image.bounding_box()["width"] / wide
    assert size >= 9, f"the text of the enlarged figure has {size:.1f} px"
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.classList.contains('enlarge')")
    page.close()


@needs_browser
def test_without_script_a_figure_is_a_link(browser, addresses):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["file"] + LESSONS[0])
    assert (
        page.locator(".numbered img:visible").count()
        == page.locator(".numbered").count()
    )
    page.locator("a.enlarge:visible").first.click()
    assert page.url.endswith(".svg")
    context.close()


TWO = "chapters/en/06_2_1_rate_and_distance.html"


def of_panels(count):
    """The SVG of a figure of so many panels, whose upright axes share their numbers."""
    figure, axes = figures.new(width=7.5, columns=count)
    for i, one in enumerate(axes):
        one.plot([0, 1], [0, 10**i])
        one.set_title(f"panel {i}")
    return figure, axes


def test_a_figure_is_cut_between_its_panels():
    figure, axes = of_panels(2)
    (left, right), size = panels.windows(figures.to_svg(figure, "Two."))
    assert [left[0], right[0]] == ["Left", "Right"]
    ((from_left, top, to_left, bottom),) = left[1]
    numbers, panel = right[1]  # the second panel gets the first one's numbers
    assert from_left <= numbers[0] < numbers[2] < to_left < panel[0] < panel[2]
    assert panel[2] <= size[0] and top <= numbers[1] and numbers[3] < bottom <= size[1]
    far = axes[0].text(1, 1, "words that reach far into the panel beside them")
    far.set_in_layout(False)
    assert panels.windows(figures.to_svg(figure, "Two."))[0] == []


def test_what_is_no_row_of_panels_is_not_cut():
    figure, _, alt = figures.lines({"cosine": [0, 1]}, "update", "loss", display=False)
    assert panels.windows(figures.to_svg(figure, alt))[0] == []
    figure, _ = of_panels(2)
    figure.text(0.5, 0.5, "above both")
    assert panels.windows(figures.to_svg(figure, "Two."))[0] == []


def letters(page, window):
    """The size in pixels that nine points have in a window on a figure."""
    image = window.locator("img")
    name = image.get_attribute("src").rsplit("/", 1)[1]
    root = xml.parse(SITE / "_images" / name).getroot()
    return 9 * image.bounding_box()["width"] / float(root.get("viewBox").split()[2])


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_a_figures_panels_one_by_one(browser, addresses, scheme):
    page = open_page(browser, addresses["file"], TWO, scheme, width=360)
    figure = page.locator(".numbered:has(.panels)").first
    assert figure.locator("a.enlarge > img:visible").count() == 0
    shown = figure.locator(".panel:visible")
    assert shown.locator("small").all_inner_texts() == ["Left:", "Right:"]
    first, second = (one.bounding_box() for one in shown.all())
    assert first["y"] + first["height"] <= second["y"]
    windows = figure.locator(".window:visible")
    assert windows.count() == 3
    for window in windows.all():
        assert window.locator("img").get_attribute("src").endswith("-dark.svg") == (
            scheme == "dark"
        )
        assert letters(page, window) > 9
    heard = [one for one in windows.locator("img").all() if one.get_attribute("alt")]
    assert len(heard) == 1
    figure.locator("a.enlarge:visible").click()
    assert page.locator("dialog[open] img").get_attribute("alt")
    page.close()


@needs_browser
def test_a_wide_window_and_paper_show_a_figure_whole(browser, addresses):
    page = open_page(browser, addresses["file"], TWO)
    assert page.locator(".panels:visible").count() == 0
    assert page.locator(".numbered:has(.panels) a.enlarge > img:visible").count() > 0
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.locator(".panels:visible").count() > 0
    page.emulate_media(media="print")
    assert page.locator(".panels:visible").count() == 0
    page.close()
